import Foundation

// Line items: words that the network takes for descriptions, quantities and amounts, put together row by row.

private let quantityNumber = Pattern(#"\d{1,4}(?:[.,]\d{1,3})?"#)
private let mostRows = 2  // rows of description above or below the row of an amount
private let itemTags = ["description", "quantity", "amount"]

/// A row by what its words are taken for; `amount` is nil where no word is one.
private struct ItemRow {
    let row: PageRow
    let amount: Amount?
    let amountWords: [Int]
    let description: [Int]
    let quantity: [Int]

    init(_ row: PageRow, _ reading: Reading) {
        var kinds: [String: [Int]] = [:]
        for word in reading.byRow[row.index] ?? [] {
            guard let tag = itemTags.firstMax(by: { reading.oddsOf($0)[word] }) else { continue }
            if reading.oddsOf(tag)[word] > 0 { kinds[tag, default: []].append(word) }
        }
        let taken = kinds["amount"] ?? []
        let touched = row.amounts.map { amount in
            amount.percent ? [] : reading.words(row.index, amount.start, amount.end).filter(taken.contains)
        }
        let priced = touched.lastIndex { !$0.isEmpty }
        self.row = row
        amount = priced.map { row.amounts[$0] }
        amountWords = priced.map { touched[$0] } ?? []
        description = kinds["description"] ?? []
        quantity = kinds["quantity"] ?? []
    }
}

/// What was bought, top to bottom: each row with an amount, and the rows of description that belong to it.
func findItems(_ page: Page, _ reading: Reading) -> [Item] {
    // Without smudges and codes between the rows of an item.
    let rows = page.rows.map { ItemRow($0, reading) }.filter { $0.amount != nil || !$0.description.isEmpty }
    let owners = owners(rows)
    return rows.indices.filter { rows[$0].amount != nil }.compactMap { place in
        item(page, reading, rows[place], rows.indices.filter { owners[$0] == place }.map { rows[$0] })
    }
}

/// The place of the amount that each row belongs to.
///
/// An amount without a description on its row takes the rows above, else those below; what is left then belongs to the
/// amount above it.
private func owners(_ rows: [ItemRow]) -> [Int: Int] {
    let priced = rows.indices.filter { rows[$0].amount != nil }
    var owners = Dictionary(uniqueKeysWithValues: priced.map { ($0, $0) })
    /// The places up to the first row without description, or that has an owner.
    func free(_ places: [Int]) -> [Int] {
        Array(
            places.prefix { rows.indices.contains($0) && owners[$0] == nil && !rows[$0].description.isEmpty })
    }
    for place in priced where rows[place].description.isEmpty {
        let above = free((1...mostRows).map { place - $0 })
        for other in above.isEmpty ? free([place + 1]) : above { owners[other] = place }
    }
    for place in priced { for other in free((1...mostRows).map { place + $0 }) { owners[other] = place } }
    return owners
}

private func item(_ page: Page, _ reading: Reading, _ own: ItemRow, _ group: [ItemRow]) -> Item? {
    let described = group.flatMap(\.description)
    let counted = group.flatMap(\.quantity)
    guard let amount = own.amount, !described.isEmpty else { return nil }
    let lines = Set((described + counted + own.amountWords).map { reading.spans[$0].line }).sorted()
    let quantity = quantity(page, reading, counted)
    let priceOdds = reading.said("amount", own.amountWords).max() ?? 0
    let nameOdds = reading.said("description", described)
    let sure = min(probability(priceOdds), probability(nameOdds.reduce(0, +) / Double(nameOdds.count)))
    return Item(
        description: described.map { String(text(page, reading, $0)) }.joined(separator: " "), quantity: quantity,
        unitPrice: unitPrice(group, own, amount, quantity), amount: amount.value, lines: lines,
        confidence: sure * page.confidence(lines))
}

/// Log-odds as a probability.
func probability(_ odds: Double) -> Double { 1 / (1 + exp(-odds)) }

private func text(_ page: Page, _ reading: Reading, _ word: Int) -> Letters {
    let span = reading.spans[word]
    return page.rows[span.row].text.part(span.start, span.end)
}

/// The first number among the words of a quantity: `2`, `2x`, `x2`, `1,250`.
private func quantity(_ page: Page, _ reading: Reading, _ words: [Int]) -> ExactDecimal? {
    for word in words {
        let text = text(page, reading, word)
        if let number = quantityNumber.search(text) {
            return ExactDecimal(String(text.part(number.start, number.end).map { $0 == "," ? "." : $0 }))
        }
    }
    return nil
}

/// Another price of the item's rows which the quantity turns into its amount.
private func unitPrice(
    _ group: [ItemRow], _ own: ItemRow, _ total: Amount, _ quantity: ExactDecimal?
) -> ExactDecimal? {
    guard let quantity else { return nil }
    let prices = group.flatMap { row in
        row.row.amounts.filter { !$0.percent && !(row.row === own.row && $0.start == total.start) }.map(\.value)
    }
    return prices.first { near($0 * quantity, total.value) }
}
