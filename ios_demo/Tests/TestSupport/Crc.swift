private let crcs: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { crc, _ in crc & 1 == 1 ? 0xedb8_8320 ^ crc >> 1 : crc >> 1 }
}

/// The CRC-32 of zip files and PNG (ISO 3309).
package func crc32(_ data: [UInt8]) -> Int {
    Int(~data.reduce(~UInt32(0)) { crcs[Int($0 & 0xff) ^ Int($1)] ^ $0 >> 8 })
}
