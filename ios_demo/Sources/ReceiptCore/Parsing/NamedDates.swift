// Dates whose month is a word.

private let longestMonth = 12
private let behind = 16  // letters before a month in which its day may stand

extension DateFinder {
    func namedDates() -> [PrintedDate] {
        (0..<max(plain.count - 2, 0)).compactMap { start in
            let inside = plain.at(start - 1)?.isAlpha ?? false
            if !plain[start].isAlnum || inside || ("1"..."9").contains(plain[start]) { return nil }
            return dateOfMonth(start)
        }
    }

    /// A whole word first; then short names: `Ju116'17` is the 16th of `Jul`, not the 6th of `Juli`.
    private func dateOfMonth(_ start: Int) -> PrintedDate? {
        var ends: [Int] = []
        var end = start + 3
        while end <= min(start + longestMonth, plain.count) && plain[end - 1].isAlnum {
            ends.append(end)
            end += 1
        }
        if let last = ends.last, plain.part(start, last).isAlpha { ends = [last] + ends.dropLast() }
        for end in ends {
            if let month = months[squash(plain.part(start, end))], let date = around(start, end, month) { return date }
        }
        return nil
    }

    /// The date a month's name at [start, end) belongs to: day before, year after; or day and year after.
    private func around(_ start: Int, _ end: Int, _ month: Int) -> PrintedDate? {
        if let before = DatePattern.beforeMonth.search(plain, from: max(start - behind, 0), end: start),
            let range = before.range(1), let year = DatePattern.year.match(plain, at: end),
            let yearDigits = year.group(1, of: plain)
        {
            let number = Letters(plain[range]).asDigits
            let (printedYear, printedDay) = number.count == 4 ? (number, yearDigits) : (yearDigits, number)
            if let day = calendarDay(printedYear, month, printedDay.number, years) {
                return named(.dayFirst, day, range.lowerBound, year.end, longYear: printedYear.count == 4)
            }
        }
        guard let printedDay = DatePattern.afterMonth.match(plain, at: end) else { return nil }
        return monthFirst(start, month, printedDay)
    }

    private func monthFirst(_ start: Int, _ month: Int, _ printedDay: Match) -> PrintedDate? {
        let after = printedDay.end
        let year = DatePattern.yearAfterTime.match(plain, at: after) ?? DatePattern.year.match(plain, at: after)
        guard let year, let digits = year.group(1, of: plain), let number = printedDay.group(1, of: plain) else {
            return nil
        }
        guard let day = calendarDay(digits, month, number.asDigits.number, years) else { return nil }
        let end = plain.part(after, year.end).contains(":") ? after : year.end
        return named(.monthFirst, day, start, end, longYear: digits.count == 4)
    }

    private func named(_ order: DateOrder, _ day: String, _ start: Int, _ end: Int, longYear: Bool) -> PrintedDate {
        let readings = [DateReading(order: order, day: day)]
        return PrintedDate(readings: readings, start: start, end: end, longYear: longYear, namedMonth: true)
    }
}
