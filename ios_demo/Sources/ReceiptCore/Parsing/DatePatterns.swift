// How dates and times of day are printed.

private let digit = "[0-9OoQIl|]"
private let twins = pairs("OoQIl|", "000111")
private let same = pairs("／．：\u{a0}\\–—‐−~’‘`´°", "/.: 1-----'''''")

enum DatePattern {
    static let numeric = Pattern(
        "(?<![0-9A-Za-z.,/-])(\(digit){1,4}) ?([/.,-]) ?(\(digit){1,2}) ?([/.,-]) ?(\(digit){1,8})")
    static let beforeMonth = Pattern(
        #"(?<![0-9A-Za-z#])(?<!\d:)([0-9OoIl][0-9OoIl]?|[0-9]{4})(?:st|nd|rd|th|er|\.|º)?[ ./,-]{0,2}(?:[Dd][Ee] )?$"#)
    static let afterMonth = Pattern(
        #"[ .:/,'*-]{0,2}(?:[Dd][Ee][Ll]? )?([0-3OoIl][0-9OoIl]|[0-9])(?:st|nd|rd|th)?(?![0-9])"#)
    static let year = Pattern(
        #"[ .:/,'*-]{0,3}(?:[Dd][Ee][Ll]? )?((?:19|20)[0-9]{2}|[0-9]{2})(?![0-9](?![0-9]?:)|:)"#)
    static let yearAfterTime = Pattern(#" +[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})? +((?:19|20)[0-9]{2})(?![0-9])"#)
    static let compact = Pattern(
        #"(?<![0-9A-Za-z.,/-])(20[0-9]{2})([01][0-9])([0-3][0-9])(?![0-9.-]|/(?!\d{6}))"#)

    // A slash lost, or read as 7 or 1, or digits of another number in front: only with full fields and a year of 20xx.
    static let damaged = Pattern(
        #"([0-9]{1,2})([/.\-]?|[71])([0-9]{2})([/.\-]?|[71])(20[0-9]{2})(?![0-9]{3}|[0-9]$|[0-9][^0-9:])"#)
    static let time = Pattern(
        #"(?<![0-9:.,])([01]?[0-9]|2[0-3]) ?([:.hH]) ?([0-5][0-9])(?: ?[:.] ?([0-5][0-9]))?(?![0-9]|[.,:]\d| ?%)"#
            + #"(?:\s{0,4}([AaPp])\.?\s?[Mm]|\s?([AaPp])\.?)?"#)  // "8:47   PM": often a line of its own
    static let goesOn = Pattern(#"[0-9]*[/.-]\d"#)
    static let clockFollows = Pattern(#" ?:\d"#)
}

extension Array where Element == Unicode.Scalar {
    /// The text with what dates are printed with in its plain form.
    var plainForDates: Letters { translated(same) }

    /// The text with letters that look like digits replaced by these.
    var asDigits: Letters { translated(twins) }

    /// The number that digits spell; nil for any other text, and beyond nine digits.
    var number: Int? { isNumeral && count < 10 ? Int(String(self).decimalised) : nil }
}

extension String {
    /// The text with digits of any script spelt in ASCII.
    fileprivate var decimalised: String {
        unicodeScalars.map { $0.properties.numericValue.map { "\(Int($0))" } ?? String($0) }.joined()
    }
}
