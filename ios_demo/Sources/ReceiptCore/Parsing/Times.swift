// Times of day as printed.

/// A time of day.
struct PrintedTime: Hashable, Sendable {
    /// `HH:MM` or `HH:MM:SS` in 24 hours.
    let value: String
    /// The letters [start, end).
    let start: Int
    let end: Int
    /// AM or PM shows.
    let halfDay: Bool
    /// Printed with a colon or an h, so that it cannot be a price.
    let clear: Bool
}

/// Times of day in a text, left to right. `8.15` alone is a price, so a point needs AM, PM or seconds.
func findTimes(_ text: Letters) -> [PrintedTime] {
    let plain = text.plainForDates
    return DatePattern.time.all(in: plain).compactMap { time(plain, $0) }
}

private func time(_ plain: Letters, _ match: Match) -> PrintedTime? {
    guard let hour = match.group(1, of: plain)?.number, let separator = match.group(2, of: plain),
        let minute = match.range(3)
    else { return nil }
    let second = match.range(4)
    let plainEnd = (second ?? minute).upperBound
    var half = match.group(5, of: plain) ?? match.group(6, of: plain)
    if half != nil && plain.at(match.end)?.isAlpha ?? false { half = nil }
    if separator == ["."] && half == nil && second == nil { return nil }
    var clock = hour
    if let half, clock <= 12 { clock = clock % 12 + (half == ["P"] || half == ["p"] ? 12 : 0) }
    var value = padded(clock, 2) + ":" + String(plain[minute])
    if let second { value += ":" + String(plain[second]) }
    return PrintedTime(
        value: value, start: match.start, end: half != nil ? match.end : plainEnd, halfDay: half != nil,
        clear: separator != ["."])
}
