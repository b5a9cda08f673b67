// Decimal numbers of any length, exact, that keep the zeros they are printed with.
//
// Foundation's Decimal drops those zeros and holds 38 digits.

/// An exact decimal number: `12.50` is spelt with its zero, and equals `12.5`.
public struct ExactDecimal: Sendable {
    /// All digits, without sign and point.
    private let digits: Magnitude

    /// Whether it is below zero.
    public let isNegative: Bool

    /// How many digits are printed after the point, 0 or more.
    public let scale: Int

    /// Zero without a point.
    public static let zero = ExactDecimal(.zero, isNegative: false, scale: 0)
    private static let half = ExactDecimal(Magnitude(5), isNegative: false, scale: 1)

    private init(_ digits: Magnitude, isNegative: Bool, scale: Int) {
        self.digits = digits
        self.isNegative = isNegative && !digits.isZero
        self.scale = scale
    }

    /// A whole number.
    public init(_ whole: Int) {
        self.init(Magnitude(UInt64(whole.magnitude)), isNegative: whole < 0, scale: 0)
    }

    /// The number that a text spells: digits of any script, at most one point, a minus sign before them if need be.
    ///
    /// nil for any other text.
    public init?(_ text: String) {
        var digits: [UInt8] = []
        var scale: Int?
        var isNegative = false
        for (place, scalar) in text.unicodeScalars.enumerated() {
            if place == 0 && scalar == "-" {
                isNegative = true
            } else if scalar == "." && scale == nil {
                scale = 0
            } else if scalar.properties.numericType == .decimal, let value = scalar.properties.numericValue {
                digits.append(UInt8(value))
                scale = scale.map { $0 + 1 }
            } else {
                return nil
            }
        }
        if digits.isEmpty { return nil }
        self.init(Magnitude(digits: digits), isNegative: isNegative, scale: scale ?? 0)
    }

    /// The exact value of a finite float, all its digits.
    init(exactly value: Double) {
        let magnitude = value.magnitude
        let exponent = value == 0 ? 0 : Int(magnitude.exponent) - Double.significandBitCount
        let whole = value == 0 ? 0 : Int(magnitude.significand * 0x1p52)
        var number = ExactDecimal(whole)
        for _ in 0..<max(exponent, 0) { number = number * ExactDecimal(2) }
        for _ in 0..<max(-exponent, 0) { number = number * Self.half }
        self.init(number.digits, isNegative: value < 0, scale: number.scale)
    }

    /// The number that the fewest digits spell which give a finite float back.
    init(shortest value: Double) {
        let parts = "\(value.magnitude)".split(separator: "e")
        let digits = parts[0].split(separator: ".")
        let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        let all = digits.joined().utf8.map { $0 - UInt8(ascii: "0") }
        let scale = (digits.count > 1 ? digits[1].count : 0) - exponent
        let spelt = Magnitude(digits: all).shifted(by: max(-scale, 0))
        self.init(spelt, isNegative: value < 0, scale: max(scale, 0))
    }

    /// Whether it is zero, however many zeros it is printed with.
    public var isZero: Bool { digits.isZero }

    /// Whether it is above zero.
    public var isPositive: Bool { !isNegative && !isZero }

    /// The number without its sign.
    public var magnitude: ExactDecimal { ExactDecimal(digits, isNegative: false, scale: scale) }

    /// The nearest 64-bit float.
    public var doubleValue: Double { Double(description) ?? 0 }

    /// A hundredth of the number, with no more zeros behind it than the number has.
    var hundredth: ExactDecimal {
        var shown = digits.digits
        var places = scale + 2
        while places > scale && shown.last ?? 0 == 0 {
            shown = shown.dropLast()
            places -= 1
        }
        return ExactDecimal(Magnitude(digits: shown), isNegative: isNegative, scale: places)
    }

    /// Hundredths, without what is smaller; at most what an integer holds.
    var cents: Int {
        let shown = digits.digits + [0, 0]
        let whole = shown.dropLast(min(scale, shown.count)).map(String.init).joined()
        let cents = whole.isEmpty ? 0 : Int(whole) ?? Int.max
        return isNegative ? -cents : cents
    }
}

extension ExactDecimal: CustomStringConvertible {
    /// The number as it is printed: `-0.50`, `1200`.
    public var description: String {
        let shown = digits.digits.map(String.init)
        let padded = Array(repeating: "0", count: max(scale + 1 - shown.count, 0)) + shown
        let whole = padded.dropLast(scale).joined()
        let text = scale > 0 ? whole + "." + padded.suffix(scale).joined() : whole
        return isNegative ? "-" + text : text
    }
}

extension ExactDecimal: Comparable, Hashable {
    /// Whether both have the same value; zeros at the end do not count.
    public static func == (left: ExactDecimal, right: ExactDecimal) -> Bool {
        if left.isNegative != right.isNegative { return false }
        let (a, b, _) = aligned(left, right)
        return a == b
    }

    /// Whether the left one is the smaller.
    public static func < (left: ExactDecimal, right: ExactDecimal) -> Bool {
        if left.isNegative != right.isNegative { return left.isNegative }
        let (a, b, _) = aligned(left, right)
        return left.isNegative ? b < a : a < b
    }

    /// Equal numbers hash alike.
    public func hash(into hasher: inout Hasher) {
        var shown = digits.digits
        var places = shown.isEmpty ? 0 : scale
        while shown.last == 0 {
            shown.removeLast()
            places -= 1
        }
        hasher.combine(shown)
        hasher.combine(isNegative)
        hasher.combine(places)
    }
}

extension ExactDecimal {
    /// The sum, with as many digits after the point as the longer of both.
    public static func + (left: ExactDecimal, right: ExactDecimal) -> ExactDecimal {
        let (a, b, scale) = aligned(left, right)
        if left.isNegative == right.isNegative {
            return ExactDecimal(a + b, isNegative: left.isNegative, scale: scale)
        }
        if a >= b { return ExactDecimal(a - b, isNegative: left.isNegative, scale: scale) }
        return ExactDecimal(b - a, isNegative: right.isNegative, scale: scale)
    }

    /// The difference, with as many digits after the point as the longer of both.
    public static func - (left: ExactDecimal, right: ExactDecimal) -> ExactDecimal { left + -right }

    /// The number with the other sign.
    public static prefix func - (value: ExactDecimal) -> ExactDecimal {
        ExactDecimal(value.digits, isNegative: !value.isNegative, scale: value.scale)
    }

    /// The product, with the digits after the point of both.
    public static func * (left: ExactDecimal, right: ExactDecimal) -> ExactDecimal {
        let isNegative = left.isNegative != right.isNegative
        return ExactDecimal(left.digits * right.digits, isNegative: isNegative, scale: left.scale + right.scale)
    }

    /// The digits of two numbers at one scale, and that scale.
    private static func aligned(_ left: ExactDecimal, _ right: ExactDecimal) -> (Magnitude, Magnitude, Int) {
        let scale = max(left.scale, right.scale)
        return (left.digits.shifted(by: scale - left.scale), right.digits.shifted(by: scale - right.scale), scale)
    }
}
