// A receipt as the extractor sees it: printed rows of text with the amounts, dates and anchors on them.

private let mostDoubt = 3.0  // characters: beyond it, how much of a line is misread says no more
private let apart = "   ".letters  // wider than any space in a number, so that numbers of two lines never join

private let cut = 1.0  // text heights between the parts of a price that was read as two lines

/// The letters [start, end) of a row that one line contributed; `left`, `right`: along the text, in text heights.
struct Piece: Sendable {
    let start: Int
    let end: Int
    let line: Int
    let left: Double
    let right: Double
    let height: Double
}

/// A printed row.
final class PageRow: Sendable {
    /// 0 at the top.
    let index: Int
    /// Its lines joined.
    let text: Letters
    let pieces: [Piece]
    /// Of the text, relative to the receipt's median.
    let height: Double
    let amounts: [Amount]
    /// Money anchors found outside dates and prices.
    let marks: [Mark]
    let dates: [PrintedDate]
    let times: [PrintedTime]

    init(_ index: Int, _ text: Letters, _ pieces: [Piece], _ lexicon: Lexicon, _ years: Range<Int>) {
        self.index = index
        self.text = text
        self.pieces = pieces
        height = pieces.map(\.height).max() ?? 0
        dates = findDates(text, months: lexicon.months, years: years)
        let dated = dates.map { $0.start..<$0.end }
        let undated = blank(text, dated)
        times = findTimes(undated)
        let untimed = blank(undated, times.filter(\.clear).map { $0.start..<$0.end })
        amounts = findAmounts(untimed, marks: lexicon.marks)
        let priced = amounts.filter { $0.isMoney || $0.percent }.map { $0.start..<$0.end }
        marks = lexicon.money.find(text, masked: dated + priced)
    }

    /// The letters [start, end) of this row as text.
    func printed(_ start: Int, _ end: Int) -> String { String(text.part(start, end)) }

    /// Lines that the letters [start, end) of this row came from.
    func lines(_ start: Int, _ end: Int) -> [Int] {
        pieces.filter { $0.start < end && $0.end > start }.map(\.line)
    }
}

/// The text with the ranges replaced by a letter that neither joins nor parts numbers.
private func blank(_ text: Letters, _ ranges: [Range<Int>]) -> Letters {
    var letters = text
    for range in ranges { for i in range { letters[i] = "_" } }
    return letters
}

/// All rows of a receipt, and its lines as they were read.
struct Page: Sendable {
    let lines: [TextLine]
    let rows: [PageRow]
    /// No number on it has cents.
    let wholePrices: Bool

    /// Everything that is looked up once per row. `years`: plausible ones of a date.
    init(_ lines: [TextLine], rows: [[Int]], _ lexicon: Lexicon, years: Range<Int>) {
        let angle = skew(lines.map(\.quad))
        let heights = lines.map { quadSize($0.quad).across }
        let usual = max(heights.isEmpty ? 1 : heights.sorted()[heights.count / 2], 1e-6)
        let built = rows.enumerated().map { index, row in
            var pieces: [Piece] = []
            var text: Letters = []
            for line in row {
                let along = lines[line].quad.points.map { rotated($0, -angle).x / usual }
                let (left, right) = (along.min() ?? 0, along.max() ?? 0)
                let following = lines[line].text.letters
                if !text.isEmpty, let last = pieces.last {
                    text += isCut(text, following, gap: left - last.right) ? [" "] : apart
                }
                let start = text.count
                text += following
                let piece = Piece(
                    start: start, end: text.count, line: line, left: left, right: right, height: heights[line] / usual)
                pieces.append(piece)
            }
            return PageRow(index, text, pieces, lexicon, years)
        }
        self.lines = lines
        self.rows = built
        wholePrices = !built.contains { row in row.amounts.contains { $0.decimals == 2 && !$0.percent } }
    }

    /// The recogniser's lowest confidence on some lines; 1 for none.
    func confidence(_ lines: [Int]) -> Double { lines.map { self.lines[$0].confidence }.min() ?? 1 }

    /// How many characters of some lines the recogniser is likely to have misread, 0..3. A line's confidence is the mean
    /// of its characters'. A line that is named twice counts once.
    func doubt(_ lines: [Int]) -> Double {
        let read = Set(lines).sorted().map { self.lines[$0] }
        return min(read.reduce(0) { $0 + (1 - $1.confidence) * Double($1.text.letters.count) }, mostDoubt)
    }

    /// A row, if there is one of this number.
    func row(_ index: Int) -> PageRow? { rows.indices.contains(index) ? rows[index] : nil }
}

/// Whether a price was cut before its point ("18" and ".00"), so that a space parts its lines.
private func isCut(_ text: Letters, _ following: Letters, gap: Double) -> Bool {
    func isDigit(_ letter: Unicode.Scalar?) -> Bool { letter.map { ("0"..."9").contains($0) } ?? false }
    func isPoint(_ letter: Unicode.Scalar?) -> Bool { letter == "." || letter == "," }
    let hasCents = isPoint(following.at(0)) && isDigit(following.at(1)) && isDigit(following.at(2))
    return gap < cut && isDigit(text.last) && hasCents && !isDigit(following.at(3)) && !isPoint(following.at(3))
}
