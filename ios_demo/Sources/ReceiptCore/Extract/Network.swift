import Foundation

// What the extraction network says of the words of a page.

/// Tags of which a receipt has one: the scores of all words and that of none, 0, are a softmax.
let pointedTags = words("date time currency subtotal tax total")

/// Log of the least share that counts: below it, a network that is sure says nothing more.
let leastShare = -12.0
private let steepest = 6.0  // log-odds of a word beyond which more says nothing

/// The network's word on a page.
struct Reading: Sendable {
    /// Its words in reading order.
    let spans: [WordSpan]
    /// By tag, the log-odds of each word, within +-6.
    let odds: [String: [Double]]
    /// By pointed tag, the log of each word's share and, last, of the share of none.
    let shares: [String: [Double]]
    /// Numbers of the words of each row, and of each line.
    let byRow: [Int: [Int]]
    let byLine: [Int: [Int]]

    /// The reading that scores (words x tags, row by row) amount to.
    init(_ spans: [WordSpan], scores: [Float]) {
        func column(_ tag: Int) -> [Double] { spans.indices.map { Double(scores[$0 * tagNames.count + tag]) } }
        var odds: [String: [Double]] = [:]
        var shares: [String: [Double]] = [:]
        for (number, tag) in tagNames.enumerated() {
            let scores = column(number)
            odds[tag] = scores.map { min(max($0, -steepest), steepest) }
            if pointedTags.contains(tag) { shares[tag] = logShares(scores + [0]) }
        }
        self.spans = spans
        self.odds = odds
        self.shares = shares
        byRow = Dictionary(grouping: spans.indices) { spans[$0].row }
        byLine = Dictionary(grouping: spans.indices) { spans[$0].line }
    }

    /// Numbers of the words that touch the letters [start, end) of a row.
    func words(_ row: Int, _ start: Int, _ end: Int) -> [Int] {
        (byRow[row] ?? []).filter { spans[$0].start < end && spans[$0].end > start }
    }

    /// Log of the share of a pointed tag that falls on some words together; `leastShare` or more.
    func share(_ tag: String, _ words: [Int]) -> Double {
        let shares = sharesOf(tag)
        let whole = words.reduce(0) { $0 + exp(shares[$1]) }
        return whole > 0 ? max(log(whole), leastShare) : leastShare
    }

    /// Log of the share that a receipt shows none of a pointed tag; `leastShare` or more.
    func none(_ tag: String) -> Double { max(sharesOf(tag).last ?? 0, leastShare) }

    /// Log of the largest share of a pointed tag that falls on another word, or on none; `leastShare` or more.
    func against(_ tag: String, _ words: [Int]) -> Double {
        let taken = Set(words)
        let others = sharesOf(tag).enumerated().filter { !taken.contains($0.offset) }
        return max(others.map(\.element).max() ?? leastShare, leastShare)
    }

    /// The word with the largest share of a pointed tag; nil where none of them is likelier.
    func best(_ tag: String) -> Int? {
        let shares = sharesOf(tag)
        return shares.indices.firstMax { shares[$0] }.flatMap { $0 < spans.count ? $0 : nil }
    }

    /// Log-odds of some words for any tag, within +-6.
    func said(_ tag: String, _ words: [Int]) -> [Double] {
        let odds = oddsOf(tag)
        return words.map { odds[$0] }
    }

    /// Log-odds of all words for a tag.
    func oddsOf(_ tag: String) -> [Double] { odds[tag] ?? [] }

    private func sharesOf(_ tag: String) -> [Double] { shares[tag] ?? [] }
}

/// The network and what it is given. Safe to use from several threads, as its session is.
struct Network: Sendable {
    private let session: any Session

    init(_ session: any Session) { self.session = session }

    /// What it says of a page; nil for a page without words. `found`: the page's `entries`.
    ///
    /// Throws a `backend` error if the engine fails, or gives something else than a score per word and tag.
    func read(_ page: Page, _ found: [Entry], _ lexicon: Lexicon) throws -> Reading? {
        let words = EncodedWords(page, found, lexicon)
        if words.spans.isEmpty { return nil }
        let letters = Tensor.ints(shape: [1, words.bucket, lettersOfWord], words.chars)
        let places = Tensor.floats(shape: [1, words.bucket, placeNames.count], words.places)
        let shape = [1, words.bucket, tagNames.count]
        guard let scores = try session.run([letters, places]).first, scores.shape == shape else {
            let problem = "scores of another shape than \(shape)"
            throw EdgeKitError(.backend, "stage 'extract': \(problem); export the bundle again")
        }
        return Reading(words.spans, scores: try scores.floats("extract"))
    }
}

/// Scores less the log of the sum of their exponentials.
private func logShares(_ scores: [Double]) -> [Double] {
    var whole = -Double.infinity
    for score in scores {
        let top = max(whole, score)
        whole = whole == -Double.infinity ? score : top + log1p(exp(min(whole, score) - top))
    }
    return scores.map { $0 - whole }
}
