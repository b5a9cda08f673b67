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

func isAsciiLetter(_ byte: UInt8) -> Bool { (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) }

func isAsciiDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

/// What stands behind a backslash, and the byte that it means.
let jsonEscapes: [(letter: UInt8, byte: UInt8)] = [
    (UInt8(ascii: "\""), 0x22), (UInt8(ascii: "\\"), 0x5c), (UInt8(ascii: "/"), 0x2f), (UInt8(ascii: "b"), 0x08),
    (UInt8(ascii: "f"), 0x0c), (UInt8(ascii: "n"), 0x0a), (UInt8(ascii: "r"), 0x0d), (UInt8(ascii: "t"), 0x09),
]

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
        if let escape = jsonEscapes.first(where: { UInt32($0.byte) == scalar.value && scalar != "/" }) {
            out.append("\\")
            out.append(Unicode.Scalar(escape.letter))
        } else if scalar.value < 0x20 {
            out.append(contentsOf: "\\u00\(hex(scalar))".unicodeScalars)
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
            shown.append(contentsOf: "\\x\(hex(scalar))".unicodeScalars)
        default: shown.append(scalar)
        }
    }
    shown.append(mark)
    return String(shown)
}

/// Two digits of a character below 256.
private func hex(_ scalar: Unicode.Scalar) -> String {
    (scalar.value < 0x10 ? "0" : "") + String(scalar.value, radix: 16)
}
