import CoreGraphics
import Foundation
import ImageIO
import ReceiptCore

/// A picture as a file's bytes: the system's decoder, and what EdgeKit asks of it.
struct PhotoFile: Sendable {
    /// For messages and results; never the file's own name, which may tell more than the user wants to share.
    let name: String
    let data: Data

    /// What the file's header says. `width`, `height`: as stored, before `orientation` turns them.
    struct Header: Sendable {
        let width: Int
        let height: Int
        /// EXIF's, 1 to 8.
        let orientation: Int
        let pages: Int
    }

    /// - Throws: an `image` error where this is no picture.
    func header() throws -> Header {
        let source = try opened()
        let options = [kCGImageSourceShouldCache: false] as CFDictionary
        guard let found = CGImageSourceCopyPropertiesAtIndex(source, 0, options) as? [CFString: Any],
            let width = found[kCGImagePropertyPixelWidth] as? Int,
            let height = found[kCGImagePropertyPixelHeight] as? Int,
            width > 0, height > 0
        else { throw damaged() }
        return Header(
            width: width, height: height, orientation: found[kCGImagePropertyOrientation] as? Int ?? 1,
            pages: CGImageSourceGetCount(source))
    }

    /// The upright photo, reduced at most by `most`, as the reader wants it.
    ///
    /// - Throws: an `image` error where it cannot be decoded, `imageTooLarge` before that is tried.
    func photo(_ params: DecodeParams, most: Int = 8) throws -> Photo {
        let header = try header()
        try params.check(name, bytes: data.count, width: header.width, height: header.height)
        let factor = params.factor(header.width, header.height, most: most)
        let warnings = header.pages > 1 ? ["\(name): has \(header.pages) pages or frames: only the first was read"] : []
        let image = try decoded(reducedBy: factor)
        let exact = (header.width + factor - 1) / factor
        guard factor > 1, image.width == exact || image.width == header.width / factor else {
            return Photo(try pixels(image), params, orientation: header.orientation, warnings: warnings, most: most)
        }
        // The decoder has reduced it; what is left is to turn it upright.
        let upright = Photo(try pixels(image), params, orientation: header.orientation, most: 1)
        let turned = (5...8).contains(header.orientation)
        return Photo(
            picture: upright.picture, width: turned ? header.height : header.width,
            height: turned ? header.width : header.height, factor: factor, warnings: warnings)
    }

    /// An upright picture to show; its longer side has at most so many pixels.
    func preview(side: Int) -> CGImage? {
        let options =
            [
                kCGImageSourceCreateThumbnailFromImageAlways: true,
                kCGImageSourceCreateThumbnailWithTransform: true,
                kCGImageSourceThumbnailMaxPixelSize: side,
            ] as CFDictionary
        guard let source = try? opened() else { return nil }
        return CGImageSourceCreateThumbnailAtIndex(source, 0, options)
    }

    private func opened() throws -> CGImageSource {
        let options = [kCGImageSourceShouldCache: false] as CFDictionary
        guard let source = CGImageSourceCreateWithData(NSData(data: data) as CFData, options),
            CGImageSourceGetCount(source) > 0
        else {
            throw EdgeKitError(.image, "\(name): not a picture in a known format: save it as JPEG or PNG")
        }
        return source
    }

    /// The first page, as stored. A decoder that cannot reduce while it decodes gives it whole.
    private func decoded(reducedBy factor: Int) throws -> CGImage {
        let options =
            [
                kCGImageSourceShouldCache: false,
                kCGImageSourceSubsampleFactor: factor,
            ] as CFDictionary
        guard let image = CGImageSourceCreateImageAtIndex(try opened(), 0, options) else { throw damaged() }
        return image
    }

    private func damaged() -> EdgeKitError {
        EdgeKitError(.image, "\(name): damaged picture: copy or take it again")
    }

    /// Pixels over white. Values of an RGB picture stay what the file says, whatever colours its profile means by them;
    /// others are converted to sRGB.
    private func pixels(_ image: CGImage) throws -> Picture {
        let own = image.colorSpace.flatMap { $0.model == .rgb && $0.supportsOutput ? $0 : nil }
        var found = [UInt32](repeating: 0, count: image.width * image.height)
        let isDrawn = found.withUnsafeMutableBytes { bytes in
            guard let space = own ?? CGColorSpace(name: CGColorSpace.sRGB),
                let context = CGContext(
                    data: bytes.baseAddress, width: image.width, height: image.height, bitsPerComponent: 8,
                    bytesPerRow: 4 * image.width, space: space,
                    bitmapInfo: CGImageAlphaInfo.noneSkipFirst.rawValue | CGBitmapInfo.byteOrder32Little.rawValue)
            else { return false }
            let frame = CGRect(x: 0, y: 0, width: image.width, height: image.height)
            context.setFillColor(red: 1, green: 1, blue: 1, alpha: 1)
            context.fill(frame)
            context.draw(image, in: frame)
            return true
        }
        guard isDrawn, let picture = Picture(width: image.width, height: image.height, pixels: found) else {
            throw EdgeKitError(.image, "\(name): no memory to decode it: scale it down")
        }
        return picture
    }
}
