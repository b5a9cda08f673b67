// DEFLATE (RFC 1951), for bundles in zips: Foundation has no decompression that works on every platform.

/// Why bytes are no DEFLATE stream.
struct InflateError: Error, CustomStringConvertible {
    let description: String
}

/// The first `most` bytes of what a DEFLATE stream holds; fewer where it holds less.
func inflated(_ data: ArraySlice<UInt8>, most: Int) throws -> [UInt8] {
    try data.withUnsafeBufferPointer { bytes in
        var reader = Inflater(bytes: bytes, most: most)
        return try reader.contents()
    }
}

/// A canonical Huffman code: how many codes there are of each length, and their symbols in order.
private struct HuffmanCode {
    private static let quickBits = 9
    private var counts = [Int](repeating: 0, count: 16)
    private var symbols: [UInt16]
    /// By the next bits of the stream: symbol and length of the code that they start with; 0 where it is longer.
    private var quick = [UInt16](repeating: 0, count: 1 << quickBits)

    init(lengths: ArraySlice<UInt8>) throws {
        for length in lengths where length > 0 { counts[Int(length)] += 1 }
        var left = 1
        var starts = [Int](repeating: 0, count: 17)
        var codes = [Int](repeating: 0, count: 17)
        for length in 1...15 {
            left = left * 2 - counts[length]
            if left < 0 { throw InflateError(description: "too many codes of one length") }
            starts[length + 1] = starts[length] + counts[length]
            codes[length + 1] = (codes[length] + counts[length]) << 1
        }
        symbols = [UInt16](repeating: 0, count: starts[16])
        for (symbol, length) in lengths.enumerated() where length > 0 {
            let length = Int(length)
            symbols[starts[length]] = UInt16(symbol)
            starts[length] += 1
            fill(code: codes[length], length: length, symbol: symbol)
            codes[length] += 1
        }
    }

    private mutating func fill(code: Int, length: Int, symbol: Int) {
        if length > Self.quickBits { return }
        var turned = 0  // streams hold codes from their first bit on
        for bit in 0..<length where code >> bit & 1 == 1 { turned |= 1 << (length - 1 - bit) }
        for place in stride(from: turned, to: quick.count, by: 1 << length) {
            quick[place] = UInt16(symbol << 4 | length)
        }
    }

    @inline(__always)
    func symbol(_ reader: inout Inflater) throws -> Int {
        let found = quick[reader.peek(Self.quickBits)]
        if found != 0 {
            try reader.drop(Int(found & 15))
            return Int(found >> 4)
        }
        var (code, first, index) = (0, 0, 0)
        for length in 1...15 {
            code |= try reader.bits(1)
            if code - first < counts[length] { return Int(symbols[index + code - first]) }
            index += counts[length]
            first = (first + counts[length]) << 1
            code <<= 1
        }
        throw InflateError(description: "an unknown code")
    }
}

private struct Inflater {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let most: Int
    private var at = 0
    private var held: UInt64 = 0
    private var heldBits = 0
    private var out: [UInt8] = []

    init(bytes: UnsafeBufferPointer<UInt8>, most: Int) {
        self.bytes = bytes
        self.most = most
        out.reserveCapacity(min(most, bytes.count * 8))
    }

    mutating func contents() throws -> [UInt8] {
        var isLast = false
        while !isLast && out.count < most {
            isLast = try bits(1) == 1
            switch try bits(2) {
            case 0: try stored()
            case 1: try block(literals: Self.fixedLiterals, distances: Self.fixedDistances)
            case 2:
                let (literals, distances) = try codes()
                try block(literals: literals, distances: distances)
            default: throw InflateError(description: "an unknown kind of block")
            }
        }
        return out
    }

    /// The next bits, without taking them; zeros behind the end.
    @inline(__always)
    mutating func peek(_ count: Int) -> Int {
        while heldBits < count && at < bytes.count {
            held |= UInt64(bytes[at]) << UInt64(heldBits)
            at += 1
            heldBits += 8
        }
        return Int(held & (1 << UInt64(count) - 1))
    }

    @inline(__always)
    mutating func drop(_ count: Int) throws {
        if heldBits < count { throw InflateError(description: "it is cut short") }
        held >>= UInt64(count)
        heldBits -= count
    }

    @inline(__always)
    mutating func bits(_ count: Int) throws -> Int {
        let found = peek(count)
        try drop(count)
        return found
    }

    private mutating func stored() throws {
        try drop(heldBits % 8)
        let count = try bits(16)
        if try bits(16) != count ^ 0xffff { throw InflateError(description: "a length that is not confirmed") }
        at -= heldBits / 8
        (held, heldBits) = (0, 0)
        if at + count > bytes.count { throw InflateError(description: "it is cut short") }
        out += bytes[at..<at + min(count, most - out.count)]
        at += count
    }

    private mutating func codes() throws -> (HuffmanCode, HuffmanCode) {
        let literals = try bits(5) + 257
        let distances = try bits(5) + 1
        let order = try bits(4) + 4
        var lengths = [UInt8](repeating: 0, count: 19)
        for place in Self.order.prefix(order) { lengths[place] = UInt8(try bits(3)) }
        let code = try HuffmanCode(lengths: lengths[...])
        lengths = []
        while lengths.count < literals + distances {
            switch try code.symbol(&self) {
            case 16:
                guard let last = lengths.last else { throw InflateError(description: "nothing to repeat") }
                lengths += [UInt8](repeating: last, count: try bits(2) + 3)
            case 17: lengths += [UInt8](repeating: 0, count: try bits(3) + 3)
            case 18: lengths += [UInt8](repeating: 0, count: try bits(7) + 11)
            case let length: lengths.append(UInt8(length))
            }
        }
        if lengths.count > literals + distances { throw InflateError(description: "too many lengths") }
        return (try HuffmanCode(lengths: lengths[..<literals]), try HuffmanCode(lengths: lengths[literals...]))
    }

    private mutating func block(literals: HuffmanCode, distances: HuffmanCode) throws {
        while out.count < most {
            let symbol = try literals.symbol(&self)
            if symbol < 256 {
                out.append(UInt8(symbol))
                continue
            }
            if symbol == 256 { return }
            guard symbol - 257 < Self.lengths.count else { throw InflateError(description: "an unknown length") }
            let (length, extra) = Self.lengths[symbol - 257]
            let count = length + (try bits(extra))
            let place = try distances.symbol(&self)
            guard place < Self.distances.count else { throw InflateError(description: "an unknown distance") }
            let (distance, more) = Self.distances[place]
            try copy(min(count, most - out.count), from: distance + (try bits(more)))
        }
    }

    private mutating func copy(_ count: Int, from distance: Int) throws {
        if distance > out.count { throw InflateError(description: "a distance beyond the start") }
        let start = out.count - distance
        for i in 0..<count { out.append(out[start + i]) }
    }

    private static let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

    /// Section 3.2.5: the least length of each code, and the extra bits that are added to it.
    private static let lengths: [(Int, Int)] =
        steps(first: 3, extras: (0..<28).map { $0 < 8 ? 0 : $0 / 4 - 1 }) + [(258, 0)]
    private static let distances: [(Int, Int)] = steps(first: 1, extras: (0..<30).map { $0 < 4 ? 0 : $0 / 2 - 1 })

    private static func steps(first: Int, extras: [Int]) -> [(Int, Int)] {
        var next = first
        return extras.map { extra in
            defer { next += 1 << extra }
            return (next, extra)
        }
    }

    private static let fixedLiterals = fixed(
        [(8, 144), (9, 112), (7, 24), (8, 8)].flatMap { [UInt8](repeating: $0.0, count: $0.1) })
    private static let fixedDistances = fixed([UInt8](repeating: 5, count: 30))

    private static func fixed(_ lengths: [UInt8]) -> HuffmanCode {
        guard let code = try? HuffmanCode(lengths: lengths[...]) else { preconditionFailure("the code of RFC 1951") }
        return code
    }
}
