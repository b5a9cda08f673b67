// Amounts of money as printed: `1,234.50`, `1.234,50`, `12.-`, `RM9.00`, `$ 9.00`, `9.OO` (misread).

private let same = pairs("’`´‘，．：–—−－＄\u{a0}\u{202f}\u{2009}", "''''" + ",.:----$" + "   ")
private let run = Pattern(
    #"(?:[OoIl|S][OoQDUIl|SBZGó]*)?[0-9][0-9OoQDUIl|SBZGó]*(?:[.,'][0-9OoQDUIl|SBZGó]+)*"#
        + #"|(?:[Oo]|(?<!\w))[.,]\d\d(?!\d)"#)

// A point that stands apart ("9 .00", "9. 00") is a reading error; a space before three digits may part thousands.
private let loosePoint = Pattern(#" ?([.,]) ?([0-9OoDQU]{2})(?![\w.,%])"#)
private let looseGroups = Pattern(#"(?: (\d{3}))+,\d\d(?!\d)"#)

// A tax code that ran into a price ("6.55SR", "12.40Z"): its first letter may look like a digit.
private let coded = Pattern(#"[0-9]+(?:[.,'][0-9]{3})*[.,][0-9]{2}(?=[A-Z]{1,3}(?![\w.,]))"#)
private let dashes = Pattern(#"[.,] ?-{1,2}(?![\w-])"#)
private let hangsBefore = Pattern(#"(?:\d[/:.,'-]|#|[A-Za-z]\d+-)$"#)
private let hangsAfter = Pattern(#"[/:'][0-9]|-\d|[.,]\d"#)
private let runsOn = Pattern(#"[A-Za-z]\d|\d"#)
private let inBrackets = Pattern(#"[^()]*\d[\d.,]*\)"#)
private let behind = 16  // letters on either side of a number that may speak for or against it

/// A number that may be money.
struct Amount: Hashable, Sendable {
    /// Signed.
    var value: ExactDecimal
    /// The letters [start, end) with sign and currency mark.
    let start: Int
    let end: Int
    /// Printed after the point; 2 also for `12.-`, 0 for `1,234`.
    var decimals: Int
    /// Whether three digits after a lone separator were read as thousands (`1,234`; may be 1.234).
    let grouped: Bool
    /// ISO 4217 code of the currency mark beside it, or empty.
    let code: String
    /// That mark as printed.
    let mark: String
    /// A rate, not money.
    let percent: Bool
    /// Letters were read as digits (`9.OO`), or a point stood apart.
    var noisy: Bool

    /// Printed like a price: two decimals, or a currency mark, and no percent sign.
    var isMoney: Bool { !percent && (decimals == 2 || !code.isEmpty) }
}

/// Every number in a text that can be an amount or a rate, left to right.
///
/// `marks`: currency mark in upper case as printed (`RM`, `$`) to its ISO code. Dates, times, phone numbers and long
/// serial numbers are left out as far as their print tells (`12.01.2019`, `10:30`, `03-4162`).
func findAmounts(_ text: Letters, marks: [Letters: String]) -> [Amount] {
    let finder = AmountFinder(plain: text.translated(same), marks: marks)
    var found: [Amount] = []
    var position = 0
    while let match = run.search(finder.plain, from: position) {
        let end = coded.match(finder.plain, at: match.start)?.end ?? match.end
        position = end
        if let amount = finder.amount(match.start, end), amount.start >= found.last?.end ?? 0 {
            found.append(amount)
            position = max(position, amount.end)
        }
    }
    return found
}

/// The mark beside a number, and the letters [left, right) with it taken in.
private struct Marked {
    var code = ""
    var mark = ""
    var left: Int
    var right: Int
}

private struct AmountFinder {
    let plain: Letters
    let marks: [Letters: String]

    func amount(_ from: Int, _ to: Int) -> Amount? {
        let (start, dollar) = leadingLetters(from, to)
        if isPoint(plain[start]) && plain.at(start - 1)?.isAlnum ?? false { return nil }
        let (stretched, loose) = stretch(start, to)
        guard let number = PrintedNumber(plain.part(start, stretched), loose: loose) else { return nil }
        if !standsAlone(start, stretched) { return nil }
        let dash = dashes.match(plain, at: stretched)
        let end = dash?.end ?? stretched
        let percent = plain.part(end, end + 2).first { $0 != " " } == "%"
        var (left, negative) = sign(start)
        var beside = currency(left, end)
        if beside.code.isEmpty && number.decimals == 0 && insideWord(start, end) { return nil }
        if beside.code.isEmpty && dollar {
            beside.code = marks["$".letters] ?? ""
            beside.mark = "S"
        }
        left = beside.left
        if !negative { (left, negative) = sign(left) }
        if !negative && beside.code.isEmpty && plain.at(left - 1) == "-" {
            let before = currency(left - 1, left)
            (beside.code, beside.mark) = (before.code, before.mark)
            if !before.code.isEmpty { (left, negative) = (before.left, true) }
        }
        var right = beside.right
        if !negative && plain.at(right) == "-" && !(plain.at(right + 1)?.isAlnum ?? false) {
            negative = dash == nil
            right += 1
        }
        if negative && plain[left] == "(" { right = (plain.place(of: [")"], from: right) ?? right - 1) + 1 }
        return Amount(
            value: negative ? -number.value : number.value, start: left, end: right,
            decimals: dash == nil ? number.decimals : 2, grouped: number.grouped, code: beside.code, mark: beside.mark,
            percent: percent, noisy: number.noisy || dollar)
    }

    /// Where the digits start: an `S` in front of a price is a misread dollar, letters of a word are the word's.
    private func leadingLetters(_ from: Int, _ end: Int) -> (start: Int, dollar: Bool) {
        for size in [4, 3, 2] where plain.at(from + size)?.isNumeral ?? false {
            // a currency's letters that look like digits: "SGD9.00"
            if marks[plain.part(from, from + size).upper] != nil { return (from + size, false) }
        }
        var start = from
        while start < end && !plain[start].isNumeral && !isPoint(plain[start]) {
            if plain[start] == "S" && (start == 0 || !plain[start - 1].isAlnum) { return (start + 1, true) }
            let before = plain.part(max(start - behind, 0), start)
            let word = before.suffix(before.reversed().prefix { $0.isAlnum && !$0.isDecimal }.count)
            if word.isEmpty || marks[Letters(word).upper] != nil { break }
            start += 1
        }
        return (start, false)
    }

    /// The end of a number whose point or thousands stand apart, and whether they do.
    private func stretch(_ start: Int, _ end: Int) -> (end: Int, loose: Bool) {
        if plain[start..<end].contains(where: isSeparator) { return (end, false) }
        if let groups = looseGroups.match(plain, at: end) { return (end - start <= 3 ? groups.end : end, false) }
        if let point = loosePoint.match(plain, at: end), plain.part(end, point.end).count(where: { $0 == " " }) == 1 {
            return (point.end, true)
        }
        return (end, false)
    }

    /// Whether no digits hang on it through a slash, colon, dash or point, and no word runs into it.
    private func standsAlone(_ start: Int, _ end: Int) -> Bool {
        let before = plain.part(max(start - behind, 0), start)
        let after = plain.part(end, end + behind)
        if hangsBefore.finds(before) || hangsAfter.match(after, at: 0) != nil { return false }
        return runsOn.match(after, at: 0) == nil
    }

    private func insideWord(_ start: Int, _ end: Int) -> Bool {
        plain.at(start - 1)?.isAlpha ?? false || plain.at(end)?.isAlpha ?? false
    }

    private func sign(_ start: Int) -> (left: Int, negative: Bool) {
        let head = plain.part(0, start).trimmedEnd { $0 == " " }
        guard let last = head.last, last == "-" || last == "(" else { return (start, false) }
        if head.dropLast().last(where: { $0 != " " }) == "-" { return (start, false) }
        if head.at(head.count - 2)?.isAlnum ?? false { return (start, false) }
        if last == "-" { return (head.count - 1, true) }
        if plain.place(of: [")"], from: start) == nil { return (start, false) }
        return (head.count - 1, inBrackets.match(plain.part(start), at: 0) != nil)
    }

    /// The mark beside the letters [start, end), if any, taken in.
    private func currency(_ start: Int, _ end: Int) -> Marked {
        let head = plain.part(0, start).trimmedEnd { $0 == " " || $0 == ":" }
        let tailAt = end + plain.part(end, end + behind).prefix { $0 == " " }.count
        for size in [4, 3, 2, 1] {
            let before = plain.part(head.count - size, head.count)
            if let code = code(before, size), let first = before.upper.first {
                let joined = plain.at(head.count - size - 1)?.isAlpha ?? false
                if !(first.isAlpha && joined) {
                    return Marked(code: code, mark: String(before), left: head.count - size, right: end)
                }
            }
            let after = plain.part(tailAt, tailAt + size)
            if let code = code(after, size), let last = after.upper.last {
                let following = plain.at(tailAt + size)?.isAlnum ?? false
                if !(last.isAlpha && following) {
                    return Marked(code: code, mark: String(after), left: start, right: tailAt + size)
                }
            }
        }
        return Marked(left: start, right: end)
    }

    private func code(_ printed: Letters, _ size: Int) -> String? {
        let mark = printed.upper
        return mark.count == size ? marks[mark] : nil
    }
}
