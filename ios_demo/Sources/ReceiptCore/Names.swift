// Which names a bundle's files may have: those that mean the same file on every system.

let manifestName = "manifest.json"
private let longestName = 240  // characters; Windows' 260 for a whole path leave room for little more

/// Whether a name is a relative, normalised path of plain ASCII: no `..`, drive letter, backslash or NUL.
func isPortable(_ name: String) -> Bool {
    if name.utf8.count > longestName { return false }
    return name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy(isSegment)
}

/// `[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?`
private func isSegment(_ segment: Substring.UTF8View) -> Bool {
    func isPlain(_ byte: UInt8) -> Bool { isAsciiLetter(byte) || isAsciiDigit(byte) || byte == UInt8(ascii: "_") }
    guard let first = segment.first, isPlain(first), segment.last != UInt8(ascii: ".") else { return false }
    return segment.allSatisfy { isPlain($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
}

/// Whether a name may be that of a file that a manifest lists: portable, and not the manifest itself.
func isSafeName(_ name: String) -> Bool { isPortable(name) && name.lowercased() != manifestName }

/// Two names that differ only in case, or of which one lies inside the other; nil where there are none.
func collision(_ names: [String]) -> (String, String)? {
    var seen: [String: String] = [:]
    for name in names {
        if let first = seen.updateValue(name, forKey: name.lowercased()) { return (first, name) }
    }
    for name in names {
        var parent = name.lowercased().split(separator: "/").dropLast()
        while !parent.isEmpty {
            if let outer = seen[parent.joined(separator: "/")] { return (outer, name) }
            parent = parent.dropLast()
        }
    }
    return nil
}
