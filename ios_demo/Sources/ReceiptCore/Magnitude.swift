// Natural numbers of any length, as far as exact decimals need them.

/// A natural number: groups of nine decimal digits, the lowest first, none of them a zero at the top.
struct Magnitude: Hashable, Sendable {
    private let groups: [UInt32]

    private static let base: UInt64 = 1_000_000_000
    private static let width = 9
    private static let powers: [UInt32] = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000]

    static let zero = Magnitude(groups: [])

    private init(groups: [UInt32]) {
        var trimmed = groups
        while trimmed.last == 0 { trimmed.removeLast() }
        self.groups = trimmed
    }

    /// The number that digits, 0...9 each, spell.
    init(digits: [UInt8]) {
        var groups: [UInt32] = []
        var end = digits.count
        while end > 0 {
            let start = max(end - Self.width, 0)
            groups.append(digits[start..<end].reduce(0) { $0 * 10 + UInt32($1) })
            end = start
        }
        self.init(groups: groups)
    }

    init(_ whole: UInt) {
        var groups: [UInt32] = []
        var rest = UInt64(whole)
        while rest > 0 {
            groups.append(UInt32(rest % Self.base))
            rest /= Self.base
        }
        self.init(groups: groups)
    }

    var isZero: Bool { groups.isEmpty }

    /// The digits, 0...9 each, the highest first; none for zero.
    var digits: [UInt8] {
        var digits: [UInt8] = []
        for group in groups {
            var rest = group
            for _ in 0..<Self.width {
                digits.append(UInt8(rest % 10))
                rest /= 10
            }
        }
        while digits.last == 0 { digits.removeLast() }
        return digits.reversed()
    }

    /// The number with some zeros behind it.
    func shifted(by zeros: Int) -> Magnitude {
        var left = isZero ? 0 : zeros
        var found = self
        while left > 0 {
            let step = min(left, Self.powers.count - 1)
            found = found * Magnitude(groups: [Self.powers[step]])
            left -= step
        }
        return found
    }
}

extension Magnitude: Comparable {
    static func < (left: Magnitude, right: Magnitude) -> Bool {
        let (a, b) = (left.groups, right.groups)
        if a.count != b.count { return a.count < b.count }
        for i in a.indices.reversed() where a[i] != b[i] { return a[i] < b[i] }
        return false
    }

    static func + (left: Magnitude, right: Magnitude) -> Magnitude {
        let (a, b) = (left.groups, right.groups)
        var sum: [UInt32] = []
        var carry: UInt64 = 0
        for i in 0..<max(a.count, b.count) {
            carry += UInt64(i < a.count ? a[i] : 0) + UInt64(i < b.count ? b[i] : 0)
            sum.append(UInt32(carry % base))
            carry /= base
        }
        return Magnitude(groups: sum + [UInt32(carry)])
    }

    /// The difference of a number and one that is not larger.
    static func - (left: Magnitude, right: Magnitude) -> Magnitude {
        let (a, b) = (left.groups, right.groups)
        var difference: [UInt32] = []
        var borrow: Int64 = 0
        for i in a.indices {
            let rest = Int64(a[i]) - borrow - Int64(i < b.count ? b[i] : 0)
            borrow = rest < 0 ? 1 : 0
            difference.append(UInt32(rest + borrow * Int64(base)))
        }
        return Magnitude(groups: difference)
    }

    static func * (left: Magnitude, right: Magnitude) -> Magnitude {
        let (a, b) = (left.groups, right.groups)
        var product = [UInt32](repeating: 0, count: a.count + b.count)
        for i in a.indices {
            var carry: UInt64 = 0
            for j in b.indices {
                carry += UInt64(product[i + j]) + UInt64(a[i]) * UInt64(b[j])
                product[i + j] = UInt32(carry % base)
                carry /= base
            }
            product[i + b.count] = UInt32(carry)
        }
        return Magnitude(groups: product)
    }
}
