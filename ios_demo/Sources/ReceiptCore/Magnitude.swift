// Natural numbers of any length, as far as exact decimals need them.

private let base: UInt64 = 1_000_000_000
private let width = 9  // decimal digits of a group
private let limit = base * base
private let powers: [UInt64] = (0...17).map { (0..<$0).reduce(1) { power, _ in power * 10 } }

/// A natural number.
///
/// Those of a receipt have a few digits, so they are kept as they are; longer ones as groups of nine decimal digits.
struct Magnitude: Hashable, Sendable {
    private enum Storage: Hashable, Sendable {
        /// Below 10 to the 18th.
        case small(UInt64)
        /// Three groups or more, the lowest first, none of them a zero at the top.
        case large([UInt32])
    }

    private let storage: Storage

    static let zero = Magnitude(storage: .small(0))

    private init(storage: Storage) { self.storage = storage }

    private init(groups: [UInt32]) {
        var trimmed = groups
        while trimmed.last == 0 { trimmed.removeLast() }
        if trimmed.count <= 2 {
            storage = .small(trimmed.reversed().reduce(0) { $0 * base + UInt64($1) })
        } else {
            storage = .large(trimmed)
        }
    }

    init(_ whole: UInt64) {
        self.init(groups: [whole % base, whole / base % base, whole / limit].map { UInt32($0) })
    }

    /// The number that digits, 0...9 each, spell.
    init(digits: [UInt8]) {
        var groups: [UInt32] = []
        var end = digits.count
        while end > 0 {
            let start = max(end - width, 0)
            groups.append(digits[start..<end].reduce(0) { $0 * 10 + UInt32($1) })
            end = start
        }
        self.init(groups: groups)
    }

    private var groups: [UInt32] {
        switch storage {
        case .small(let value): [UInt32(value % base), UInt32(value / base)]
        case .large(let groups): groups
        }
    }

    var isZero: Bool { storage == .small(0) }

    /// The digits, 0...9 each, the highest first; none for zero.
    var digits: [UInt8] {
        var digits: [UInt8] = []
        for group in groups {
            var rest = group
            for _ in 0..<width {
                digits.append(UInt8(rest % 10))
                rest /= 10
            }
        }
        while digits.last == 0 { digits.removeLast() }
        return digits.reversed()
    }

    /// The number with some zeros behind it.
    func shifted(by zeros: Int) -> Magnitude {
        if zeros == 0 || isZero { return self }
        let step = min(zeros, powers.count - 1)
        return (self * Magnitude(storage: .small(powers[step]))).shifted(by: zeros - step)
    }
}

extension Magnitude: Comparable {
    static func < (left: Magnitude, right: Magnitude) -> Bool {
        if case .small(let a) = left.storage, case .small(let b) = right.storage { return a < b }
        let (a, b) = (left.groups, right.groups)
        if a.count != b.count { return a.count < b.count }
        for i in a.indices.reversed() where a[i] != b[i] { return a[i] < b[i] }
        return false
    }

    static func + (left: Magnitude, right: Magnitude) -> Magnitude {
        if case .small(let a) = left.storage, case .small(let b) = right.storage, a + b < limit {
            return Magnitude(storage: .small(a + b))
        }
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
        if case .small(let a) = left.storage, case .small(let b) = right.storage {
            return Magnitude(storage: .small(a - b))
        }
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
        if case .small(let a) = left.storage, case .small(let b) = right.storage {
            let (product, isOver) = a.multipliedReportingOverflow(by: b)
            if !isOver && product < limit { return Magnitude(storage: .small(product)) }
        }
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
