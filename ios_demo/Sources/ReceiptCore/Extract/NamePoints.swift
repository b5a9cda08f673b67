// Candidates for the vendor's name, and what network and rules say for each.

private let mostLeftOut = 4

/// A name with the score of the rules, and whether it was trimmed.
struct NameCandidate: Sendable {
    let name: Name
    let trimmed: Bool
}

/// A word, and the letters [start, end) of a name's text that it is.
struct NameWord: Sendable {
    let word: Int
    let start: Int
    let end: Int
}

/// Names of the rules, and what is left of each without the words at its ends that are no part of a name.
func nameCandidates(_ paper: Paper, _ reading: Reading) -> [NameCandidate] {
    let ranked = rankNames(paper.page, paper.lexicon, paper.params)
    let short = ranked.compactMap { trimmed(paper, reading, $0) }
    return ranked.map { NameCandidate(name: $0, trimmed: false) } + short.map { NameCandidate(name: $0, trimmed: true) }
}

/// `namePointNames` of a candidate.
func namePoints(_ paper: Paper, _ reading: Reading, _ candidate: NameCandidate) -> [Double] {
    let said = reading.said("vendor", nameWords(paper, reading, candidate.name).map(\.word))
    let inside = said.reduce(0, +)
    return [candidate.name.score, inside, inside / Double(max(said.count, 1)), flag(candidate.trimmed)]
}

/// `nameEvidenceNames` of the best name; empty without any.
func nameEvidence(_ paper: Paper, _ reading: Reading, _ ranked: [Name]) -> [Double] {
    guard let best = ranked.first else { return [] }
    let words = nameWords(paper, reading, best).map(\.word)
    let odds = reading.oddsOf("vendor")
    let leftOut = odds.indices.count { odds[$0] > 0 && !words.contains($0) }
    let likely = reading.said("vendor", words).map(probability)
    let mean = likely.isEmpty ? 0 : likely.reduce(0, +) / Double(likely.count)
    return [mean, Double(min(leftOut, mostLeftOut)) / Double(mostLeftOut)]
}

/// Words that a name is made of.
func nameWords(_ paper: Paper, _ reading: Reading, _ name: Name) -> [NameWord] {
    var found: [NameWord] = []
    var cursor = 0
    for word in name.lines.flatMap({ reading.byLine[$0] ?? [] }) {
        let span = reading.spans[word]
        let text = paper.page.rows[span.row].text.part(span.start, span.end)
        guard let start = name.text.place(of: text, from: cursor) else { continue }
        cursor = start + text.count
        found.append(NameWord(word: word, start: start, end: cursor))
    }
    return found
}

/// The name from its first to its last likely word; nil where that is all of it, or nothing.
private func trimmed(_ paper: Paper, _ reading: Reading, _ name: Name) -> Name? {
    let words = nameWords(paper, reading, name)
    let odds = reading.oddsOf("vendor")
    let likely = words.filter { odds[$0.word] > 0 }
    guard let start = likely.first?.start, let end = likely.last?.end else { return nil }
    if start == words[0].start && end == words[words.count - 1].end { return nil }
    let kept = Set(words.filter { $0.start >= start && $0.start < end }.map { reading.spans[$0.word].line })
    return Name(text: name.text.part(start, end), lines: name.lines.filter(kept.contains), score: name.score)
}
