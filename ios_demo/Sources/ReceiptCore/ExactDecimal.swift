import Foundation

/// A decimal number that keeps the zeros it is printed with: `5.00` is equal to `5`, and still written as `5.00`.
///
/// Foundation's `Decimal` does the arithmetic (38 digits); it alone would write `5`.
public struct ExactDecimal: Sendable {
    private let value: Decimal
    private let scale: Int

    public static let zero = ExactDecimal(0)

    private init(_ value: Decimal, scale: Int) {
        self.value = value
        self.scale = scale
    }

    public init(_ whole: Int) {
        self.init(Decimal(whole), scale: 0)
    }

    /// Digits with an optional minus and point: `1234`, `-0.50`; nil for all else, and for more than 38 digits.
    public init?(_ text: String) {
        let digits = text.utf8.drop { $0 == UInt8(ascii: "-") }
        guard text.utf8.count - digits.count <= 1, digits.count <= 39 else { return nil }
        let parts = digits.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { (48...57).contains($0) } }),
            let value = Decimal(string: text, locale: Locale(identifier: "en_US_POSIX"))
        else { return nil }
        self.init(value, scale: parts.count == 2 ? parts[1].count : 0)
    }

    /// The number that a float stands for, to 37 decimals: 0.04 is 0.04000000000000000083.
    package init(exactly float: Double) {
        let text = String(format: "%.37f", float)
        self.init(Decimal(string: text, locale: Locale(identifier: "en_US_POSIX")) ?? .nan, scale: 37)
    }

    /// -1, 0 or 1.
    public var signum: Int { value.isZero ? 0 : value.isSignMinus ? -1 : 1 }

    public var magnitude: ExactDecimal { ExactDecimal(value.magnitude, scale: scale) }

    /// The nearest float.
    public var double: Double { Double(description) ?? .nan }

    /// The whole number that is left when the decimals are cut off; nil where that is too large.
    package var whole: Int? { description.split(separator: ".").first.flatMap { Int($0) } }

    public static prefix func - (number: ExactDecimal) -> ExactDecimal {
        ExactDecimal(number.value.isZero ? number.value : -number.value, scale: number.scale)
    }

    public static func + (left: ExactDecimal, right: ExactDecimal) -> ExactDecimal {
        ExactDecimal(left.value + right.value, scale: max(left.scale, right.scale))
    }

    public static func - (left: ExactDecimal, right: ExactDecimal) -> ExactDecimal {
        ExactDecimal(left.value - right.value, scale: max(left.scale, right.scale))
    }

    public static func * (left: ExactDecimal, right: ExactDecimal) -> ExactDecimal {
        ExactDecimal(left.value * right.value, scale: left.scale + right.scale)
    }

    /// The quotient to 38 digits, with no more zeros than the dividend has decimals. The divisor must not be 0.
    public static func / (left: ExactDecimal, right: ExactDecimal) -> ExactDecimal {
        let quotient = left.value / right.value
        return ExactDecimal(quotient, scale: max(left.scale - right.scale, -quotient.exponent, 0))
    }
}

extension ExactDecimal: Hashable, Comparable {
    public static func == (left: ExactDecimal, right: ExactDecimal) -> Bool { left.value == right.value }

    public static func < (left: ExactDecimal, right: ExactDecimal) -> Bool { left.value < right.value }

    public func hash(into hasher: inout Hasher) { hasher.combine(value) }
}

extension ExactDecimal: CustomStringConvertible {
    /// The digits as printed, without an exponent.
    public var description: String {
        let text = value.description
        let point = text.firstIndex(of: ".")
        let decimals = point.map { text.distance(from: $0, to: text.endIndex) - 1 } ?? 0
        if decimals >= scale { return text }
        return text + (point == nil ? "." : "") + String(repeating: "0", count: scale - decimals)
    }
}
