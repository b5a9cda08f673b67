import Foundation
import TestSupport

@testable import ReceiptCoreML

/// Sizes of pictures as a model lists them, and pixels as it takes them.
func testSizes(_ suite: Suite) async {
    let listed = [(640, 640), (864, 640), (640, 864), (1088, 640)].map { PictureSize(height: $0.0, width: $0.1) }
    await suite.test("a listed size is taken as it is, another the smallest that holds it, or none") {
        func chosen(_ height: Int, _ width: Int, canCut: Bool = true) -> PictureSize? {
            sizeFor(PictureSize(height: height, width: width), of: listed, canCut: canCut)
        }
        try check(chosen(640, 864) == PictureSize(height: 640, width: 864))
        try check(chosen(672, 640) == PictureSize(height: 864, width: 640))
        try check(chosen(32, 32) == PictureSize(height: 640, width: 640))
        try check(chosen(640, 672) == PictureSize(height: 640, width: 864))
        try check(chosen(1120, 640) == nil && chosen(672, 672) == nil)
        try check(chosen(672, 640, canCut: false) == nil && chosen(640, 640, canCut: false) != nil)
        try check(sizeFor(listed[0], of: [], canCut: true) == nil)
    }
    await suite.test("the nearest size, for messages") {
        let far = PictureSize(height: 2000, width: 600)
        try check(nearest(to: far, of: listed)?.description == "1088 x 640")
        try check(nearest(to: far, of: []) == nil)
    }
    await suite.test("pixels become blue, green, red, opaque; paper around them, and nothing beyond a row") {
        let size = PictureSize(height: 1, width: 2)
        let full = PictureSize(height: 2, width: 3)
        var target = [UInt8](repeating: 7, count: 2 * 16)
        target.withUnsafeMutableBytes { bytes in
            [1, 2, 3, 4, 5, 6].withUnsafeBufferPointer { (rgb: UnsafeBufferPointer<UInt8>) in
                fill(bytes, rowBytes: 16, full: full, rgb: UnsafeRawBufferPointer(rgb), size: size)
            }
        }
        let first: [UInt8] = [3, 2, 1, 255, 6, 5, 4, 255, 255, 255, 255, 255, 7, 7, 7, 7]
        let second = [UInt8](repeating: 255, count: 12) + [7, 7, 7, 7]
        try check(target == first + second, "\(target)")
    }
    await suite.test("a corner of an array with longer rows, or with steps between numbers") {
        let numbers = Array(0..<24)  // 2 x 3 x 4
        let found = numbers.withUnsafeBufferPointer { corner($0, kept: [2, 2, 3], strides: [12, 4, 1]) }
        try check(found == [0, 1, 2, 4, 5, 6, 12, 13, 14, 16, 17, 18], "\(found)")
        let apart = numbers.withUnsafeBufferPointer { corner($0, kept: [1, 2, 2], strides: [12, 6, 2]) }
        try check(apart == [0, 2, 6, 8], "\(apart)")
        let none = numbers.withUnsafeBufferPointer { corner($0, kept: [1, 0, 2], strides: [12, 6, 2]) }
        try check(none.isEmpty)
    }
}
