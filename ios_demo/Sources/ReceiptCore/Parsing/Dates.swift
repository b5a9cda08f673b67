// Dates and times of day as printed, with every reading a print allows.

/// The order a numeric date is printed in.
enum DateOrder: String, CaseIterable, Sendable {
    case monthFirst = "mdy"
    case dayFirst = "dmy"
    case yearFirst = "ymd"
}

/// A calendar day as `YYYY-MM-DD`, and the order it is printed in.
struct DateReading: Hashable, Sendable {
    let order: DateOrder
    let day: String
}

/// A date found in a text.
struct PrintedDate: Hashable, Sendable {
    /// Every calendar day the print can mean; never empty. A print that can mean one day only has one entry whatever
    /// its order.
    let readings: [DateReading]
    /// The letters [start, end).
    let start: Int
    let end: Int
    /// The year has four digits.
    let longYear: Bool
    /// The month is a word.
    var namedMonth = false
    /// A separator was lost or misread.
    var damaged = false
}

/// Dates in a text, left to right.
///
/// `months`: folded month name (see `squash`) to 1..12. `years`: those taken for plausible.
func findDates(_ text: Letters, months: [Letters: Int], years: Range<Int>) -> [PrintedDate] {
    let finder = DateFinder(plain: text.plainForDates, months: months, years: years)
    let numeric = finder.numericDates()
    let named = finder.namedDates().filter { !isWeekday($0, numeric) }
    var found = numeric + named + finder.compactDates()
    if found.isEmpty { found = finder.damagedDates() }
    var kept: [PrintedDate] = []
    for candidate in found.stablySorted(by: { $0.start != $1.start ? $0.start < $1.start : $0.end > $1.end })
    where candidate.start >= kept.last?.end ?? 0 {
        kept.append(candidate)
    }
    return kept
}

/// Whether a month's name is a day of the week before a date that needs none (`mar 03.09.2024`).
private func isWeekday(_ named: PrintedDate, _ numeric: [PrintedDate]) -> Bool {
    numeric.contains { $0.longYear && named.start < $0.start && $0.start < named.end && named.end < $0.end }
}

struct DateFinder {
    let plain: Letters
    let months: [Letters: Int]
    let years: Range<Int>

    func numericDates() -> [PrintedDate] {
        DatePattern.numeric.all(in: plain).compactMap { match in
            let groups = (1...5).map { match.group($0, of: plain) ?? [] }
            let (first, second, tailStart) = (groups[0], groups[2], match.end - groups[4].count)
            if !isSameSeparator(groups[1], groups[3]) || !(first + second).contains(where: \.isNumeral) { return nil }
            let rest = plain.part(match.end)
            guard let size = sizeOfThird(groups[4].asDigits, rest) else { return nil }
            let third = groups[4].part(0, size)
            let end = tailStart + size
            if !(first + second + third).asDigits.isNumeral { return nil }
            if size <= 2 && DatePattern.goesOn.match(plain.part(end), at: 0) != nil { return nil }
            let numbers = [first.asDigits, second.asDigits, third.asDigits]
            let longYear = numbers[0].count == 4 || numbers[2].count == 4
            return printed(readings(numbers, years), match.start, end, longYear: longYear)
        }
    }

    func compactDates() -> [PrintedDate] {
        DatePattern.compact.all(in: plain).compactMap { match in
            let groups = (1...3).map { match.group($0, of: plain) ?? [] }
            let day = calendarDay(groups[0], groups[1].number, groups[2].number, years)
            let readings = day.map { [DateReading(order: .yearFirst, day: $0)] } ?? []
            return printed(readings, match.start, match.end, longYear: true)
        }
    }

    func damagedDates() -> [PrintedDate] {
        var found: [PrintedDate] = []
        for start in plain.indices where start >= found.last?.end ?? 0 {
            guard let match = DatePattern.damaged.match(plain, at: start) else { continue }
            let groups = (1...5).map { match.group($0, of: plain) ?? [] }
            let (first, left) = (groups[0], groups[1])
            let alike = left == groups[3] && left.first.map { "/.-".letters.contains($0) } ?? false
            let glued = plain.at(start - 1)?.isNumeral ?? false || (first.count == 1 && left.isEmpty)
            if glued && (first.count == 1 || !alike) { continue }
            let readings = readings([first, groups[2], groups[4]], years)
            if var date = printed(readings, start, match.end, longYear: true) {
                date.damaged = true
                found.append(date)
            }
        }
        return found
    }

    private func printed(_ readings: [DateReading], _ start: Int, _ end: Int, longYear: Bool) -> PrintedDate? {
        if readings.isEmpty { return nil }
        return PrintedDate(readings: readings, start: start, end: end, longYear: longYear)
    }
}

private func isSameSeparator(_ left: Letters, _ right: Letters) -> Bool {
    (left == right && left != [","]) || Set(left + right) == [".", ","]
}

/// How much of the digits at the end of a date is its last number, when a time ran into it (`25/12/201808:13`).
private func sizeOfThird(_ digits: Letters, _ rest: Letters) -> Int? {
    let clockFollows = DatePattern.clockFollows.match(rest, at: 0) != nil
    let century = String(digits.prefix(2))
    switch digits.count {
    case ...2: return digits.count
    case 4 where !clockFollows: return 4
    case 5...6 where clockFollows && (century == "19" || century == "20"): return 4
    case 3...4 where clockFollows: return 2
    case 8 where century == "20": return 4  // 2018 and hhmm
    default: return nil
    }
}

private func readings(_ numbers: [Letters], _ years: Range<Int>) -> [DateReading] {
    let (a, b, c) = (numbers[0], numbers[1], numbers[2])
    var found: [DateReading] = []
    func add(_ order: DateOrder, _ year: Letters, _ month: Letters, _ day: Letters) {
        guard let day = calendarDay(year, month.number, day.number, years) else { return }
        if found.allSatisfy({ $0.day != day }) { found.append(DateReading(order: order, day: day)) }
    }
    if a.count == 4 {
        if c.count <= 2 { add(.yearFirst, a, b, c) }
    } else if a.count <= 2 {
        add(.dayFirst, c, b, a)
        add(.monthFirst, c, a, b)
    }
    if found.isEmpty && a.count == 2 && c.count == 2 { add(.yearFirst, a, b, c) }
    return found
}

/// A day as `YYYY-MM-DD`; nil where the calendar has none.
func calendarDay(_ year: Letters, _ month: Int?, _ day: Int?, _ years: Range<Int>) -> String? {
    guard let printed = year.number, let month, let day, (1...12).contains(month) else { return nil }
    let full = printed + (year.count == 2 ? 2000 : 0)
    let isLeap = full % 4 == 0 && (full % 100 != 0 || full % 400 == 0)
    let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard years.contains(full), (1...lengths[month - 1]).contains(day) else { return nil }
    return [padded(full, 4), padded(month, 2), padded(day, 2)].joined(separator: "-")
}

/// A number with zeros before it.
func padded(_ number: Int, _ width: Int) -> String {
    let digits = "\(number)"
    return String(repeating: "0", count: max(width - digits.count, 0)) + digits
}
