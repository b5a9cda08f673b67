import ReceiptCore

/// Which of a model's listed picture sizes to run a picture at, and the pixels that fill it up.

/// Height and width in pixels.
struct PictureSize: Hashable, Sendable {
    let height: Int
    let width: Int

    var area: Int { height * width }
}

extension PictureSize: CustomStringConvertible {
    var description: String { "\(height) x \(width)" }
}

/// What fills a picture up to a size that the model takes: white. The detector weighs planes by their means over the
/// whole picture, so that filling is not without effect; white cost receipts less than grey, the edge or their mean.
let paper: UInt8 = 255
/// Bytes of a pixel as Core ML takes it: blue, green, red, and one that counts for nothing.
let pixelBytes = 4

/// The listed size to run a picture at: its own, else the smallest that holds it; nil where none does.
///
/// - Parameter canCut: whether what was added can be cut off the outputs again.
func sizeFor(_ picture: PictureSize, of listed: [PictureSize], canCut: Bool) -> PictureSize? {
    if listed.contains(picture) { return picture }
    guard canCut else { return nil }
    let holding = listed.filter { $0.height >= picture.height && $0.width >= picture.width }
    return holding.min { ($0.area, $0.height, $0.width) < ($1.area, $1.height, $1.width) }
}

/// The listed size whose sides differ least from a picture's, for messages.
func nearest(to picture: PictureSize, of listed: [PictureSize]) -> PictureSize? {
    func away(_ size: PictureSize) -> Int { abs(size.height - picture.height) + abs(size.width - picture.width) }
    return listed.min { away($0) < away($1) }
}

/// Writes one picture of a batch into a larger one: bytes of red, green and blue to blue, green, red and opaque; what
/// lies right of it and below is paper.
///
/// - Parameters:
///   - rgb: `size.height` rows of `size.width` pixels of three bytes, row by row.
///   - target: `full.height` rows of `rowBytes` bytes each; at least `4 * full.width`.
func fill(
    _ target: UnsafeMutableRawBufferPointer, rowBytes: Int, full: PictureSize, rgb: UnsafeRawBufferPointer,
    size: PictureSize
) {
    for y in 0..<full.height {
        let row = UnsafeMutableRawBufferPointer(rebasing: target[(y * rowBytes)...].prefix(pixelBytes * full.width))
        let used = y < size.height ? size.width : 0
        var from = y * size.width * 3
        for x in 0..<used {
            row[4 * x] = rgb[from + 2]
            row[4 * x + 1] = rgb[from + 1]
            row[4 * x + 2] = rgb[from]
            row[4 * x + 3] = 255
            from += 3
        }
        for i in (4 * used)..<(4 * full.width) { row[i] = paper }
    }
}

/// The corner of an array that is kept, in row-major order; the array's own rows may be longer than its shape says.
///
/// - Parameters:
///   - kept: along each axis, how many values; at most as many as there are.
///   - strides: along each axis, in values.
func corner<Value>(_ values: UnsafeBufferPointer<Value>, kept: [Int], strides: [Int]) -> [Value] {
    guard let last = kept.last, let step = strides.last else { return Array(values.prefix(1)) }
    let count = kept.reduce(1, *)
    var found = [Value]()
    found.reserveCapacity(count)
    var place = [Int](repeating: 0, count: kept.count - 1)
    while found.count < count {
        let start = zip(place, strides).reduce(0) { $0 + $1.0 * $1.1 }
        if step == 1 {
            found.append(contentsOf: values[start..<(start + last)])
        } else {
            for i in 0..<last { found.append(values[start + i * step]) }
        }
        for axis in place.indices.reversed() {
            place[axis] += 1
            if place[axis] < kept[axis] { break }
            place[axis] = 0
        }
    }
    return found
}

extension Dimension {
    /// Of an axis that varies.
    var name: String? { if case .named(let name) = self { name } else { nil } }
}
