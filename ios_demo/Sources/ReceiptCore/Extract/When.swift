// Date and time: which of the printed ones is the receipt's, and which way round it is read.

/// A date, the row it is on, its score, and whether an anchor of dates stands before it.
struct DatedRow: Sendable {
    let printed: PrintedDate
    let row: PageRow
    var score: Double
    let anchored: Bool

    var text: String { row.printed(printed.start, printed.end) }

    var lines: [Int] { row.lines(printed.start, printed.end) }

    static func isBetter(_ a: DatedRow, _ b: DatedRow) -> Bool {
        (-a.score, a.row.index, a.printed.start) < (-b.score, b.row.index, b.printed.start)
    }
}

/// A time and the row it is on.
struct TimedRow: Sendable {
    let printed: PrintedTime
    let row: PageRow

    var text: String { row.printed(printed.start, printed.end) }

    var lines: [Int] { row.lines(printed.start, printed.end) }
}

extension PrintedDate {
    /// Every calendar day it can mean.
    var days: Set<String> { Set(readings.map(\.day)) }
}

/// All dates of a page, best first.
func rankDates(_ page: Page, _ lexicon: Lexicon, _ params: ExtractParams) -> [DatedRow] {
    var seen: [String: Int] = [:]
    for reading in page.rows.flatMap(\.dates).flatMap(\.readings) { seen[reading.day, default: 0] += 1 }
    return page.rows.flatMap { row in
        row.dates.map { printed in
            let (score, anchored) = score(page, row, printed, lexicon, params)
            let twin = flag(printed.readings.contains { seen[$0.day, default: 0] > 1 })
            return DatedRow(printed: printed, row: row, score: score + params.date.twin * twin, anchored: anchored)
        }
    }.stablySorted(by: DatedRow.isBetter)
}

private func score(
    _ page: Page, _ row: PageRow, _ printed: PrintedDate, _ lexicon: Lexicon, _ params: ExtractParams
) -> (Double, anchored: Bool) {
    var kinds = lexicon.dates.find(row.text.part(0, printed.start)).map(\.kind)
    if kinds.isEmpty, let above = page.row(row.index - 1), above.dates.isEmpty {
        kinds = lexicon.dates.find(above.text).map(\.kind)
    }
    let points = params.date
    let anchored = kinds.contains("date")
    var score = points.anchor * flag(anchored) - points.other * flag(kinds.contains("other_date"))
    score += points.time * flag(!row.times.isEmpty)
    score += points.long * flag(printed.longYear || printed.namedMonth)
    score -= points.damaged * flag(printed.damaged)
    score -= points.late * Double(row.index) / Double(max(page.rows.count, 1))
    return (score, anchored)
}

/// Days, preferred first, and whether evidence (or a single reading) decided.
struct Preferred: Sendable {
    let days: [String]
    let decided: Bool
}

/// The readings of the best date.
///
/// `orders`: votes for each order from currency and words. The same day printed where only one reading is possible
/// decides at once; another unambiguous date shows the order this printer uses.
func prefer(_ dates: [DatedRow], _ orders: [DateOrder: Double], _ params: ExtractParams) -> Preferred {
    let readings = dates[0].printed.readings
    if readings.count == 1 { return Preferred(days: [readings[0].day], decided: true) }
    var votes = [DateOrder.dayFirst: orders[.dayFirst] ?? 0, .monthFirst: orders[.monthFirst] ?? 0]
    for other in dates.map(\.printed) where other.readings.count == 1 && !other.namedMonth {
        let only = other.readings[0]
        guard let vote = votes[only.order] else { continue }
        votes[only.order] = vote + params.date.orderVote
        for mine in readings where mine.day == only.day { votes[mine.order]? += params.date.sameDayVote }
    }
    let ranked = readings.stablySorted { a, b in
        let (first, second) = (votes[a.order] ?? 0, votes[b.order] ?? 0)
        return first != second ? first > second : a.order == .dayFirst && b.order != .dayFirst
    }
    let decided = votes[ranked[0].order] ?? 0 > votes[ranked[1].order] ?? 0
    return Preferred(days: ranked.map(\.day), decided: decided)
}

/// Times that cannot be prices.
func timedRows(_ page: Page) -> [TimedRow] {
    page.rows.flatMap { row in
        row.times.filter { $0.clear || $0.halfDay }.map { TimedRow(printed: $0, row: row) }
    }
}

/// The time nearest the date's row; without a date the first clear one.
func chooseTime(_ page: Page, dateRow: Int?) -> TimedRow? {
    let timed = timedRows(page)
    guard let anchor = dateRow ?? timed.first?.row.index else { return nil }
    func place(_ time: TimedRow) -> (Int, Int, Int) {
        (abs(time.row.index - anchor), time.row.index, time.printed.start)
    }
    return timed.min { place($0) < place($1) }
}
