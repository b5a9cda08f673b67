/// A JSON value.
public enum Json: Sendable, Hashable {
    case null
    case flag(Bool)
    case integer(Int)
    /// The digits of an integer of more than 64 bits.
    case huge(String)
    case number(Double)
    case text(String)
    case list([Json])
    case object(JsonObject)
}

extension Json: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral {
    /// A key must not appear twice.
    public init(dictionaryLiteral members: (String, Json)...) {
        self = .object(JsonObject(members.map { (key: $0.0, value: $0.1) }))
    }

    public init(arrayLiteral items: Json...) { self = .list(items) }
}

/// The members of a JSON object, in their order.
public struct JsonObject: Sendable {
    public let members: [(key: String, value: Json)]
    private let places: [Spelling: Int]

    /// Of members of one key the last one counts.
    public init(_ members: [(key: String, value: Json)]) {
        self.members = members
        places = Dictionary(members.enumerated().map { (Spelling($1.key), $0) }, uniquingKeysWith: { $1 })
    }

    public subscript(key: String) -> Json? { places[Spelling(key)].map { members[$0].value } }
}

extension JsonObject: Hashable {
    /// The same keys with the same values, in any order.
    public static func == (left: JsonObject, right: JsonObject) -> Bool {
        left.places.count == right.places.count && left.members.allSatisfy { right[$0.key] == $0.value }
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(places.count) }
}

/// A text that equals only texts of the same bytes; Swift's strings also equal those that are composed otherwise.
struct Spelling: Hashable, Sendable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (left: Spelling, right: Spelling) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }
}

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
        guard let byte = next, byte == UInt8(ascii: ",") || byte == end else { throw failure("',' or an end is missing") }
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
        if let plain = escapes.first(where: { $0.letter == byte }) { return UInt16(plain.byte) }
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
            if after < bytes.count, bytes[after] == UInt8(ascii: "+") || bytes[after] == UInt8(ascii: "-") { after += 1 }
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

func isAsciiLetter(_ byte: UInt8) -> Bool { (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) }

func isAsciiDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

private let escapes: [(letter: UInt8, byte: UInt8)] = [
    (UInt8(ascii: "\""), 0x22), (UInt8(ascii: "\\"), 0x5c), (UInt8(ascii: "/"), 0x2f), (UInt8(ascii: "b"), 0x08),
    (UInt8(ascii: "f"), 0x0c), (UInt8(ascii: "n"), 0x0a), (UInt8(ascii: "r"), 0x0d), (UInt8(ascii: "t"), 0x09),
]

private func notFinite(_ number: String) -> StrictError {
    StrictError(problem: "\(number) is not a finite number", mend: "write one that a 64-bit float can hold")
}

/// JSON on one line, as Python's `json.dumps` writes it; numbers must be finite.
public func writeJson(_ value: Json) -> String {
    var out = String.UnicodeScalarView()
    write(value, to: &out)
    return String(out)
}

private func write(_ value: Json, to out: inout String.UnicodeScalarView) {
    switch value {
    case .null: out.append(contentsOf: "null".unicodeScalars)
    case .flag(let flag): out.append(contentsOf: (flag ? "true" : "false").unicodeScalars)
    case .integer(let number): out.append(contentsOf: String(number).unicodeScalars)
    case .huge(let digits): out.append(contentsOf: digits.unicodeScalars)
    case .number(let number): out.append(contentsOf: floatText(number).unicodeScalars)
    case .text(let text): writeText(text, to: &out)
    case .list(let items):
        out.append("[")
        for (i, item) in items.enumerated() {
            if i > 0 { out.append(contentsOf: ", ".unicodeScalars) }
            write(item, to: &out)
        }
        out.append("]")
    case .object(let object):
        out.append("{")
        for (i, member) in object.members.enumerated() {
            if i > 0 { out.append(contentsOf: ", ".unicodeScalars) }
            writeText(member.key, to: &out)
            out.append(contentsOf: ": ".unicodeScalars)
            write(member.value, to: &out)
        }
        out.append("}")
    }
}

private func writeText(_ text: String, to out: inout String.UnicodeScalarView) {
    out.append("\"")
    for scalar in text.unicodeScalars {
        if let escape = escapes.first(where: { UInt32($0.byte) == scalar.value && scalar != "/" }) {
            out.append("\\")
            out.append(Unicode.Scalar(escape.letter))
        } else if scalar.value < 0x20 {
            out.append(contentsOf: "\\u00\(scalar.value < 0x10 ? "0" : "")\(String(scalar.value, radix: 16))".unicodeScalars)
        } else {
            out.append(scalar)
        }
    }
    out.append("\"")
}

/// A finite float in the fewest digits that give it back, spelt as Python does.
func floatText(_ value: Double) -> String {
    let sign = value.sign == .minus ? "-" : ""
    if value == 0 { return sign + "0.0" }
    let (digits, places) = shortest(value.magnitude)
    let exponent = places - 1  // of the first digit
    if exponent < -4 || exponent > 15 {
        let mantissa = digits.count == 1 ? digits : "\(digits.prefix(1)).\(digits.dropFirst())"
        let power = (exponent.magnitude < 10 ? "0" : "") + String(exponent.magnitude)
        return "\(sign)\(mantissa)e\(exponent < 0 ? "-" : "+")\(power)"
    }
    if places <= 0 { return "\(sign)0.\(String(repeating: "0", count: -places))\(digits)" }
    if digits.count <= places { return "\(sign)\(digits)\(String(repeating: "0", count: places - digits.count)).0" }
    return "\(sign)\(digits.prefix(places)).\(digits.dropFirst(places))"
}

/// The digits of a number above 0, and how many of them stand before the point (fewer than none: zeros behind it).
private func shortest(_ value: Double) -> (digits: String, places: Int) {
    let parts = value.description.split(separator: "e")
    let power = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    let sides = parts[0].split(separator: ".")
    let all = sides.joined()
    let digits = all.drop { $0 == "0" }
    let zeros = digits.reversed().prefix { $0 == "0" }.count
    return (String(digits.dropLast(zeros)), sides[0].count - (all.count - digits.count) + power)
}

/// A text in the quotes that Python shows it in.
func quoted(_ text: String) -> String {
    let scalars = text.unicodeScalars
    let mark: Unicode.Scalar = scalars.contains("'") && !scalars.contains("\"") ? "\"" : "'"
    var shown = String.UnicodeScalarView([mark])
    for scalar in scalars {
        switch scalar {
        case mark, "\\": shown.append(contentsOf: ["\\", scalar])
        case "\n": shown.append(contentsOf: "\\n".unicodeScalars)
        case "\r": shown.append(contentsOf: "\\r".unicodeScalars)
        case "\t": shown.append(contentsOf: "\\t".unicodeScalars)
        case _ where scalar.value < 0x20 || scalar.value == 0x7f:
            shown.append(contentsOf: "\\x\(scalar.value < 0x10 ? "0" : "")\(String(scalar.value, radix: 16))".unicodeScalars)
        default: shown.append(scalar)
        }
    }
    shown.append(mark)
    return String(shown)
}
