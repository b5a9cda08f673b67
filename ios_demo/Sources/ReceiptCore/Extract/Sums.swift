// Arithmetic of a receipt: which printed amounts make which others.

/// Kinds of amounts that tax, service or rounding may be added to.
private let baseKinds: Set<String> = ["subtotal", "total", "total_strong", "total_final", "amount", "excl"]
private let halfCent = ExactDecimal(shortest: 0.005)
private let mostParts = 8  // distinct values of one kind that take part in sums; bounds the work on garbage

/// What may be a total before tax or rounding, and the row it is on.
struct Base: Sendable {
    let value: ExactDecimal
    let row: Int
}

/// Distinct values by role, as printed, that may add up to a total.
struct Parts: Sendable {
    var bases: [Base]
    /// With their sums, and so are `extras` (service, tip).
    let taxes: [ExactDecimal]
    let extras: [ExactDecimal]
    let roundings: [ExactDecimal]
    /// Rounding and discounts, both signs, since print often drops the sign.
    let corrections: [ExactDecimal]
    let paid: [ExactDecimal]
    let change: [ExactDecimal]

    /// The printed values of each role, the first few of each.
    init(_ found: [Entry]) {
        func values(_ kinds: String...) -> [ExactDecimal] {
            let seen = found.filter { kinds.contains($0.kind) && !$0.amount.value.isZero && $0.isMoney }
            return Array(distinct(seen.map(\.amount.value.magnitude)).prefix(mostParts))
        }
        let bases = found.filter { baseKinds.contains($0.kind) && $0.isMoney && $0.amount.value.isPositive }
            .distinct(by: \.amount.value)
            .map { Base(value: $0.amount.value, row: $0.row) }
        self.bases = Array(bases.prefix(mostParts))
        taxes = runs(values("tax"))
        extras = runs(Array(values("service", "tip").prefix(3)))
        roundings = values("rounding")
        corrections = (values("rounding") + values("discount")).flatMap { [$0, -$0] }
        paid = values("payment")
        change = values("change")
    }
}

/// Each value once, as it comes first.
func distinct(_ values: [ExactDecimal]) -> [ExactDecimal] { values.distinct { $0 } }

func sum(_ values: [ExactDecimal]) -> ExactDecimal { values.reduce(.zero, +) }

/// Each value, then sums of two and more neighbours, each sum once.
private func runs(_ values: [ExactDecimal]) -> [ExactDecimal] {
    let spans = values.indices.flatMap { more in (0..<values.count - more).map { values[$0...$0 + more] } }
    return distinct(spans.map { sum(Array($0)) })
}

/// Whether two amounts are the same to the cent.
func near(_ a: ExactDecimal, _ b: ExactDecimal) -> Bool { (a - b).magnitude < halfCent }

/// Whether printed parts make the total on this row: a smaller base with tax and extras, rounded or discounted.
///
/// A correction counts only on a base printed above, since rounding and discounts lead to the total, not away from it.
func addsUp(_ total: ExactDecimal, _ row: Int, _ parts: Parts) -> Bool {
    let taxes = [.zero] + parts.taxes
    let extras = [.zero] + parts.extras
    for base in parts.bases {
        for tax in taxes {
            for extra in extras {
                let rest = total - base.value - tax - extra
                if near(rest, .zero) && (!tax.isZero || !extra.isZero) { return true }
                if base.row < row && parts.corrections.contains(where: { near(rest, $0) }) { return true }
            }
        }
    }
    return false
}

/// Whether a base is the total, or becomes it with printed taxes, extras and corrections.
func makes(_ base: ExactDecimal, _ total: ExactDecimal, _ parts: Parts) -> Bool {
    var alone = parts
    alone.bases = [Base(value: base, row: -1)]
    return near(base, total) || addsUp(total, 0, alone)
}

/// Whether cash handed over less change handed back, both printed, is this total.
func isPaid(_ total: ExactDecimal, _ parts: Parts) -> Bool {
    parts.paid.contains { paid in parts.change.contains { near(paid - $0, total) } }
}
