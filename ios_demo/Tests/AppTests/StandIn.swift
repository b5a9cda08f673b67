import CoreML
import CoreVideo
import Foundation
import TestSupport

/// Models in Core ML's place: they answer with what they were given, so that a test can tell what that was.
enum StandIn {
    /// What opens a compiled model: its kind is the name of its folder.
    static func open(_ place: URL, _ configuration: MLModelConfiguration) throws -> MLModel {
        switch place.deletingPathExtension().lastPathComponent {
        case "detect_fp16": MLModel(pictures([(640, 640), (864, 640)], ["heat"]), answer: heat)
        case "recognize_fp16", "reread_int8":
            MLModel(pictures([(48, 64), (48, 320)], ["indices", "scores"]), answer: classes)
        default:
            MLModel(
                MLModelDescription(
                    inputs: ["chars": MLFeatureDescription(), "places": MLFeatureDescription()],
                    outputs: ["scores": MLFeatureDescription()]),
                answer: scores)
        }
    }

    private static func pictures(_ sizes: [(Int, Int)], _ outputs: [String]) -> MLModelDescription {
        let listed = sizes.map { MLImageSize(pixelsWide: $0.1, pixelsHigh: $0.0) }
        let image = MLFeatureDescription(imageConstraint: MLImageConstraint(MLImageSizeConstraint(listed)))
        return MLModelDescription(
            inputs: [outputs == ["heat"] ? "image" : "lines": image],
            outputs: Dictionary(uniqueKeysWithValues: outputs.map { ($0, MLFeatureDescription()) }))
    }

    /// Of each pixel red, green and blue as one number: 65536 r + 256 g + b.
    private static func heat(_ given: any MLFeatureProvider) throws -> any MLFeatureProvider {
        let (height, width, pixel) = try picture(given, "image")
        return try provider(["heat": numbers([1, height, width], .float32) { Float(pixel($0 / width, $0 % width)) }])
    }

    /// A step for each 8 columns: the green of its first pixel, and its red by 256.
    private static func classes(_ given: any MLFeatureProvider) throws -> any MLFeatureProvider {
        let (_, width, pixel) = try picture(given, "lines")
        return try provider([
            "indices": numbers([1, width / 8], .int32) { Int32(pixel(0, $0 * 8) >> 8 & 255) },
            "scores": numbers([1, width / 8], .float32) { Float(pixel(0, $0 * 8) >> 16) / 256 },
        ])
    }

    /// Ten scores a word: the sum of its first letter and its first place.
    private static func scores(_ given: any MLFeatureProvider) throws -> any MLFeatureProvider {
        guard let chars = given.featureValue(for: "chars")?.multiArrayValue,
            let places = given.featureValue(for: "places")?.multiArrayValue
        else { throw Failure("no arrays") }
        let first = chars.withUnsafeBufferPointer(ofType: Int32.self) { Array($0) }
        let second = places.withUnsafeBufferPointer(ofType: Float.self) { Array($0) }
        let words = chars.shape[1].intValue
        return try provider([
            "scores": numbers([1, words, 10], .float32) { i in Float(first[i / 10 * 16]) + second[i / 10 * 125] }
        ])
    }

    private static func provider(_ arrays: [String: MLMultiArray]) throws -> any MLFeatureProvider {
        try MLDictionaryFeatureProvider(dictionary: arrays.mapValues { MLFeatureValue(multiArray: $0) })
    }

    /// The size of a picture, and what tells a pixel's colour.
    private static func picture(
        _ given: any MLFeatureProvider, _ name: String
    ) throws -> (height: Int, width: Int, pixel: (Int, Int) -> Int) {
        guard let buffer = given.featureValue(for: name)?.imageBufferValue,
            let start = CVPixelBufferGetBaseAddress(buffer)
        else { throw Failure("no picture") }
        let rowBytes = CVPixelBufferGetBytesPerRow(buffer)
        return (
            CVPixelBufferGetHeight(buffer), CVPixelBufferGetWidth(buffer),
            { y, x in Int(start.loadUnaligned(fromByteOffset: y * rowBytes + 4 * x, as: UInt32.self) & 0xffffff) }
        )
    }

    /// An array whose rows are longer than its shape says.
    private static func numbers<Number>(
        _ shape: [Int], _ type: MLMultiArrayDataType, _ value: (Int) -> Number
    ) -> MLMultiArray {
        let array = MLMultiArray(shape: shape.map { NSNumber(value: $0) }, dataType: type, padding: 3)
        let row = shape[shape.count - 1]
        array.withUnsafeMutableBytes { bytes, _ in
            let numbers = bytes.bindMemory(to: Number.self)
            for i in 0..<shape.reduce(1, *) { numbers[i / row * (row + 3) + i % row] = value(i) }
        }
        return array
    }
}
