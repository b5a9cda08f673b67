import Foundation

// Network, rules and arithmetic together: the candidates of the rules, ranked by their points and the network's word.
//
// Fields that training receipts have labels for are ranked by fitted weights; time, currency and subtotal keep the
// choice of the rules unless the network is sure of another.

private let overruled = 0.7  // share from which the network alone decides on a time or a subtotal

/// What all together say of a receipt. `paper`: with the weights of this rung (see `ExtractParams.of`).
func jointAnswers(_ paper: Paper, _ reading: Reading, _ items: [Item]) -> Answers {
    let names = jointNames(paper, reading)
    let dates = jointDates(paper, reading)
    let totals = jointTotals(paper, reading, items)
    let total = totalOf(paper, totals, extra: pointedTotal(paper, reading, totals))
    let tax = bestTax(paper, reading, total: total?.value).flatMap {
        taxOf(paper, $0, total, extra: pointedTax(paper, reading, $0))
    }
    return Answers(
        vendor: vendorOf(paper, names, extra: nameEvidence(paper, reading, names)),
        date: dateOf(paper, dates, extra: pointedDate(reading, dates)), time: jointTime(paper, reading, dates),
        currency: jointCurrency(paper, reading), subtotal: jointSubtotal(paper, reading, total, tax), tax: tax,
        total: total)
}

/// Candidates for the total, best first.
func jointTotals(_ paper: Paper, _ reading: Reading, _ items: [Item]) -> [Scored] {
    let ranked = rankTotals(paper.found, rows: paper.page.rows.count, paper.params)
    return zip(ranked, totalPoints(paper, reading, items, ranked)).map { scored, points in
        var changed = scored
        changed.score = dot(paper.params.joint.totalWeights, points)
        changed.proved = scored.proved || points[firstProof...].contains { $0 != 0 }
        return changed
    }.stablySorted(by: Scored.isBetter)
}

/// Candidates for the vendor's name, best first.
func jointNames(_ paper: Paper, _ reading: Reading) -> [Name] {
    nameCandidates(paper, reading).map { candidate in
        var name = candidate.name
        name.score = dot(paper.params.joint.nameWeights, namePoints(paper, reading, candidate))
        return name
    }.stablySorted { a, b in
        if a.score == b.score && a.lines == b.lines { return a.text.lexicographicallyPrecedes(b.text) }
        return Name.isBetter(a, b)
    }
}

/// All dates, best first.
func jointDates(_ paper: Paper, _ reading: Reading) -> [DatedRow] {
    let dates = rankDates(paper.page, paper.lexicon, paper.params)
    return zip(dates, datePoints(reading, dates)).map { dated, points in
        var changed = dated
        changed.score = dot(paper.params.joint.dateWeights, points)
        return changed
    }.stablySorted(by: DatedRow.isBetter)
}

/// The likeliest tax.
func bestTax(_ paper: Paper, _ reading: Reading, total: ExactDecimal?) -> Tax? {
    let weights = paper.params.joint.taxWeights
    return taxCandidates(paper, reading, total: total)
        .firstMax { dot(weights, taxPoints(paper, reading, $0)) }?.tax
}

/// The time of the rules, unless the network is sure of another.
private func jointTime(_ paper: Paper, _ reading: Reading, _ dates: [DatedRow]) -> Answer<String>? {
    func share(_ timed: TimedRow) -> Double {
        reading.share("time", reading.words(timed.row.index, timed.printed.start, timed.printed.end))
    }
    let nearTo = dates.first?.row.index
    guard let ruled = chooseTime(paper.page, dateRow: nearTo), let pointed = timedRows(paper.page).firstMax(by: share)
    else { return nil }
    let chosen = exp(share(pointed)) >= overruled ? pointed : ruled
    let nearDate = nearTo.map { abs(chosen.row.index - $0) <= paper.params.timeRows } ?? false
    let evidence = [1, flag(nearDate), exp(share(chosen)), paper.page.confidence(chosen.lines)]
    let confidence = logistic(paper.params.joint.timeConfidence, evidence)
    return Answer(value: chosen.printed.value, text: chosen.text, confidence: confidence, lines: chosen.lines)
}

/// The currency of the rules, which look at all of the receipt; the network speaks for or against it.
private func jointCurrency(_ paper: Paper, _ reading: Reading) -> Answer<String>? {
    let region = paper.region
    if region.currency.isEmpty { return nil }
    let pointed = pointedCurrency(paper.page, paper.lexicon, reading)
    let share = pointed.map { $0.value == region.currency ? $0.confidence : 0 } ?? 0
    let agreement = region.mark.isEmpty ? 0 : region.agreement
    let evidence = [1, agreement, share, paper.page.confidence(region.lines)]
    let confidence = logistic(paper.params.joint.currencyConfidence, evidence)
    return Answer(value: region.currency, text: region.mark, confidence: confidence, lines: region.lines)
}

/// The subtotal of the rules, unless the network is sure of another amount up to the total.
private func jointSubtotal(
    _ paper: Paper, _ reading: Reading, _ total: Answer<ExactDecimal>?, _ tax: Answer<ExactDecimal>?
) -> Answer<ExactDecimal>? {
    let likely = paper.found.filter { entry in
        entry.isMoney && entry.amount.value.isPositive && !notTotals.contains(entry.kind)
            && total.map { entry.amount.value <= $0.value } ?? true
    }
    func share(_ entry: Entry) -> Double { reading.share("subtotal", wordsOf(entry, reading)) }
    let pointed = likely.firstMax(by: share).flatMap { exp(share($0)) >= overruled ? $0 : nil }
    guard let entry = pointed ?? chooseSubtotal(paper.found, total: total?.value, tax: tax?.value) else { return nil }
    let all = exp(reading.share("subtotal", alike(entry, paper.found, reading)))
    let evidence = [1, flag(isProved(paper, entry, total)), all, entry.confidence]
    let confidence = logistic(paper.params.joint.subtotalConfidence, evidence)
    return Answer(value: entry.amount.value, text: entry.text, confidence: confidence, lines: entry.lines)
}
