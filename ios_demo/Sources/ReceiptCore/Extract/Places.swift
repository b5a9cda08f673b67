import Foundation

// What the extraction network is told of a word besides its letters: place, print, and what the rules know of it.
//
// Simple arithmetic, so that every port agrees.

private let nameRows = 12  // rows at the top in which words of names are looked for
private let mostAbove = 24  // prices above that may add up to one

private let entryKinds = moneyKinds.filter { $0 != "incl" && $0 != "price" }
private let baseNames = words(
    """
    left right row from_top from_bottom row_words row_first row_last \
    line_first line_last gap_left gap_right centre height tallest confidence \
    letters digits alphabetic upper \
    amount money cents percent grouped noisy mark negative zero adopted \
    size largest twins after sum paid above product date time
    """)

/// What the network is told of each word, in this order.
///
/// left, right: along the text, 0..1 over the width of all text. row: 0 at the top, 1 at the bottom; from_top,
/// from_bottom: log1p of the rows beyond, / 4. row_words: words of the row, / 10. gap_*: to the neighbour in the row,
/// in median text heights, / 20. centre: of the row's text less that of all text. height: less the median, in medians;
/// tallest: relative to the tallest. letters: / 16. digits, alphabetic, upper: shares of the letters, and of those of
/// the alphabet. amount to paid: of the amount that the word is in; size: relative to the largest; twins: rows that
/// show it too, / 3; after: amounts to its right, / 3; sum, paid: printed parts make it (see Sums.swift). above: prices
/// right above it add up to it. product: two other numbers of the row make it. is, before, above: kinds of anchors on
/// the word, earlier in its row, and on the row above. entry: what the label makes of the amount (see Labels.swift).
let placeNames =
    baseNames + allKinds.map { "is \($0)" } + moneyKinds.map { "before \($0)" } + moneyKinds.map { "above \($0)" }
    + entryKinds.map { "entry \($0)" }

/// The columns of anchors and labels by the kind.
private struct Columns {
    let own: [String: Int]
    let before: [String: Int]
    let above: [String: Int]
    let entry: [String: Int]

    init() {
        func columns(_ kinds: [String], from first: Int) -> [String: Int] {
            Dictionary(uniqueKeysWithValues: kinds.enumerated().map { ($0.element, first + $0.offset) })
        }
        own = columns(allKinds, from: baseNames.count)
        before = columns(moneyKinds, from: baseNames.count + allKinds.count)
        above = columns(moneyKinds, from: baseNames.count + allKinds.count + moneyKinds.count)
        entry = columns(entryKinds, from: baseNames.count + allKinds.count + 2 * moneyKinds.count)
    }
}

private let columns = Columns()

/// What is the same for all words of a page.
struct Sheet: Sendable {
    let page: Page
    let parts: Parts
    let left: Double
    let width: Double
    let tallest: Double
    let largest: ExactDecimal
    /// Rows whose last price is the sum of prices right above.
    let piled: Set<Int>
    /// By row, its anchors.
    private let marks: [[Mark]]
    /// By row.
    private let entries: [[Entry]]
    private let rowsOfValue: [ExactDecimal: Set<Int>]

    init(_ page: Page, _ found: [Entry], _ lexicon: Lexicon) {
        let pieces = page.rows.flatMap(\.pieces)
        let prices = found.filter { $0.isMoney && $0.kind != "payment" && $0.kind != "change" }
        let byRow = Dictionary(grouping: found, by: \.row)
        self.page = page
        parts = Parts(found)
        left = pieces.map(\.left).min() ?? 0
        width = max((pieces.map(\.right).max() ?? 1) - left, 1)
        tallest = pieces.map(\.height).max() ?? 1
        largest = prices.map(\.amount.value.magnitude).max() ?? .zero
        marks = page.rows.map { anchors(page, $0, lexicon) }
        entries = page.rows.map { byRow[$0.index] ?? [] }
        piled = piledRows(entries)
        var rowsOfValue: [ExactDecimal: Set<Int>] = [:]
        for entry in found { rowsOfValue[entry.amount.value.magnitude, default: []].insert(entry.row) }
        self.rowsOfValue = rowsOfValue
    }

    /// Rows that show an amount.
    func rows(of value: ExactDecimal) -> Int { rowsOfValue[value]?.count ?? 0 }

    /// What is told of a word of a row, in the order of `placeNames`.
    func places(_ row: PageRow, _ words: [WordSpan], _ i: Int) -> [Float] {
        let span = words[i]
        let entry = entries[row.index].first { span.meets($0.amount.start, $0.amount.end) }
        let told =
            ofPlace(self, row, words, i) + ofPrint(self, row, span) + ofAmount(row, span, entry)
            + ofValue(self, row, entry)
        let moments = [
            flag(row.dates.contains { span.meets($0.start, $0.end) }),
            flag(row.times.contains { span.meets($0.start, $0.end) }),
        ]
        let values = (told + moments).map { Float($0) }
        var places = values + [Float](repeating: 0, count: placeNames.count - values.count)
        for column in flags(row, span, entry) { places[column] = 1 }
        return places
    }

    private func flags(_ row: PageRow, _ span: WordSpan, _ entry: Entry?) -> [Int] {
        let here = marks[row.index]
        let own = Set(here.filter { span.meets($0.start, $0.end) }.map(\.kind))
        let before = Set(here.filter { $0.start < span.start }.map(\.kind)).subtracting(own)
        let above = row.index > 0 ? marks[row.index - 1].map(\.kind) : []
        var flags = own.compactMap { columns.own[$0] }
        flags += before.compactMap { columns.before[$0] }
        flags += above.compactMap { columns.above[$0] }
        if let entry, let column = columns.entry[entry.kind] { flags.append(column) }
        return flags
    }
}

extension WordSpan {
    /// Whether it shares letters with [from, to).
    func meets(_ from: Int, _ to: Int) -> Bool { from < end && to > start }
}

/// Anchors of a row; those of dates only near a date, those of names only at the top, as they are used there.
private func anchors(_ page: Page, _ row: PageRow, _ lexicon: Lexicon) -> [Mark] {
    let isNear = !row.dates.isEmpty || !(page.row(row.index + 1)?.dates.isEmpty ?? true)
    let dates = isNear ? lexicon.dates.find(row.text) : []
    return row.marks + dates + (row.index < nameRows ? lexicon.names.find(row.text) : [])
}

/// Rows whose last price is the sum of the last prices of two or more rows right above, one of them at the end.
private func piledRows(_ byRow: [[Entry]]) -> Set<Int> {
    var piled: Set<Int> = []
    var above: [Int] = []
    for (row, found) in byRow.enumerated() {
        guard let cents = found.last(where: \.isMoney)?.amount.value.cents else { continue }
        var rest = cents
        for (i, price) in above.suffix(mostAbove).reversed().enumerated() {
            rest -= price
            if rest == 0 && i > 0 && cents != 0 { piled.insert(row) }
        }
        above.append(cents)
    }
    return piled
}
