// Printed numbers: which digits are thousands, which come after the point, and which letters were digits.

private let twins = pairs("OoQDUIl|SBZGó", "0000011158266")
private let mostDigits = 12

/// What a run of digits, separators and letters like digits amounts to.
struct PrintedNumber {
    let value: ExactDecimal
    let decimals: Int
    let grouped: Bool
    let noisy: Bool

    private init?(_ spelt: Letters, decimals: Int, grouped: Bool, noisy: Bool) {
        guard let value = ExactDecimal(String(spelt)) else { return nil }
        self.value = value
        self.decimals = decimals
        self.grouped = grouped
        self.noisy = noisy
    }

    /// nil where it is no number. `loose`: its point stands apart.
    init?(_ run: Letters, loose: Bool) {
        let letters = run.count(where: \.isAlpha)
        let clean = run.filter { $0 != " " }.translated(twins)
        let parts = clean.split(omittingEmptySubsequences: false, whereSeparator: isSeparator).map { Letters($0) }
        let separators = clean.filter(isSeparator)
        let last = parts[parts.count - 1]
        if parts.reduce(0, { $0 + $1.count }) > mostDigits { return nil }
        if letters > 0 && (letters > run.count(where: \.isNumeral) + 1 || last.count != 2) { return nil }
        let noisy = loose || letters > 0
        if separators.isEmpty {
            if letters > 0 { return nil }
            self.init(clean, decimals: 0, grouped: false, noisy: noisy)
            return
        }
        let whole = parts.dropLast()
        let first = parts[0]
        if whole.dropFirst().contains(where: { $0.count != 3 }) { return nil }
        if whole.count > 1 && !(1...3).contains(first.count) { return nil }
        if last.count == 3 && (1...3).contains(first.count) && first != ["0"] {
            self.init(Letters(parts.joined()), decimals: 0, grouped: true, noisy: noisy)
            return
        }
        if last.count > 3 || separators.last == "'" || (last.count == 1 && separators.count > 1) { return nil }
        let digits = whole.joined().isEmpty ? ["0"] : Letters(whole.joined())
        self.init(digits + ["."] + last, decimals: last.count, grouped: false, noisy: noisy)
    }
}

/// What may stand before the decimals of a number.
func isPoint(_ letter: Unicode.Scalar) -> Bool { letter == "." || letter == "," }

/// What may stand between the digits of a number.
func isSeparator(_ letter: Unicode.Scalar) -> Bool { isPoint(letter) || letter == "'" }
