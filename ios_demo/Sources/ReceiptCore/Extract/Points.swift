import Foundation

// Candidates for total, date and tax, and what network and rules say for each: points for scores, evidence for
// confidences.

/// What a candidate's score is made of, in the order of its weights.
///
/// rules: its score by rules (of a tax: whether the rules chose it). share: log of the network's share of its words;
/// value: of the words of all that show the same value. items: the line items add up to it, or to a base that it is
/// made of. halves: two totals printed above, of two rates say, add up to it. inside: sum of the words' log-odds; mean:
/// their mean. trimmed: words at the ends were left out. proved: with a printed base it makes the total.
let totalPointNames = words("rules share value items halves")
let namePointNames = words("rules inside mean trimmed")
let datePointNames = words("rules share value")
let taxPointNames = words("rules proved share")

/// From here on `totalPointNames` are of arithmetic.
let firstProof = 3

/// What a confidence weighs besides, or for the fields without fitted weights instead of, the evidence of the rules.
///
/// pointed: share of the network on the answer, 0..1 (of a name: mean of its words'). against: log of the largest other
/// share, -12..0, over 12. left_out: likely words of the name that are not in the answer, at most 4, over 4. rules:
/// whether the rules chose it and found it proved, near the date, or marked.
let pointedEvidenceNames = words("pointed against")
let nameEvidenceNames = words("pointed left_out")
let plainEvidenceNames = words("one rules pointed reader")
private let halfKinds: Set<String> = ["total_final", "total_strong", "total", "subtotal", "amount"]
private let mostHalves = 8  // bounds the work on garbage
private let candidateShare = log(0.05)  // share from which an amount that no rule takes for the tax may be it

/// Numbers of the words an amount is printed with.
func wordsOf(_ entry: Entry, _ reading: Reading) -> [Int] {
    reading.words(entry.row, entry.amount.start, entry.amount.end)
}

/// Numbers of the words of all amounts with the same value.
func alike(_ entry: Entry, _ found: [Entry], _ reading: Reading) -> [Int] {
    let same = found.filter { $0.amount.value == entry.amount.value }
    return Set(same.flatMap { wordsOf($0, reading) }).sorted()
}

/// `totalPointNames` of each candidate.
func totalPoints(_ paper: Paper, _ reading: Reading, _ items: [Item], _ ranked: [Scored]) -> [[Double]] {
    let bought = sum(items.map(\.amount))
    let parts = Parts(paper.found)
    return ranked.map { scored in
        [
            scored.score,
            reading.share("total", wordsOf(scored.entry, reading)),
            reading.share("total", alike(scored.entry, paper.found, reading)),
            flag(!items.isEmpty && makes(bought, scored.entry.amount.value, parts)),
            flag(isMadeOfTwo(scored.entry, paper.found)),
        ]
    }
}

private func isMadeOfTwo(_ entry: Entry, _ found: [Entry]) -> Bool {
    let above = found.filter {
        $0.row < entry.row && halfKinds.contains($0.kind) && $0.isMoney && !$0.amount.value.isZero
    }
    let values = Array(distinct(above.map(\.amount.value)).prefix(mostHalves))
    return combinations(values, 2).contains { near($0[0] + $0[1], entry.amount.value) }
}

/// `pointedEvidenceNames` of the best total; empty without any.
func pointedTotal(_ paper: Paper, _ reading: Reading, _ ranked: [Scored]) -> [Double] {
    guard let best = ranked.first else { return [] }
    return pointed("total", reading, alike(best.entry, paper.found, reading))
}

/// `datePointNames` of each date.
func datePoints(_ reading: Reading, _ dates: [DatedRow]) -> [[Double]] {
    dates.map { dated in
        let same = dates.filter { $0.printed.readings == dated.printed.readings }
        let alike = Set(same.flatMap { wordsOf($0, reading) }).sorted()
        return [dated.score, reading.share("date", wordsOf(dated, reading)), reading.share("date", alike)]
    }
}

/// `pointedEvidenceNames` of the best date; empty without any.
func pointedDate(_ reading: Reading, _ dates: [DatedRow]) -> [Double] {
    guard let best = dates.first else { return [] }
    let same = dates.filter { !$0.printed.days.isDisjoint(with: best.printed.days) }
    return pointed("date", reading, Set(same.flatMap { wordsOf($0, reading) }).sorted())
}

private func wordsOf(_ date: DatedRow, _ reading: Reading) -> [Int] {
    reading.words(date.row.index, date.printed.start, date.printed.end)
}

/// What may be the tax, and whether the rules chose it.
struct TaxCandidate: Sendable {
    let tax: Tax
    let ruled: Bool
}

/// The choice of the rules, and amounts the network points at.
func taxCandidates(_ paper: Paper, _ reading: Reading, total: ExactDecimal?) -> [TaxCandidate] {
    let parts = Parts(paper.found)
    var found: [TaxCandidate] = []
    var seen: Set<ExactDecimal> = []
    if let chosen = chooseTax(paper.found, total: total, paper.params) {
        found.append(TaxCandidate(tax: chosen, ruled: true))
        seen.insert(chosen.value)
    }
    for entry in paper.found {
        let value = entry.amount.value
        let isSmall = !value.isNegative && canBe(value, of: total)
        if !entry.isMoney || !isSmall || seen.contains(value) { continue }
        if reading.share("tax", wordsOf(entry, reading)) <= candidateShare { continue }
        seen.insert(value)
        let tax = Tax(value: value, entries: [entry], proved: total.map { makesTotal(value, parts, $0) } ?? false)
        found.append(TaxCandidate(tax: tax, ruled: false))
    }
    return found
}

/// `taxPointNames` of a candidate.
func taxPoints(_ paper: Paper, _ reading: Reading, _ candidate: TaxCandidate) -> [Double] {
    let share = reading.share("tax", taxWords(paper, reading, candidate.tax))
    return [flag(candidate.ruled), flag(candidate.tax.proved), share]
}

/// `pointedEvidenceNames` of a tax.
func pointedTax(_ paper: Paper, _ reading: Reading, _ tax: Tax) -> [Double] {
    pointed("tax", reading, taxWords(paper, reading, tax))
}

private func taxWords(_ paper: Paper, _ reading: Reading, _ tax: Tax) -> [Int] {
    Set(tax.entries.flatMap { alike($0, paper.found, reading) }).sorted()
}

/// `pointedEvidenceNames` of an answer that stands on some words.
private func pointed(_ tag: String, _ reading: Reading, _ words: [Int]) -> [Double] {
    [exp(reading.share(tag, words)), reading.against(tag, words) / -leastShare]
}
