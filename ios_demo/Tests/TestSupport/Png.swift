import Foundation

@testable import ReceiptCore

/// The pixels of a PNG with a palette (ISO/IEC 15948), not interlaced: what the golden receipts are.
package func decoded(_ file: URL) throws -> Picture {
    let data = [UInt8](try Data(contentsOf: file))
    try check(data.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), "\(file.path): no PNG")
    var (header, palette, packed): ([UInt8], [UInt8], [UInt8]) = ([], [], [])
    var at = 8
    while at + 12 <= data.count {
        let length = data[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
        let body = data[at + 8..<at + 8 + length]
        switch String(decoding: data[at + 4..<at + 8], as: UTF8.self) {
        case "IHDR": header = Array(body)
        case "PLTE": palette = Array(body)
        case "IDAT": packed += body
        default: break
        }
        at += length + 12
    }
    let sides = (0..<2).map { header[4 * $0..<4 * $0 + 4].reduce(0) { $0 << 8 | Int($1) } }
    let depth = Int(header[8])
    try check(header[9] == 3 && header[12] == 0 && depth <= 8, "\(file.path): not a plain PNG with a palette")
    let rows = try unfiltered(packed, row: (sides[0] * depth + 7) / 8, count: sides[1])
    var pixels: [UInt32] = []
    for row in rows {
        for x in 0..<sides[0] {
            let place = Int(row[x * depth / 8]) >> (8 - depth - x * depth % 8) & (1 << depth - 1)
            pixels.append(palette[3 * place..<3 * place + 3].reduce(0) { $0 << 8 | UInt32($1) })
        }
    }
    guard let picture = Picture(width: sides[0], height: sides[1], pixels: pixels) else {
        throw Failure("\(file.path): an empty picture")
    }
    return picture
}

/// Rows of bytes; each stands behind the number of the filter that was put on it, for samples of at most a byte.
private func unfiltered(_ packed: [UInt8], row length: Int, count: Int) throws -> [[UInt8]] {
    let bytes = try inflated(packed[2...], most: count * (length + 1))  // behind zlib's two bytes
    try check(bytes.count == count * (length + 1), "a PNG is cut short")
    var above = [UInt8](repeating: 0, count: length)
    return (0..<count).map { number in
        let start = number * (length + 1)
        var row = Array(bytes[start + 1..<start + 1 + length])
        for x in 0..<length {
            let (left, up, corner) = (x > 0 ? row[x - 1] : 0, above[x], x > 0 ? above[x - 1] : 0)
            switch bytes[start] {
            case 1: row[x] &+= left
            case 2: row[x] &+= up
            case 3: row[x] &+= UInt8((Int(left) + Int(up)) / 2)
            case 4: row[x] &+= paeth(left, up, corner)
            default: break
            }
        }
        above = row
        return row
    }
}

private func paeth(_ left: UInt8, _ up: UInt8, _ corner: UInt8) -> UInt8 {
    let guess = Int(left) + Int(up) - Int(corner)
    let (a, b, c) = (abs(guess - Int(left)), abs(guess - Int(up)), abs(guess - Int(corner)))
    return a <= b && a <= c ? left : b <= c ? up : corner
}
