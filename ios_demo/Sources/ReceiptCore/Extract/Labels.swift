// What an amount is, by the anchors printed with it.

/// Kinds whose amounts are never the total.
let notTotals: Set<String> = [
    "tax", "quantity", "rounding", "discount", "change", "tip", "suggestion", "service", "points", "tax_id",
]
private let totals: Set<String> = ["total", "total_strong", "total_final", "amount", "subtotal"]

/// Kinds whose label may stand on a row of its own; headings of columns ("QTY PRICE") lend nothing.
private let lenders = totals.union(
    ["mixed", "tax", "rounding", "discount", "payment", "change", "tip", "service"])
private let centDigits = 3...6  // digits of a number that may have lost the point before its cents

/// An amount with the kind its label gives it.
struct Entry: Sendable {
    /// Empty where nothing is printed with it.
    var kind: String
    var amount: Amount
    /// Printed like a price of this receipt.
    var isMoney: Bool
    /// As printed.
    let text: String
    let row: Int
    /// Rank among the amounts of its row, from the left.
    let order: Int
    /// How many amounts the row has.
    let siblings: Int
    /// The label stands alone on the row above or below.
    let adopted: Bool
    /// Letters off in the label.
    let errors: Int
    /// Of the text, in median heights.
    let height: Double
    /// The recogniser's on the amount.
    let confidence: Double
    /// Those of label and amount.
    let lines: [Int]

    /// Whether both are the same amount of the page.
    func isSame(_ other: Entry) -> Bool { row == other.row && order == other.order }
}

/// The one kind that a label's anchors, in order of print, add up to.
func kindOf(_ marks: [Mark]) -> String {
    let kinds = marks.map(\.kind)
    let present = Set(kinds)
    for kind in ["suggestion", "change", "tax_id", "points"] where present.contains(kind) { return kind }
    if present.contains("rounding") && present.isDisjoint(with: ["total", "total_strong", "total_final"]) {
        return "rounding"
    }
    if present.contains("discount") { return "discount" }
    if !present.isDisjoint(with: totals) { return kindOfTotal(kinds, present) }
    for kind in ["tip", "service"] where present.contains(kind) && !present.contains("tax") { return kind }
    if present.contains("tax") { return present.contains("excl") ? "subtotal" : "tax" }
    return ["payment", "quantity", "tax_name", "price", "excl"].first(where: present.contains) ?? ""
}

private func kindOfTotal(_ kinds: [String], _ present: Set<String>) -> String {
    let beforeTotal = kinds.prefix { !totals.contains($0) }
    if beforeTotal.contains("tax") && present.contains("incl") { return "tax" }
    if present.contains("subtotal") { return "subtotal" }
    if present.contains("quantity") { return "quantity" }
    if present.contains("excl") { return "subtotal" }
    if present.contains("total_final") { return "total_final" }
    if present.contains("tax") { return "mixed" }
    if present.contains("total_strong") || present.contains("incl") { return "total_strong" }
    for kind in ["tip", "service", "payment"] where present.contains(kind) { return kind }
    if present.contains("rounding") { return "total_final" }
    return present.contains("total") ? "total" : "amount"
}

/// Every number on the page that can be an amount, top to bottom, with its kind; what magnitude tells included.
func entries(_ page: Page, _ params: ExtractParams) -> [Entry] {
    var found = Labeller(page: page).labelled()
    if found.count(where: { $0.amount.decimals == 2 }) * 2 > found.count { found = found.map(withPoint) }
    let money = found.filter { $0.isMoney && $0.kind != "payment" && $0.kind != "change" }
    let named = money.filter { totals.contains($0.kind) }
    let largest = (named.isEmpty ? money : named).map(\.amount.value.magnitude).max() ?? .zero
    let bound = largest * ExactDecimal(shortest: params.mixedShare)
    return found.map { settled($0, bound) }
}

/// `8091` beside a label, where other prices have cents, lost its point.
private func withPoint(_ entry: Entry) -> Entry {
    let amount = entry.amount
    let isWhole = amount.decimals == 0 && !amount.grouped
    let digits = amount.value.magnitude.description.count
    if !isWhole || !lenders.contains(entry.kind) || !centDigits.contains(digits) { return entry }
    var changed = entry
    changed.amount.value = amount.value.hundredth
    changed.amount.decimals = 2
    changed.amount.noisy = true
    changed.isMoney = true
    return changed
}

/// Labels that fit two kinds: a total "incl. GST" or the GST in it, a rounding or the rounded total, by size.
private func settled(_ entry: Entry, _ bound: ExactDecimal) -> Entry {
    let value = entry.amount.value.magnitude
    var changed = entry
    if entry.kind == "mixed" { changed.kind = value > bound ? "total_strong" : "tax" }
    if entry.kind == "rounding" && entry.isMoney && value >= ExactDecimal(1) { changed.kind = "total_final" }
    return changed
}

private struct Labeller {
    let page: Page

    func labelled() -> [Entry] {
        var found: [Entry] = []
        var lent: Set<Int> = []
        for row in page.rows {
            var usable = row.amounts.filter { !$0.percent }
            if usable.contains(where: isMoney) { usable = usable.filter(isMoney) }
            var label: [Mark] = []
            var source = row
            for (order, amount) in usable.enumerated() {
                let before = order > 0 ? usable[order - 1].end : 0
                let own = row.marks.filter { $0.start >= before && $0.start < amount.start }
                if !own.isEmpty { label = own }
                if label.isEmpty { label = row.marks.filter { $0.start >= usable[usable.count - 1].end } }
                if label.isEmpty, let lender = lender(row, usable, lent) {
                    source = lender
                    label = lender.marks
                    lent.insert(lender.index)
                }
                found.append(entry(row, source, order, usable, label))
            }
        }
        return found
    }

    /// Where no price has cents (rupiah, yen), thousands make a price: `25.000`.
    private func isMoney(_ amount: Amount) -> Bool {
        amount.isMoney || (page.wholePrices && amount.grouped && !amount.percent)
    }

    /// The row above, else below, whose label has no amount of its own, for a row that is one bare amount.
    private func lender(_ row: PageRow, _ usable: [Amount], _ lent: Set<Int>) -> PageRow? {
        if row.text.count(where: \.isAlpha) > 4 || usable.map(isMoney) != [true] { return nil }
        for index in [row.index - 1, row.index + 1] where !lent.contains(index) {
            guard let other = page.row(index) else { continue }
            if lenders.contains(kindOf(other.marks)) && !other.amounts.contains(where: isMoney) { return other }
        }
        return nil
    }

    private func entry(_ row: PageRow, _ source: PageRow, _ order: Int, _ usable: [Amount], _ marks: [Mark]) -> Entry {
        let amount = usable[order]
        let own = row.lines(amount.start, amount.end)
        var lines = own
        if let first = marks.first, let last = marks.last {
            lines = (source.lines(first.start, last.end) + own).distinct { $0 }
        }
        return Entry(
            kind: kindOf(marks), amount: amount, isMoney: isMoney(amount), text: row.printed(amount.start, amount.end),
            row: row.index, order: order, siblings: usable.count, adopted: source !== row,
            errors: marks.reduce(0) { $0 + $1.errors },
            height: row.pieces.filter { lines.contains($0.line) }.map(\.height).max() ?? 1,
            confidence: page.confidence(own), lines: lines)
    }
}
