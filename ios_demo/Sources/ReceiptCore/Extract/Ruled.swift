// Fields by rules: candidates, points for each, and the best of them. The rungs "rules" and "classical".

/// What the rules say of a receipt.
func ruledAnswers(_ paper: Paper) -> Answers {
    let dates = rankDates(paper.page, paper.lexicon, paper.params)
    let total = totalOf(paper, rankTotals(paper.found, rows: paper.page.rows.count, paper.params))
    let tax = chooseTax(paper.found, total: total?.value, paper.params).flatMap { taxOf(paper, $0, total) }
    return Answers(
        vendor: vendorOf(paper, rankNames(paper.page, paper.lexicon, paper.params)), date: dateOf(paper, dates),
        time: ruledTime(paper, dates), currency: ruledCurrency(paper), subtotal: ruledSubtotal(paper, total, tax),
        tax: tax, total: total)
}

/// The best name, with those reading errors put right that need no guess. `extra`: evidence beyond
/// `vendorEvidenceNames`.
func vendorOf(_ paper: Paper, _ ranked: [Name], extra: [Double] = []) -> Answer<String>? {
    guard let best = ranked.first else { return nil }
    let name = mended(best.text, paper.lexicon)
    let evidence = vendorEvidence(ranked, mended: name != best.text, paper.page, none: paper.params.nameNone)
    let confidence = logistic(paper.params.vendorConfidence, evidence + extra)
    return Answer(value: String(name), text: String(best.text), confidence: confidence, lines: best.lines)
}

/// The best date in its likeliest reading. `extra`: evidence beyond `dateEvidenceNames`.
func dateOf(_ paper: Paper, _ dates: [DatedRow], extra: [Double] = []) -> Answer<String>? {
    guard let best = dates.first else { return nil }
    let preferred = prefer(dates, paper.region.orders, paper.params)
    let sure = logistic(paper.params.dateConfidence, dateEvidence(dates, paper.page) + extra)
    let confidence = sure * (preferred.decided ? 1 : paper.params.date.guess)
    return Answer(
        value: preferred.days[0], text: best.text, confidence: confidence, lines: best.lines,
        alternatives: Array(preferred.days.dropFirst()))
}

/// The best total. `extra`: evidence beyond `totalEvidenceNames`.
func totalOf(_ paper: Paper, _ ranked: [Scored], extra: [Double] = []) -> Answer<ExactDecimal>? {
    guard let entry = ranked.first?.entry else { return nil }
    let evidence = totalEvidence(ranked, paper.page, none: paper.params.totalNone) + extra
    let confidence = logistic(paper.params.totalConfidence, evidence)
    return Answer(value: entry.amount.value, text: entry.text, confidence: confidence, lines: entry.lines)
}

/// A tax and how sure it is. `extra`: evidence beyond `taxEvidenceNames`.
func taxOf(
    _ paper: Paper, _ tax: Tax, _ total: Answer<ExactDecimal>?, extra: [Double] = []
) -> Answer<ExactDecimal>? {
    let evidence = taxEvidence(tax, paper.page, totalConfidence: total?.confidence ?? 0) + extra
    let confidence = logistic(paper.params.taxConfidence, evidence)
    let lines = tax.entries.flatMap(\.lines).distinct { $0 }
    let text = tax.entries.map(\.text).joined(separator: " + ")
    return Answer(value: tax.value, text: text, confidence: confidence, lines: lines)
}

/// Whether a subtotal is the total, or becomes it with what is printed besides.
func isProved(_ paper: Paper, _ entry: Entry, _ total: Answer<ExactDecimal>?) -> Bool {
    total.map { makes(entry.amount.value, $0.value, Parts(paper.found)) } ?? false
}

private func ruledTime(_ paper: Paper, _ dates: [DatedRow]) -> Answer<String>? {
    let params = paper.params
    let nearTo = dates.first?.row.index
    guard let chosen = chooseTime(paper.page, dateRow: nearTo) else { return nil }
    let nearDate = nearTo.map { abs(chosen.row.index - $0) <= params.timeRows } ?? false
    let confidence = (nearDate ? params.timeNear : params.timeFar) * paper.page.confidence(chosen.lines)
    return Answer(value: chosen.printed.value, text: chosen.text, confidence: confidence, lines: chosen.lines)
}

private func ruledCurrency(_ paper: Paper) -> Answer<String>? {
    let region = paper.region
    if region.currency.isEmpty { return nil }
    let printed = paper.params.currencyPrinted * region.agreement
    let confidence = region.mark.isEmpty ? paper.params.currencyInferred : printed
    return Answer(value: region.currency, text: region.mark, confidence: confidence, lines: region.lines)
}

private func ruledSubtotal(
    _ paper: Paper, _ total: Answer<ExactDecimal>?, _ tax: Answer<ExactDecimal>?
) -> Answer<ExactDecimal>? {
    guard let entry = chooseSubtotal(paper.found, total: total?.value, tax: tax?.value) else { return nil }
    let share = isProved(paper, entry, total) ? paper.params.subtotalProved : paper.params.subtotalAlone
    let confidence = share * entry.confidence
    return Answer(value: entry.amount.value, text: entry.text, confidence: confidence, lines: entry.lines)
}
