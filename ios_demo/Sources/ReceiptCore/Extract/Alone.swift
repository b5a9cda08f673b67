import Foundation

// The network alone: for each field the words it points at, and what they say when they are parsed.

private let aroundMarks = ".,:()[]".letters

/// What the network alone says of a receipt.
func pointedAnswers(_ paper: Paper, _ reading: Reading) -> Answers {
    Answers(
        vendor: vendor(paper, reading), date: date(paper, reading), time: time(paper, reading),
        currency: pointedCurrency(paper.page, paper.lexicon, reading),
        subtotal: amount(paper, "subtotal", reading), tax: amount(paper, "tax", reading),
        total: amount(paper, "total", reading))
}

/// The currency whose mark is at the word that the tag points at: of an amount there, else the word itself.
func pointedCurrency(_ page: Page, _ lexicon: Lexicon, _ reading: Reading) -> Answer<String>? {
    guard let word = reading.best("currency") else { return nil }
    let span = reading.spans[word]
    let row = page.rows[span.row]
    let text = row.text.part(span.start, span.end)
    let amount = row.amounts.first { !$0.code.isEmpty && span.meets($0.start, $0.end) }
    let letters = text.upper.filter { !$0.isNumeral && !aroundMarks.contains($0) }
    guard let code = amount?.code ?? lexicon.marks[letters] else { return nil }
    return Answer(
        value: code, text: amount?.mark ?? String(text), confidence: exp(reading.share("currency", [word])),
        lines: [span.line])
}

/// The run of lines at the top whose words' log-odds add up to most; nil where all are below 0.
private func vendor(_ paper: Paper, _ reading: Reading) -> Answer<String>? {
    var best: Answer<String>?
    var most = 0.0
    let segments = topSegments(paper.page, paper.lexicon, paper.params)
    for span in nameSpans(segments) {
        let run = Array(segments[span])
        let name = Name(text: joined(run), lines: run.flatMap(\.lines), score: 0)
        let said = reading.said("vendor", nameWords(paper, reading, name).map(\.word))
        let inside = said.reduce(0, +)
        if inside > most {
            most = inside
            let confidence = probability(inside / Double(said.count))
            let value = String(mended(name.text, paper.lexicon))
            best = Answer(value: value, text: String(name.text), confidence: confidence, lines: name.lines)
        }
    }
    return best
}

private func date(_ paper: Paper, _ reading: Reading) -> Answer<String>? {
    guard let word = reading.best("date") else { return nil }
    for row in paper.page.rows {
        for printed in row.dates {
            let words = reading.words(row.index, printed.start, printed.end)
            if !words.contains(word) { continue }
            let dated = DatedRow(printed: printed, row: row, score: 0, anchored: false)
            let preferred = prefer([dated], paper.region.orders, paper.params)
            let share = exp(reading.share("date", words))
            let confidence = share * (preferred.decided ? 1 : paper.params.date.guess)
            return Answer(
                value: preferred.days[0], text: dated.text, confidence: confidence, lines: dated.lines,
                alternatives: Array(preferred.days.dropFirst()))
        }
    }
    return nil
}

private func time(_ paper: Paper, _ reading: Reading) -> Answer<String>? {
    guard let word = reading.best("time") else { return nil }
    for row in paper.page.rows {
        for printed in row.times {
            let words = reading.words(row.index, printed.start, printed.end)
            if !words.contains(word) { continue }
            let timed = TimedRow(printed: printed, row: row)
            let confidence = exp(reading.share("time", words))
            return Answer(value: printed.value, text: timed.text, confidence: confidence, lines: timed.lines)
        }
    }
    return nil
}

/// The amount at the word that a tag points at, and the share of all words that show its value.
private func amount(_ paper: Paper, _ tag: String, _ reading: Reading) -> Answer<ExactDecimal>? {
    guard let word = reading.best(tag), let entry = paper.found.first(where: { wordsOf($0, reading).contains(word) })
    else { return nil }
    let confidence = exp(reading.share(tag, alike(entry, paper.found, reading)))
    return Answer(value: entry.amount.value, text: entry.text, confidence: confidence, lines: entry.lines)
}
