// Decoding: what the platform's decoder gives becomes an upright photo, or one clear error.
//
// Opening files is the platform's part (ImageIO); limits, orientation and reduction are done here, so that every
// platform's photos are the same.

private let reductions = [8, 4, 2]

/// Constants of decoding.
public struct DecodeParams: Sendable {
    /// A file with more bytes is refused.
    public let maxBytes: Int
    /// A picture with more pixels is refused before it is decoded.
    public let maxPixels: Int
    /// A picture is reduced by 2, 4 or 8 while its short side keeps at least this many pixels; more resolution costs
    /// memory and reads no more text.
    public let minShortSide: Int
    /// Where a reduced picture turns out to have lower text than this, in its pixels, it is decoded once more, less
    /// reduced.
    public let leastText: Double
    /// The most pixels of a picture that is decoded once more.
    public let finerPixels: Int

    init(_ node: Node) throws {
        let members = try node.members(["max_bytes", "max_pixels", "min_short_side", "least_text", "finer_pixels"])
        maxBytes = try members["max_bytes"].long()
        maxPixels = try members["max_pixels"].long()
        minShortSide = try members["min_short_side"].integer()
        leastText = try members["least_text"].number()
        finerPixels = try members["finer_pixels"].long()
    }

    /// By how much a picture of this size is reduced: 1, 2, 4 or 8; at most by `most`.
    public func factor(_ width: Int, _ height: Int, most: Int = 8) -> Int {
        reductions.first { $0 <= most && min(width, height) / $0 >= minShortSide } ?? 1
    }

    /// By how much a picture should be reduced, now that its text is known to be so many pixels high (0: none).
    public func finer(_ photo: Photo, _ height: Double) -> Int {
        var factor = photo.factor
        while factor > 1 && height > 0 && height * Double(photo.factor) / Double(factor) < leastText {
            if photo.width * photo.height * 4 > finerPixels * factor * factor { break }
            factor /= 2
        }
        return factor
    }

    /// Throws an `imageTooLarge` error where a file or a picture is over the limits; before it is decoded.
    public func check(_ name: String, bytes: Int, width: Int, height: Int) throws {
        if bytes > maxBytes {
            let problem = "over the limit of \(grouped(maxBytes)) bytes"
            throw EdgeKitError(.imageTooLarge, "\(name): \(problem): save it smaller")
        }
        if width * height > maxPixels {
            let size = "\(grouped(width)) x \(grouped(height)) pixels"
            throw EdgeKitError(
                .imageTooLarge, "\(name): \(size), the limit is \(grouped(maxPixels)): scale it down")
        }
    }
}

/// A decoded picture.
public struct Photo: Sendable {
    /// Upright, reduced by `factor`.
    public let picture: Picture
    /// Pixels of the upright picture before the reduction; so is `height`.
    public let width: Int
    public let height: Int
    public let factor: Int
    public let warnings: [String]

    public init(picture: Picture, width: Int, height: Int, factor: Int, warnings: [String] = []) {
        self.picture = picture
        self.width = width
        self.height = height
        self.factor = factor
        self.warnings = warnings
    }

    /// The photo that decoded pixels amount to: upright by their EXIF orientation (1 to 8, CIPA DC-008, 4.6.4; all else
    /// says nothing), and reduced, at most by `most`.
    public init(
        _ decoded: Picture, _ params: DecodeParams, orientation: Int = 1, warnings: [String] = [], most: Int = 8
    ) {
        let factor = params.factor(decoded.width, decoded.height, most: most)
        let small = factor > 1 ? reduce(decoded, factor) : decoded
        let onSide = (5...8).contains(orientation)
        self.init(
            picture: upright(small, orientation), width: onSide ? decoded.height : decoded.width,
            height: onSide ? decoded.width : decoded.height, factor: factor, warnings: warnings)
    }
}

private func upright(_ picture: Picture, _ orientation: Int) -> Picture {
    switch orientation {
    case 2: mirrored(picture)
    case 3: turn(picture, 180)
    case 4: mirrored(turn(picture, 180))
    case 5: mirrored(turn(picture, 90))
    case 6: turn(picture, 90)
    case 7: mirrored(turn(picture, 270))
    case 8: turn(picture, 270)
    default: picture
    }
}

/// Left and right exchanged.
private func mirrored(_ picture: Picture) -> Picture {
    drawn(picture.width, picture.height) { x, y in picture.pixels[y * picture.width + picture.width - 1 - x] }
}

/// A number with commas between its thousands.
private func grouped(_ number: Int) -> String {
    let digits = Array("\(number)")
    return digits.indices.map { ($0 > 0 && (digits.count - $0) % 3 == 0 ? "," : "") + String(digits[$0]) }.joined()
}
