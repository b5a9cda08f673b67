// Zip archives (PKWARE's APPNOTE 6.3.10) as bundles come in: one disk, no encryption, stored or deflated, no zip64.

/// Why bytes are no zip, or an entry of one cannot be had.
struct ZipError: Error, CustomStringConvertible {
    let description: String
}

/// A zip in memory. Declared sizes are not believed: an entry is read up to a limit, whatever it says of itself.
struct Zip: Sendable {
    /// A file or folder in it. `size`: of a file unpacked, as declared.
    struct Entry: Sendable {
        let name: String
        let size: Int
        var isFolder: Bool { name.hasSuffix("/") }
        fileprivate let packedSize: Int
        fileprivate let method: Int
        fileprivate let isEncrypted: Bool
        fileprivate let start: Int
    }

    let entries: [Entry]
    private let data: [UInt8]

    init(_ data: [UInt8]) throws {
        self.data = data
        let least = 22  // bytes of the record at the end, which a comment may follow
        let first = max(0, data.count - least - 0xffff)
        guard data.count >= least,
            let end = (first...data.count - least).last(where: { signature(data, $0) == 0x0605_4b50 })
        else { throw ZipError(description: "it has no directory") }
        var at = number(data, end + 16, 4)
        entries = try (0..<number(data, end + 10, 2)).map { _ in try Self.entry(data, &at) }
    }

    private static func entry(_ data: [UInt8], _ at: inout Int) throws -> Entry {
        guard at + 46 <= data.count, signature(data, at) == 0x0201_4b50 else {
            throw ZipError(description: "its directory is cut short")
        }
        let nameEnd = at + 46 + number(data, at + 28, 2)
        guard nameEnd <= data.count else { throw ZipError(description: "its directory is cut short") }
        let entry = Entry(
            name: String(decoding: data[at + 46..<nameEnd], as: UTF8.self), size: number(data, at + 24, 4),
            packedSize: number(data, at + 20, 4), method: number(data, at + 10, 2),
            isEncrypted: number(data, at + 8, 2) & 1 == 1, start: number(data, at + 42, 4))
        at = nameEnd + number(data, at + 30, 2) + number(data, at + 32, 2)
        return entry
    }

    /// The bytes of an entry, at most `most` of them.
    func read(_ entry: Entry, most: Int) throws -> [UInt8] {
        let at = entry.start
        guard at + 30 <= data.count, signature(data, at) == 0x0403_4b50 else {
            throw ZipError(description: "it is not where the directory says")
        }
        let start = at + 30 + number(data, at + 26, 2) + number(data, at + 28, 2)
        guard start + entry.packedSize <= data.count else { throw ZipError(description: "it is cut short") }
        if entry.isEncrypted { throw ZipError(description: "it is encrypted") }
        let packed = data[start..<start + entry.packedSize]
        switch entry.method {
        case 0: return Array(packed.prefix(most))
        case 8:
            do {
                return try inflated(packed, most: most)
            } catch let error as InflateError {
                throw ZipError(description: error.description)
            }
        default: throw ZipError(description: "method \(entry.method) is unknown")
        }
    }
}

private func signature(_ data: [UInt8], _ at: Int) -> Int { number(data, at, 4) }

/// A number of some bytes, the least one first.
private func number(_ data: [UInt8], _ at: Int, _ count: Int) -> Int {
    (0..<count).reversed().reduce(0) { $0 << 8 | Int(data[at + $1]) }
}
