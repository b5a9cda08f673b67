import Foundation

// How sure an answer is: a logistic of what speaks for it, fitted so that 0.9 means right nine times in ten.

/// What each confidence weighs, in the order of its weights; `one` is 1, and `doubt` how many characters of its lines
/// are likely misread (`Page.doubt`).
let totalEvidenceNames = words("one share proved repeated reader noisy doubt")
let vendorEvidenceNames = words("one share reader mended doubt")
let dateEvidenceNames = words("one lead anchored timed reader damaged doubt")
let taxEvidenceNames = words("one proved total reader several doubt")
private let clearLead = 2.0  // points by which the best date leads beyond which more lead says nothing
private let steepest = 30.0

/// Weighted evidence as a probability, 0..1.
func logistic(_ weights: [Double], _ evidence: [Double]) -> Double {
    1 / (1 + exp(-min(max(dot(weights, evidence), -steepest), steepest)))
}

/// The part of the probability (softmax of the scores) that falls on the winners; `none` scores "no answer".
func share(_ scores: [Double], _ wins: [Bool], none: Double) -> Double {
    let top = max(scores.max() ?? none, none)
    let parts = scores.map { exp($0 - top) }
    let won = zip(parts, wins).reduce(0) { $0 + ($1.1 ? $1.0 : 0) }
    return won / (parts.reduce(0, +) + exp(none - top))
}

/// `totalEvidenceNames` of the best candidate; `ranked` is not empty, `none` is the score of no answer.
func totalEvidence(_ ranked: [Scored], _ page: Page, none: Double) -> [Double] {
    let best = ranked[0]
    let wins = ranked.map { $0.entry.amount.value == best.entry.amount.value }
    return [
        1,
        share(ranked.map(\.score), wins, none: none),
        flag(best.proved),
        flag(best.repeated && !best.proved),
        best.entry.confidence,
        flag(best.entry.amount.noisy),
        page.doubt(best.entry.lines),
    ]
}

/// `vendorEvidenceNames` of the best name; `ranked` is not empty, `none` is the score of no answer.
///
/// `mended`: whether the answer spells the name otherwise than it was read.
func vendorEvidence(_ ranked: [Name], mended: Bool, _ page: Page, none: Double) -> [Double] {
    let part = share(ranked.map(\.score), ranked.indices.map { $0 == 0 }, none: none)
    let lines = ranked[0].lines
    return [1, part, page.confidence(lines), flag(mended), page.doubt(lines)]
}

/// `dateEvidenceNames` of the best date; `ranked` is not empty. Its lead counts over dates with other readings only.
func dateEvidence(_ ranked: [DatedRow], _ page: Page) -> [Double] {
    let best = ranked[0]
    let rivals = ranked.filter { $0.printed.days.isDisjoint(with: best.printed.days) }
    let lead = rivals.map(\.score).max().map { min(best.score - $0, clearLead) } ?? clearLead
    let reader = page.confidence(best.lines)
    let timed = flag(!best.row.times.isEmpty)
    let damaged = flag(best.printed.damaged)
    return [1, lead, flag(best.anchored), timed, reader, damaged, page.doubt(best.lines)]
}

/// `taxEvidenceNames` of a tax, given how sure the total is (0 without one).
func taxEvidence(_ tax: Tax, _ page: Page, totalConfidence: Double) -> [Double] {
    let reader = tax.entries.map(\.confidence).min() ?? 1
    let doubt = page.doubt(tax.entries.flatMap(\.lines))
    return [1, flag(tax.proved), totalConfidence, reader, flag(tax.entries.count > 1), doubt]
}
