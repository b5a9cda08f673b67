// Where a receipt comes from, as far as it shows: its currency, and the order its dates are likely printed in.

private let usPlace = Pattern(#"(?<![A-Z])[A-Z]{2}\.?,? {0,3}\d{5}(?:-\d{4})?(?!\d)"#)
private let usPhone = Pattern(#"\(\d{3}\) ?\d{3}[-. ]\d{4}|(?<!\d)\d{3}[-.]\d{3}[-.]\d{4}(?!\d)"#)
private let currencyMark = Pattern("[A-Z]{2,3}|[€£¥₹]")
private let dollar: Unicode.Scalar = "$"
private let marksCounted = 3
private let wordsCounted = 4  // words of one region that add to its votes: a long receipt is not more foreign

/// What the page shows of its origin.
struct RegionFound: Sendable {
    /// ISO code or empty.
    let currency: String
    /// As printed beside an amount or in a heading, empty where inferred from words.
    let mark: String
    /// Where that mark first stands.
    let lines: [Int]
    /// 1, or less where another currency is marked more often.
    let agreement: Double
    /// Votes for each order of dates.
    let orders: [DateOrder: Double]

    /// The currency that marks and words of its country speak for; a bare `$` speaks for every dollar.
    init(_ page: Page, _ lexicon: Lexicon) {
        let votes = wordVotes(page, lexicon)
        var marks: [String: Int] = [:]
        var first: [String: Marked] = [:]
        for marked in page.rows.flatMap({ marked($0, lexicon) }) {
            for code in marked.codes {
                marks[code, default: 0] += 1
                if first[code] == nil { first[code] = marked }
            }
        }
        var scores: [String: Double] = [:]
        for code in Set(marks.keys).union(votes.keys) {
            scores[code] = Double(min(marks[code] ?? 0, marksCounted)) + (votes[code] ?? 0) / 2
        }
        let best = scores.min { a, b in
            if a.value != b.value { return a.value > b.value }
            return a.key == "USD" || (b.key != "USD" && a.key < b.key)
        }
        currency = best.map { $0.value >= 1 ? $0.key : "" } ?? ""
        mark = first[currency]?.mark ?? ""
        lines = first[currency]?.lines ?? []
        let own = scores[currency] ?? 0
        agreement = currency.isEmpty ? 0 : own / (own + rival(currency, scores, marks))
        orders = votedOrders(currency, votes, lexicon)
    }
}

/// A mark, the currencies it may stand for, and its lines.
private struct Marked {
    let codes: [String]
    let mark: String
    let lines: [Int]
}

/// The score of the strongest other currency that is marked more often than this one, as far as it is.
private func rival(_ code: String, _ scores: [String: Double], _ marks: [String: Int]) -> Double {
    let own = marks[code] ?? 0
    return marks.filter { $0.key != code && $0.value > own }.compactMap { scores[$0.key] }.max() ?? 0
}

private func wordVotes(_ page: Page, _ lexicon: Lexicon) -> [String: Double] {
    var seen: [Int: Set<Letters>] = [:]
    for row in page.rows {
        for mark in lexicon.regionWords.find(row.text) {
            let word = squash(row.text.part(mark.start, mark.end))
            for number in mark.kind.split(separator: ",").compactMap({ Int($0) }) {
                seen[number, default: []].insert(word)
            }
        }
    }
    var votes: [String: Double] = [:]
    for (number, words) in seen {
        votes[lexicon.regions[number].currency, default: 0] += Double(min(words.count, wordsCounted))
    }
    let american = page.rows.reduce(0) { $0 + (usPlace.finds($1.text) ? 1 : 0) + (usPhone.finds($1.text) ? 1 : 0) }
    if american > 0 { votes["USD", default: 0] += Double(2 * min(american, 2)) }
    return votes
}

/// Each mark beside an amount, else of words such as `RM`.
private func marked(_ row: PageRow, _ lexicon: Lexicon) -> [Marked] {
    let beside = row.amounts.filter { !$0.code.isEmpty }
    if !beside.isEmpty {
        return beside.map {
            Marked(codes: codes($0.code, $0.mark, lexicon), mark: $0.mark, lines: row.lines($0.start, $0.end))
        }
    }
    return currencyMark.all(in: row.text).compactMap { word in
        let printed = row.text.part(word.start, word.end)
        let joined = row.text.at(word.start - 1)?.isAlpha ?? false || row.text.at(word.end)?.isAlpha ?? false
        guard let code = lexicon.marks[printed], !joined else { return nil }
        return Marked(codes: [code], mark: String(printed), lines: row.lines(word.start, word.end))
    }
}

/// All dollars for a bare `$` (or an `S` it was read as).
private func codes(_ code: String, _ mark: String, _ lexicon: Lexicon) -> [String] {
    if mark != "$" && mark != "S" { return [code] }
    return lexicon.currencies.filter { $0.marks.contains { $0.last == dollar } }.map(\.code)
}

private func votedOrders(_ code: String, _ votes: [String: Double], _ lexicon: Lexicon) -> [DateOrder: Double] {
    var orders: [DateOrder: Double] = [.dayFirst: 0, .monthFirst: 0]
    for region in lexicon.regions {
        if let vote = votes[region.currency] { orders[region.dateOrder, default: 0] += vote }
    }
    if let currency = lexicon.currency(code) { orders[currency.dateOrder, default: 0] += 3 }
    return orders
}
