/// Why a text is not JSON.
struct JsonError: Error {
    let message: String
}

/// Why a value has no place in strict JSON, in the words of `strict.py`: the problem, and how to mend it.
struct StrictError: Error {
    let problem: String
    let mend: String
}

/// What a JSON text says. Throws `JsonError`, or `StrictError` for what JSON parsers read differently.
func parseJson(_ text: String) throws -> Json {
    var text = text
    return try text.withUTF8 { bytes in
        var reader = JsonReader(bytes: bytes)
        return try reader.document()
    }
}

private let deepest = 500

private struct JsonReader {
    let bytes: UnsafeBufferPointer<UInt8>
    private var at = 0

    init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

    mutating func document() throws -> Json {
        let found = try value(0)
        space()
        if at < bytes.count { throw failure("extra data") }
        return found
    }

    private func failure(_ problem: String) -> JsonError { JsonError(message: "\(problem) at byte \(at)") }

    private mutating func space() {
        while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d { at += 1 }
    }

    private mutating func value(_ depth: Int) throws -> Json {
        space()
        if depth > deepest {
            throw StrictError(problem: "nested too deeply", mend: "a manifest is at most a few levels deep")
        }
        guard let byte = next else { throw failure("a value is missing") }
        switch byte {
        case UInt8(ascii: "{"): return try members(depth)
        case UInt8(ascii: "["): return try items(depth)
        case UInt8(ascii: "\""): return .text(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: return try word()
        }
    }

    private func starts(with word: StaticString) -> Bool {
        at + word.utf8CodeUnitCount <= bytes.count
            && (0..<word.utf8CodeUnitCount).allSatisfy { bytes[at + $0] == word.utf8Start[$0] }
    }

    private mutating func word() throws -> Json {
        let words: [(StaticString, Json)] = [("true", .flag(true)), ("false", .flag(false)), ("null", .null)]
        for (word, value) in words where starts(with: word) {
            at += word.utf8CodeUnitCount
            return value
        }
        for word: StaticString in ["NaN", "Infinity"] where starts(with: word) { throw notFinite("\(word)") }
        throw failure("no value starts here")
    }

    private mutating func members(_ depth: Int) throws -> Json {
        var found: [(key: String, value: Json)] = []
        var seen: Set<Spelling> = []
        var repeated: String?
        at += 1
        space()
        if next == UInt8(ascii: "}") {
            at += 1
            return .object(JsonObject([]))
        }
        repeat {
            space()
            if next != UInt8(ascii: "\"") { throw failure("a key is missing") }
            let key = try string()
            space()
            if next != UInt8(ascii: ":") { throw failure("a colon is missing") }
            at += 1
            found.append((key, try value(depth + 1)))
            if !seen.insert(Spelling(key)).inserted && repeated == nil { repeated = key }
        } while try goesOn(UInt8(ascii: "}"))
        if let repeated {
            throw StrictError(
                problem: "the key \(quoted(repeated)) appears twice in one object", mend: "keep one of them")
        }
        return .object(JsonObject(found))
    }

    private mutating func items(_ depth: Int) throws -> Json {
        var found: [Json] = []
        at += 1
        space()
        if next == UInt8(ascii: "]") {
            at += 1
            return .list([])
        }
        repeat { found.append(try value(depth + 1)) } while try goesOn(UInt8(ascii: "]"))
        return .list(found)
    }

    private mutating func goesOn(_ end: UInt8) throws -> Bool {
        space()
        guard let byte = next, byte == UInt8(ascii: ",") || byte == end else {
            throw failure("',' or an end is missing")
        }
        at += 1
        return byte != end
    }

    private mutating func string() throws -> String {
        at += 1
        var found = String.UnicodeScalarView()
        var half: UInt16?  // a high surrogate whose low one must follow
        var start = at
        func appendRun(to end: Int) {
            if end > start {
                found.append(contentsOf: String(decoding: bytes[start..<end], as: UTF8.self).unicodeScalars)
            }
        }
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                appendRun(to: at)
                at += 1
                if half != nil { throw halfPair() }
                return String(found)
            case UInt8(ascii: "\\"):
                appendRun(to: at)
                at += 1
                let unit = try escaped()
                start = at
                if let high = half {
                    guard UTF16.isTrailSurrogate(unit) else { throw try unlessBroken(halfPair()) }
                    found.append(UTF16.decode(UTF16.EncodedScalar([high, unit])))
                    half = nil
                } else if UTF16.isLeadSurrogate(unit) {
                    half = unit
                } else if let scalar = Unicode.Scalar(unit) {
                    found.append(scalar)
                } else {
                    throw try unlessBroken(halfPair())
                }
            case 0..<0x20: throw failure("a control character in a string")
            default:
                if half != nil { throw try unlessBroken(halfPair()) }
                at += 1
            }
        }
        throw failure("a string has no end")
    }

    private func halfPair() -> StrictError {
        StrictError(problem: "a string holds half of a surrogate pair", mend: "write whole characters")
    }

    /// The error of half a pair, where the string has an end; else that is the error.
    private mutating func unlessBroken(_ error: StrictError) throws -> StrictError {
        while let byte = next, byte != UInt8(ascii: "\"") {
            if byte < 0x20 { throw failure("a control character in a string") }
            at += 1
            if byte == UInt8(ascii: "\\") { _ = try escaped() }
        }
        if next == nil { throw failure("a string has no end") }
        return error
    }

    /// A UTF-16 unit.
    private mutating func escaped() throws -> UInt16 {
        guard let byte = next else { throw failure("a string has no end") }
        at += 1
        if let plain = jsonEscapes.first(where: { $0.letter == byte }) { return UInt16(plain.byte) }
        guard byte == UInt8(ascii: "u"), at + 4 <= bytes.count else { throw failure("an unknown escape") }
        var unit: UInt16 = 0
        for byte in bytes[at..<at + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                throw failure("an unknown escape")
            }
            unit = unit << 4 | UInt16(digit)
        }
        at += 4
        return unit
    }

    private mutating func number() throws -> Json {
        if starts(with: "-Infinity") { throw notFinite("-Infinity") }
        let start = at
        if next == UInt8(ascii: "-") { at += 1 }
        if next == UInt8(ascii: "0") { at += 1 } else { try digits() }
        let whole = at
        if next == UInt8(ascii: "."), at + 1 < bytes.count, isAsciiDigit(bytes[at + 1]) {
            at += 1
            try digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            var after = at + 1
            if after < bytes.count, [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(bytes[after]) { after += 1 }
            if after < bytes.count, isAsciiDigit(bytes[after]) {
                at = after
                try digits()
            }
        }
        let written = String(decoding: bytes[start..<at], as: UTF8.self)
        if at == whole { return Int(written).map { .integer($0) } ?? .huge(written) }
        guard let value = Double(written), value.isFinite else { throw notFinite(written) }
        return .number(value)
    }

    private mutating func digits() throws {
        if next.map(isAsciiDigit) != true { throw failure("a digit is missing") }
        while let byte = next, isAsciiDigit(byte) { at += 1 }
    }
}

private func notFinite(_ number: String) -> StrictError {
    StrictError(problem: "\(number) is not a finite number", mend: "write one that a 64-bit float can hold")
}
