// Words of a page as numbers: what the extraction network is given.

/// What a word may be, in the order of the network's scores.
let tagNames = words("vendor date time currency subtotal tax total description quantity amount")

/// Letters of a word that the network sees: of a longer word the first and the last half of them.
let lettersOfWord = 16

/// Numbers of words that the network takes.
private let buckets = [64, 128, 256, 512]
private let mostWords = 512
private let charIds: UInt32 = 400  // 0 is padding, 1 to 384 are code points below 0x180, the rest share 15 numbers
private let head = 128  // words kept from the top where a page has more than fit; the rest are its last ones
private let plain: UInt32 = 0x180
private let shared = charIds - plain - 1

/// The network's inputs, and where each word stands.
struct EncodedWords: Sendable {
    let bucket: Int
    /// `bucket` x `lettersOfWord`; rows beyond the words are zeros.
    let chars: [Int32]
    /// `bucket` x `placeNames`; rows beyond the words are zeros.
    let places: [Float]
    /// One per word, in reading order.
    let spans: [WordSpan]

    /// The words of a page. `found`: its `entries`.
    ///
    /// Words are parted by spaces, and where a price, a date or a time starts or ends ("TOTAL9.00" is two). Of more
    /// than 512 the first 128 and the last 384 are kept.
    init(_ page: Page, _ found: [Entry], _ lexicon: Lexicon) {
        let byRow = page.rows.map(wordSpans)
        let all = byRow.reduce(0) { $0 + $1.count }
        let skipped = all > mostWords ? head..<all - (mostWords - head) : 0..<0
        let count = all - skipped.count
        let bucket = buckets.first { $0 >= count } ?? mostWords
        let sheet = Sheet(page, found, lexicon)
        var chars = [Int32](repeating: 0, count: bucket * lettersOfWord)
        var places: [Float] = []
        var spans: [WordSpan] = []
        var number = 0
        for (row, words) in zip(page.rows, byRow) {
            for i in words.indices {
                number += 1
                if skipped.contains(number - 1) { continue }
                for (place, id) in ids(row.text.part(words[i].start, words[i].end)).enumerated() {
                    chars[spans.count * lettersOfWord + place] = id
                }
                places += sheet.places(row, words, i)
                spans.append(words[i])
            }
        }
        self.bucket = bucket
        self.chars = chars
        self.places = places + [Float](repeating: 0, count: bucket * placeNames.count - places.count)
        self.spans = spans
    }
}

/// The numbers of a word's letters, at most `lettersOfWord`.
private func ids(_ text: Letters) -> [Int32] {
    let half = lettersOfWord / 2
    let seen = text.count > lettersOfWord ? text.part(0, half) + text.part(text.count - half) : text
    return seen.map { Int32($0.value < plain ? 1 + $0.value : plain + 1 + $0.value % shared) }
}

private func wordSpans(_ row: PageRow) -> [WordSpan] {
    var cuts: Set<Int> = []
    for amount in row.amounts where amount.isMoney { cuts.formUnion([amount.start, amount.end]) }
    for date in row.dates { cuts.formUnion([date.start, date.end]) }
    for time in row.times where time.clear { cuts.formUnion([time.start, time.end]) }
    var found: [WordSpan] = []
    for piece in row.pieces {
        var start = piece.start
        for at in piece.start...piece.end {
            let ends = at == piece.end || row.text[at].isBlank
            if !ends && !cuts.contains(at) { continue }
            if at > start { found.append(WordSpan(row, piece, start, at)) }
            start = ends ? at + 1 : at
        }
    }
    return found
}

/// A word: the letters [start, end) of the text of row `row`, from line `line`; `left`, `right` as in `Piece`.
struct WordSpan: Sendable {
    let row: Int
    let line: Int
    let start: Int
    let end: Int
    let left: Double
    let right: Double

    fileprivate init(_ row: PageRow, _ piece: Piece, _ start: Int, _ end: Int) {
        let step = (piece.right - piece.left) / Double(piece.end - piece.start)
        self.row = row.index
        line = piece.line
        self.start = start
        self.end = end
        left = piece.left + step * Double(start - piece.start)
        right = piece.left + step * Double(end - piece.start)
    }
}
