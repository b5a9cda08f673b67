// The tax: one line, several lines summed, or the tax column of a table, whichever fits the total.

private let mostLines = 8  // tax lines, and roundings and discounts, looked at; bounds the work on garbage
private let mostColumns = 4  // amounts of a row of a tax table: net, tax, gross, and one to spare

/// Taxes printed.
struct Tax: Sendable {
    /// Their sum.
    let value: ExactDecimal
    /// The entries summed.
    let entries: [Entry]
    /// Whether they fit the total and another printed amount.
    let proved: Bool
}

private struct NetAndTax {
    let net: Entry
    let tax: Entry
}

/// The tax that with a printed net amount makes the total, else the best labelled one; nil without any.
func chooseTax(_ found: [Entry], total: ExactDecimal?, _ params: ExtractParams) -> Tax? {
    let rows = moneyRows(found)
    let labelled = taxLines(rows, total, params)
    if let total {
        let parts = Parts(found)
        if let tax = proved(labelled, parts, total, params) ?? ofTable(rows, parts, total, params) { return tax }
    }
    return unproved(labelled)
}

/// Whether an amount is small enough beside the total to be its tax; without a total all are.
func canBe(_ tax: ExactDecimal, of total: ExactDecimal?) -> Bool { total.map { twice(tax) < $0 } ?? true }

private func twice(_ value: ExactDecimal) -> ExactDecimal { value * ExactDecimal(2) }

private func moneyRows(_ found: [Entry]) -> [[Entry]] {
    let byRow = Dictionary(grouping: found.filter(\.isMoney), by: \.row)
    return found.filter(\.isMoney).map(\.row).distinct { $0 }.compactMap { byRow[$0] }
}

/// The tax of each row labelled so, in the order of print.
private func taxLines(_ rows: [[Entry]], _ total: ExactDecimal?, _ params: ExtractParams) -> [Entry] {
    let taxes = rows.compactMap { row -> Entry? in
        guard let last = row.last(where: { $0.kind == "tax" && !$0.amount.value.isNegative }) else { return nil }
        let beside = netAndTax(row, params)?.tax
        let tax = beside?.kind == "tax" ? beside ?? last : last
        return canBe(tax.amount.value, of: total) ? tax : nil
    }
    return Array(taxes.prefix(mostLines))
}

/// Net and tax of a row that prints both: their ratio can be a rate, and a third amount, if any, is their sum.
private func netAndTax(_ row: [Entry], _ params: ExtractParams) -> NetAndTax? {
    let positive = row.filter(\.amount.value.isPositive)
    if positive.count > mostColumns { return nil }
    for pair in combinations(positive, 2) {
        let (a, b) = (pair[0], pair[1])
        let (net, tax) = a.amount.value > b.amount.value ? (a, b) : (b, a)
        let rest = row.filter { !$0.isSame(a) && !$0.isSame(b) }.map(\.amount.value)
        let whole = net.amount.value + tax.amount.value
        let summed = rest.isEmpty || rest.contains { near($0, whole) }
        if summed && isRate(tax.amount.value, of: net.amount.value, params) { return NetAndTax(net: net, tax: tax) }
    }
    return nil
}

/// Whether the ratio of a tax to its net amount can be a rate.
private func isRate(_ tax: ExactDecimal, of net: ExactDecimal, _ params: ExtractParams) -> Bool {
    ExactDecimal(exactly: params.rateLeast) * net <= tax && tax <= ExactDecimal(exactly: params.rateMost) * net
}

/// The smallest group of tax lines that with a printed base, and service or tip if need be, makes the total; if none does,
/// then with a rounding or a discount. Two lines may show the same value and both count, as the halves of a tax that a
/// state and its union share do.
private func proved(_ labelled: [Entry], _ parts: Parts, _ total: ExactDecimal, _ params: ExtractParams) -> Tax? {
    let sizes = 0..<max(min(labelled.count, params.taxLines), 0)
    let groups = sizes.flatMap { combinations(labelled, $0 + 1) }
    for gaps in [gapsOf(parts, total, [.zero]), gapsOf(parts, total, parts.corrections)] {
        for group in groups {
            let value = sum(group.map(\.amount.value))
            if gaps.contains(where: { near(value, $0) }) { return Tax(value: value, entries: group, proved: true) }
        }
    }
    return nil
}

/// Whether a tax with a printed base, service or tip, and a rounding or a discount, makes the total.
func makesTotal(_ value: ExactDecimal, _ parts: Parts, _ total: ExactDecimal) -> Bool {
    gapsOf(parts, total, [.zero] + parts.corrections).contains { near(value, $0) }
}

/// What is left of the total for a tax, by each base, extra and correction; as far as it can be one.
private func gapsOf(_ parts: Parts, _ total: ExactDecimal, _ corrections: [ExactDecimal]) -> [ExactDecimal] {
    let rests = parts.bases.flatMap { base in ([.zero] + parts.extras).map { total - base.value - $0 } }
    let gaps = rests.flatMap { rest in corrections.prefix(mostLines).map { rest - $0 } }
    return gaps.filter { $0.isPositive && canBe($0, of: total) }
}

/// Rows of net and tax: one that makes the total, or all of them together; with what is printed as free of tax too. The
/// total may be rounded: then they make the printed amount before.
private func ofTable(_ rows: [[Entry]], _ parts: Parts, _ total: ExactDecimal, _ params: ExtractParams) -> Tax? {
    let pairs = rows.compactMap { netAndTax($0, params) }
    let groups = pairs.map { [$0] } + [pairs]
    let free = sum(rows.map(untaxed))
    let unrounded = parts.bases.map(\.value).filter { base in
        parts.roundings.contains { near((total - base).magnitude, $0) }
    }
    for taxed in ([total] + unrounded).flatMap({ [$0, $0 - free] }) {
        for group in groups {
            let value = sum(group.map(\.tax.amount.value))
            if !value.isZero && near(sum(group.map(\.net.amount.value)) + value, taxed) {
                return Tax(value: value, entries: group.map(\.tax), proved: true)
            }
        }
    }
    return nil
}

/// The amount of a row that prints no tax of it: one value, as net or gross or both, and a zero; else 0.
private func untaxed(_ row: [Entry]) -> ExactDecimal {
    let values = row.map(\.amount.value).distinct { $0 }
    guard values.count == 2, let free = values.first(where: \.isPositive) else { return .zero }
    return values.contains(where: \.isZero) ? free : .zero
}

/// A line that sums the others, else neighbouring lines summed; a printed zero where no other tax is.
private func unproved(_ labelled: [Entry]) -> Tax? {
    func alone(_ entry: Entry) -> Tax { Tax(value: entry.amount.value, entries: [entry], proved: false) }
    let positive = labelled.filter(\.amount.value.isPositive).distinct(by: \.amount.value)
    if positive.isEmpty { return labelled.first.map(alone) }
    let everything = sum(positive.map(\.amount.value))
    let whole = positive.first { near(everything, twice($0.amount.value)) }
    if positive.count > 2, let whole { return alone(whole) }
    var together = [positive[0]]
    for entry in positive.dropFirst() where entry.row - together[together.count - 1].row <= 1 { together.append(entry) }
    return Tax(value: sum(together.map(\.amount.value)), entries: together, proved: false)
}

/// Every choice of so many items, in their order.
func combinations<Item>(_ items: [Item], _ size: Int) -> [[Item]] {
    if size == 0 { return [[]] }
    return items.indices.flatMap { i in combinations(Array(items[(i + 1)...]), size - 1).map { [items[i]] + $0 } }
}
