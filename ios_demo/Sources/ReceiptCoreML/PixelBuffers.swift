import CoreVideo
import Foundation
import ReceiptCore

/// Buffers that pictures are handed over in, kept by size: a receipt's lines come in few widths, again and again.
///
/// Not for several threads at once.
final class PixelBuffers {
    private static let mostBytes = 16 << 20  // four pages of the detector, or all lines of a receipt
    private var kept: [PictureSize: [CVPixelBuffer]] = [:]
    private var bytes = 0

    /// Pictures of a batch, each filled up to a size.
    ///
    /// - Parameter rgb: `count` pictures of `size`, one after the other.
    func filled(_ rgb: [UInt8], count: Int, size: PictureSize, full: PictureSize) throws -> [CVPixelBuffer] {
        let buffers = try (0..<count).map { try buffer($0, full) }
        let each = size.area * 3
        try rgb.withUnsafeBytes { all in
            for (i, buffer) in buffers.enumerated() {
                let picture = UnsafeRawBufferPointer(rebasing: all[(i * each)..<((i + 1) * each)])
                try write(picture, size, to: buffer, full)
            }
        }
        return buffers
    }

    private func buffer(_ place: Int, _ size: PictureSize) throws -> CVPixelBuffer {
        if let known = kept[size], place < known.count { return known[place] }
        if bytes > Self.mostBytes {
            kept = kept.filter { $0.key == size }
            bytes = kept.reduce(0) { $0 + $1.key.area * pixelBytes * $1.value.count }
        }
        let options = [kCVPixelBufferIOSurfacePropertiesKey: [:] as CFDictionary] as CFDictionary
        var made: CVPixelBuffer?
        let status = CVPixelBufferCreate(
            kCFAllocatorDefault, size.width, size.height, kCVPixelFormatType_32BGRA, options, &made)
        guard status == kCVReturnSuccess, let made else {
            throw EdgeKitError(.backend, "no memory for a picture of \(size) pixels (\(status)); close other apps")
        }
        kept[size, default: []].append(made)
        bytes += size.area * pixelBytes
        return made
    }

    private func write(
        _ rgb: UnsafeRawBufferPointer, _ size: PictureSize, to buffer: CVPixelBuffer, _ full: PictureSize
    ) throws {
        guard CVPixelBufferLockBaseAddress(buffer, []) == kCVReturnSuccess else {
            throw EdgeKitError(.backend, "a picture's memory cannot be locked; try again")
        }
        defer { CVPixelBufferUnlockBaseAddress(buffer, []) }
        guard let start = CVPixelBufferGetBaseAddress(buffer) else {
            throw EdgeKitError(.backend, "a picture has no memory; try again")
        }
        let rowBytes = CVPixelBufferGetBytesPerRow(buffer)
        let target = UnsafeMutableRawBufferPointer(start: start, count: rowBytes * full.height)
        fill(target, rowBytes: rowBytes, full: full, rgb: rgb, size: size)
    }
}
