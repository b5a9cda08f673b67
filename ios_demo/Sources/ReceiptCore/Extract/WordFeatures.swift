import Foundation

// The parts of what the extraction network is told of a word, each in the order of `placeNames`.

private let mostFactors = 4  // numbers of a row that may make a price
private let long = 16  // letters that count as a long word

func ofPlace(_ sheet: Sheet, _ row: PageRow, _ words: [WordSpan], _ i: Int) -> [Double] {
    let span = words[i]
    let rows = sheet.page.rows.count
    let first = i == 0
    let last = i == words.count - 1
    let middle = (words[0].left + words[words.count - 1].right) / 2
    return [
        (span.left - sheet.left) / sheet.width,
        (span.right - sheet.left) / sheet.width,
        Double(row.index) / Double(max(rows - 1, 1)),
        log1p(Double(row.index)) / 4,
        log1p(Double(rows - 1 - row.index)) / 4,
        Double(min(words.count, 10)) / 10,
        flag(first),
        flag(last),
        flag(first || words[i - 1].line != span.line),
        flag(last || words[i + 1].line != span.line),
        first ? 0 : clipped((span.left - words[i - 1].right) / 20),
        last ? 0 : clipped((words[i + 1].left - span.right) / 20),
        clipped((middle - sheet.left) / sheet.width - 0.5),
    ]
}

private func clipped(_ value: Double) -> Double { min(max(value, -1), 1) }

func ofPrint(_ sheet: Sheet, _ row: PageRow, _ span: WordSpan) -> [Double] {
    let text = row.text.part(span.start, span.end)
    let height = row.pieces.first { span.start >= $0.start && span.start < $0.end }?.height ?? 1
    let letters = text.count(where: \.isAlpha)
    let size = Double(text.count)
    return [
        min(height - 1, 2),
        height / max(sheet.tallest, 1e-6),
        sheet.page.lines[span.line].confidence,
        Double(min(text.count, long)) / Double(long),
        Double(text.count(where: \.isNumeral)) / size,
        Double(letters) / size,
        Double(text.count(where: \.isUpper)) / Double(max(letters, 1)),
    ]
}

func ofAmount(_ row: PageRow, _ span: WordSpan, _ entry: Entry?) -> [Double] {
    guard let amount = row.amounts.first(where: { span.meets($0.start, $0.end) }) else {
        return [Double](repeating: 0, count: 10)
    }
    return [
        1,
        flag(entry?.isMoney ?? false),
        flag(amount.decimals == 2),
        flag(amount.percent),
        flag(amount.grouped),
        flag(amount.noisy),
        flag(!amount.code.isEmpty),
        flag(amount.value.isNegative),
        flag(amount.value.isZero),
        flag(entry?.adopted ?? false),
    ]
}

func ofValue(_ sheet: Sheet, _ row: PageRow, _ entry: Entry?) -> [Double] {
    guard let entry else { return [Double](repeating: 0, count: 8) }
    let value = entry.amount.value.magnitude
    let number = value.doubleValue
    return [
        min(number / max(sheet.largest.doubleValue, 0.01), 2),
        flag(value == sheet.largest),
        Double(min(sheet.rows(of: value) - 1, 3)) / 3,
        Double(min(entry.siblings - 1 - entry.order, 3)) / 3,
        flag(addsUp(value, entry.row, sheet.parts)),
        flag(isPaid(value, sheet.parts)),
        flag(sheet.piled.contains(entry.row) && entry.order == entry.siblings - 1),
        flag(products(row, beside: entry).contains { abs($0 - number) < 0.005 }),
    ]
}

/// Products of two other numbers of the row.
private func products(_ row: PageRow, beside entry: Entry) -> [Double] {
    let others = row.amounts.filter { $0.start != entry.amount.start && !$0.percent }.prefix(mostFactors)
    return combinations(others.map(\.value.doubleValue), 2).map { $0[0] * $0[1] }
}
