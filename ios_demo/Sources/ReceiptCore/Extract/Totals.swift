// The total: every amount is a candidate, and label, place, print and arithmetic speak for or against it.

/// What speaks for or against an amount being the total, in the order of the weights.
let totalFeatureNames = words(
    """
    final strong total amount payment subtotal other adopted errors twins kinds largest sum paid low last tall mark \
    table sibling cents change superseded noisy confidence
    """)
private let totals = ["total_final", "total_strong", "total"]
private let kinds = totals + ["amount", "payment", "subtotal"]

/// A candidate for the total.
struct Scored: Sendable {
    let entry: Entry
    var score: Double
    /// A sum, or cash less change, confirms it.
    var proved: Bool
    /// It stands elsewhere too.
    let repeated: Bool

    static func isBetter(_ a: Scored, _ b: Scored) -> Bool {
        (-a.score, a.entry.row, a.entry.order) < (-b.score, b.entry.row, b.entry.order)
    }
}

/// What is the same for all candidates of a page.
private struct Context {
    let candidates: [Entry]
    let parts: Parts
    let rows: Int
    let tall: Double
    /// Highest value that is not a payment.
    let largest: ExactDecimal
    /// Lowest row labelled as total.
    let last: Int
    /// Most prices have cents.
    let cents: Bool

    init(_ candidates: [Entry], _ parts: Parts, rows: Int, tall: Double) {
        self.candidates = candidates
        self.parts = parts
        self.rows = max(rows, 1)
        self.tall = tall
        largest = candidates.filter { $0.kind != "payment" }.map(\.amount.value).max() ?? .zero
        last = candidates.filter { totals.contains($0.kind) }.map(\.row).max() ?? -1
        cents = candidates.count { $0.amount.decimals == 2 } * 2 > candidates.count
    }
}

func dot(_ weights: [Double], _ values: [Double]) -> Double {
    zip(weights, values).reduce(0) { $0 + $1.0 * $1.1 }
}

func flag(_ value: Bool) -> Double { value ? 1 : 0 }

/// Candidates for the total, best first; empty where nothing can be one. `rows`: of the whole page.
func rankTotals(_ found: [Entry], rows: Int, _ params: ExtractParams) -> [Scored] {
    let features = totalFeatures(found, rows: rows, tall: params.tall)
    return zip(totalCandidates(found), features).map { entry, features in
        let known = Dictionary(uniqueKeysWithValues: zip(totalFeatureNames, features))
        return Scored(
            entry: entry, score: dot(params.totalWeights, features), proved: known["sum"] != 0 || known["paid"] != 0,
            repeated: known["twins"] != 0)
    }.stablySorted(by: Scored.isBetter)
}

/// Amounts that may be the total: printed like money, or, where no amount is, labelled as a total.
func totalCandidates(_ found: [Entry]) -> [Entry] {
    let candidates = found.filter { !notTotals.contains($0.kind) && $0.amount.value.isPositive }
    if candidates.contains(where: \.isMoney) { return candidates.filter(\.isMoney) }
    return candidates.filter { kinds.contains($0.kind) && $0.kind != "subtotal" }
}

/// `totalFeatureNames` of each of `totalCandidates`. `tall`: text height, in median heights, that counts as tall.
func totalFeatures(_ found: [Entry], rows: Int, tall: Double) -> [[Double]] {
    let candidates = totalCandidates(found)
    let context = Context(candidates, Parts(found), rows: rows, tall: tall)
    return candidates.map { ofLabel($0) + ofValue($0, context) + ofPrint($0, context) }
}

private func ofLabel(_ entry: Entry) -> [Double] {
    kinds.map { flag(entry.kind == $0) }
        + [flag(!kinds.contains(entry.kind)), flag(entry.adopted), Double(min(entry.errors, 2))]
}

private func ofValue(_ entry: Entry, _ context: Context) -> [Double] {
    let value = entry.amount.value
    let same = context.candidates.filter { $0.amount.value == value && $0.row != entry.row }
    let others = Set(same.map(\.kind)).subtracting(["", entry.kind])
    return [
        Double(min(Set(same.map(\.row)).count, 2)),
        Double(min(others.count, 2)),
        flag(value == context.largest),
        flag(addsUp(value, entry.row, context.parts)),
        flag(isPaid(value, context.parts)),
    ]
}

private func ofPrint(_ entry: Entry, _ context: Context) -> [Double] {
    let below = context.candidates.filter { $0.row > entry.row }
    let gaps = below.map { ($0.amount.value - entry.amount.value).magnitude }
    return [
        Double(entry.row) / Double(context.rows),
        flag(entry.row == context.last),
        flag(entry.height >= context.tall),
        flag(!entry.amount.code.isEmpty),
        flag(totals.contains(entry.kind) && entry.siblings > 1),
        flag(entry.order < entry.siblings - 1),
        flag(context.cents && entry.amount.decimals != 2),
        flag(entry.kind == "payment" && !context.parts.change.isEmpty),
        flag(gaps.contains { context.parts.roundings.contains($0) }),
        flag(entry.amount.noisy),
        entry.confidence,
    ]
}

/// The printed subtotal; of several the one that with the tax makes the total, else the first.
func chooseSubtotal(_ found: [Entry], total: ExactDecimal?, tax: ExactDecimal?) -> Entry? {
    let printed = found.filter { $0.kind == "subtotal" && $0.amount.value.isPositive && $0.isMoney }
    guard let total else { return printed.first }
    let small = printed.filter { $0.amount.value <= total }
    let likely = small.isEmpty ? printed : small
    let fitting = likely.filter { entry in tax.map { near(entry.amount.value + $0, total) } ?? false }
    return fitting.first ?? likely.first
}
