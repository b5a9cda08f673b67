import Foundation

// The one arithmetic by which pixels are resized and cut out: Pillow's (https://pillow.readthedocs.io), bit for bit.
//
// `reduce` is a box average over whole blocks; `resize` a triangle filter, widened when shrinking, with 22-bit
// fixed-point weights; `crop` perspective sampling between four pixels.

/// A picture: pixels are 0xRRGGBB, row by row. What lies above the lower 24 bits of a pixel counts for nothing.
public struct Picture: Sendable {
    /// Pixels; so is `height`.
    public let width: Int
    public let height: Int
    public let pixels: [UInt32]

    /// nil where there are not `width * height` pixels, or none at all.
    public init?(width: Int, height: Int, pixels: [UInt32]) {
        let (count, tooLarge) = width.multipliedReportingOverflow(by: height)
        guard width > 0, height > 0, !tooLarge, pixels.count == count else { return nil }
        self.init(width, height, pixels)
    }

    init(_ width: Int, _ height: Int, _ pixels: [UInt32]) {
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// Bytes of red, green and blue, row by row.
    public func toBytes() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: pixels.count * 3) { bytes, count in
            for (i, pixel) in pixels.enumerated() {
                bytes[3 * i] = UInt8(truncatingIfNeeded: pixel >> 16)
                bytes[3 * i + 1] = UInt8(truncatingIfNeeded: pixel >> 8)
                bytes[3 * i + 2] = UInt8(truncatingIfNeeded: pixel)
            }
            count = pixels.count * 3
        }
    }
}

private let outside: UInt32 = 0x7f7f7f  // the middle of the networks' input range: neither ink nor paper
private let weightBits = 22
private let mostShrink = 8.0
private let level = 1e-9  // a perspective of less moves no pixel by a millionth: it is left out

/// The whole picture at another size: its width first, then its height, or the other way round, as Pillow 13 does.
func resize(_ picture: Picture, _ width: Int, _ height: Int) -> Picture {
    let lost = picture.height - height
    let heightFirst = lost > 0 && lost > 2 * (picture.width - width)
    if heightFirst { return resized(resized(picture, height, along: false), width, along: true) }
    return resized(resized(picture, width, along: true), height, along: false)
}

/// For each pixel of one output axis: the first input pixel, and where the weights of it and of those after it are.
private struct Weights {
    var first: [Int] = []
    var ranges: [Range<Int>] = []
    var weights: [Int32] = []

    init(from: Int, to: Int) {
        let scale = Double(from) / Double(to)
        let support = max(scale, 1)
        let unit = Double(1 << weightBits)
        for i in 0..<to {
            let center = (Double(i) + 0.5) * scale
            let start = max(Int(center - support + 0.5), 0)
            let end = min(Int(center + support + 0.5), from)
            let exact = (start..<end).map { (x: Int) -> Double in
                let away: Double = (Double(x) - center + 0.5) * (1 / support)
                return max(1 - abs(away), 0)
            }
            let sum: Double = exact.reduce(0, +)
            let whole: Double = sum != 0 ? sum : 1
            first.append(start)
            ranges.append(weights.count..<weights.count + exact.count)
            weights += exact.map { (weight: Double) in Int32(0.5 + weight / whole * unit) }
        }
    }
}

private func resized(_ picture: Picture, _ size: Int, along: Bool) -> Picture {
    if size == (along ? picture.width : picture.height) { return picture }
    let axis = Weights(from: along ? picture.width : picture.height, to: size)
    let step = along ? 1 : picture.width
    return picture.pixels.withUnsafeBufferPointer { pixels in
        axis.weights.withUnsafeBufferPointer { weights in
            drawn(along ? size : picture.width, along ? picture.height : size) { x, y in
                let place = along ? x : y
                let start = along ? y * picture.width + axis.first[place] : axis.first[place] * picture.width + x
                return weighted(pixels, start, step, weights, axis.ranges[place])
            }
        }
    }
}

@inline(__always)
private func weighted(
    _ pixels: UnsafeBufferPointer<UInt32>, _ start: Int, _ step: Int, _ weights: UnsafeBufferPointer<Int32>,
    _ range: Range<Int>
) -> UInt32 {
    let half = Int32(1) << Int32(weightBits - 1)
    var (red, green, blue) = (half, half, half)
    var at = start
    for place in range {
        let pixel = pixels[at]
        let weight = weights[place]
        red &+= Int32(pixel >> 16 & 0xff) &* weight
        green &+= Int32(pixel >> 8 & 0xff) &* weight
        blue &+= Int32(pixel & 0xff) &* weight
        at += step
    }
    return clipped(red) << 16 | clipped(green) << 8 | clipped(blue)
}

@inline(__always)
private func clipped(_ sum: Int32) -> UInt32 { UInt32(min(max(sum >> Int32(weightBits), 0), 255)) }

/// The picture turned clockwise by 0, 90, 180 or 270 degrees.
func turn(_ picture: Picture, _ degrees: Int) -> Picture {
    let (width, height) = (picture.width, picture.height)
    return picture.pixels.withUnsafeBufferPointer { pixels in
        switch degrees {
        case 0: picture
        case 90: drawn(height, width) { x, y in pixels[(height - 1 - x) * width + y] }
        case 180: drawn(width, height) { x, y in pixels[(height - 1 - y) * width + width - 1 - x] }
        case 270: drawn(height, width) { x, y in pixels[x * width + width - 1 - y] }
        default: preconditionFailure("\(degrees) is no quarter turn")
        }
    }
}

/// The picture of the pixels that a function of column and row gives.
@inline(__always)
func drawn(_ width: Int, _ height: Int, _ pixel: (Int, Int) -> UInt32) -> Picture {
    let pixels = [UInt32](unsafeUninitializedCapacity: width * height) { out, count in
        for y in 0..<height {
            for x in 0..<width { out[y * width + x] = pixel(x, y) }
        }
        count = width * height
    }
    return Picture(width, height, pixels)
}

/// The average of blocks of `factor` x `factor` pixels; blocks at the right and lower edge may be smaller.
func reduce(_ picture: Picture, _ factor: Int) -> Picture {
    let width = (picture.width + factor - 1) / factor
    let height = (picture.height + factor - 1) / factor
    return picture.pixels.withUnsafeBufferPointer { pixels in
        drawn(width, height) { x, y in
            let columns = x * factor..<min((x + 1) * factor, picture.width)
            let rows = y * factor..<min((y + 1) * factor, picture.height)
            return average(pixels, picture.width, columns, rows)
        }
    }
}

@inline(__always)
private func average(
    _ pixels: UnsafeBufferPointer<UInt32>, _ width: Int, _ columns: Range<Int>, _ rows: Range<Int>
) -> UInt32 {
    var (red, green, blue): (UInt64, UInt64, UInt64) = (0, 0, 0)
    for y in rows {
        for x in columns {
            let pixel = pixels[y * width + x]
            red += UInt64(pixel >> 16 & 0xff)
            green += UInt64(pixel >> 8 & 0xff)
            blue += UInt64(pixel & 0xff)
        }
    }
    let count = columns.count * rows.count
    let multiplier = UInt64(Float(1 << 32) / Float(256 * count))
    let half = UInt64(count / 2)
    func share(_ sum: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: ((sum + half) * multiplier) >> 24) }
    return share(red) << 16 | share(green) << 8 | share(blue)
}

/// The quad of a picture drawn onto a rectangle of this size by perspective sampling.
///
/// A quad much larger than the rectangle is sampled finer and averaged, so that its strokes do not alias. What lies
/// outside the picture is grey.
func crop(_ picture: Picture, _ quad: Quad, _ width: Int, _ height: Int) -> Picture {
    let shrink = max(1, truncated(min(quadSize(quad).across / Double(height), mostShrink)))
    let (fineWidth, fineHeight) = (width * shrink, height * shrink)
    var there = homography(fineWidth, fineHeight, quad)
    if max(abs(there[6]) * Double(fineWidth), abs(there[7]) * Double(fineHeight)) < level {
        (there[6], there[7]) = (0, 0)
    }
    let fine = sampled(picture, there, fineWidth, fineHeight)
    return shrink > 1 ? reduce(fine, shrink) : fine
}

private func sampled(_ picture: Picture, _ k: [Double], _ width: Int, _ height: Int) -> Picture {
    let (k0, k1, k2, k3, k4, k5, k6, k7) = (k[0], k[1], k[2], k[3], k[4], k[5], k[6], k[7])
    let (right, bottom) = (Double(picture.width), Double(picture.height))
    return picture.pixels.withUnsafeBufferPointer { pixels in
        drawn(width, height) { column, row in
            let u = Double(column) + 0.5
            let v = Double(row) + 0.5
            let w = k6 * u + k7 * v + 1
            let x = (k0 * u + k1 * v + k2) / w
            let y = (k3 * u + k4 * v + k5) / w
            guard x >= 0, x < right, y >= 0, y < bottom else { return outside }
            return between(pixels, picture.width, picture.height, x - 0.5, y - 0.5)
        }
    }
}

/// The colour at a place between four pixels; decimals of a level are cut off.
@inline(__always)
private func between(
    _ pixels: UnsafeBufferPointer<UInt32>, _ width: Int, _ height: Int, _ x: Double, _ y: Double
) -> UInt32 {
    let left = Int(x.rounded(.down))
    let top = Int(y.rounded(.down))
    let x0 = min(max(left, 0), width - 1)
    let x1 = min(max(left + 1, 0), width - 1)
    let upper = min(max(top, 0), height - 1) * width
    let lower = (0..<height).contains(top + 1) ? (top + 1) * width : upper
    let corners = (pixels[upper + x0], pixels[upper + x1], pixels[lower + x0], pixels[lower + x1])
    return mixed(corners, x - Double(left), y - Double(top))
}

@inline(__always)
private func mixed(_ corners: (UInt32, UInt32, UInt32, UInt32), _ dx: Double, _ dy: Double) -> UInt32 {
    func channel(_ shift: UInt32) -> UInt32 {
        let a = Double(corners.0 >> shift & 0xff)
        let b = Double(corners.1 >> shift & 0xff)
        let c = Double(corners.2 >> shift & 0xff)
        let d = Double(corners.3 >> shift & 0xff)
        let above = a + (b - a) * dx
        let below = c + (d - c) * dx
        return UInt32(above + (below - above) * dy) << shift
    }
    return channel(16) | channel(8) | channel(0)
}
