// Where a pattern matches: backtracking over its program, without recursion.

/// The letters that one place of a pattern stands for.
struct LetterSet: Sendable {
    /// What a class is made of; word, digit and space as Python's `\w`, `\d` and `\s`, other as its `\W`.
    enum Member: Sendable {
        case range(Unicode.Scalar, Unicode.Scalar)
        case digit
        case word
        case other
        case space

        func holds(_ letter: Unicode.Scalar) -> Bool {
            switch self {
            case .range(let low, let high): return low <= letter && letter <= high
            case .digit: return letter.isDecimal
            case .word: return letter.isWord
            case .other: return !letter.isWord
            case .space: return letter.isBlank
            }
        }
    }

    private let members: [Member]
    private let isNegated: Bool
    private let ascii: (low: UInt64, high: UInt64)

    init(_ members: [Member], isNegated: Bool = false) {
        self.members = members
        self.isNegated = isNegated
        var bits: (low: UInt64, high: UInt64) = (0, 0)
        for code in UInt8(0)..<128 {
            let isIn = members.contains { $0.holds(Unicode.Scalar(code)) } != isNegated
            if isIn && code < 64 { bits.low |= 1 << UInt64(code) }
            if isIn && code >= 64 { bits.high |= 1 << UInt64(code - 64) }
        }
        ascii = bits
    }

    func contains(_ letter: Unicode.Scalar) -> Bool {
        let code = letter.value
        if code < 64 { return ascii.low >> UInt64(code) & 1 == 1 }
        if code < 128 { return ascii.high >> UInt64(code - 64) & 1 == 1 }
        return members.contains { $0.holds(letter) } != isNegated
    }
}

extension Unicode.Scalar {
    fileprivate var isWord: Bool { isAlnum || self == "_" }

    /// Lower case as far as patterns that ignore case are concerned: they are written in lower case.
    fileprivate var caseless: Unicode.Scalar {
        switch value {
        case 65...90: return Unicode.Scalar(UInt8(value + 32))
        case 0x130, 0x131: return "i"
        case 0x17F: return "s"
        case 0x212A: return "k"
        default: return self
        }
    }
}

/// Where a pattern matched: the letters [start, end), and its groups.
struct Match: Sendable {
    fileprivate let slots: [Int]

    var start: Int { slots[0] }

    var end: Int { slots[1] }

    /// The letters [start, end) of a group; nil where it took no part.
    func range(_ group: Int) -> Swift.Range<Int>? {
        let (start, end) = (slots[2 * group], slots[2 * group + 1])
        return start >= 0 && end >= 0 ? start..<end : nil
    }

    /// A group of a match in a text.
    func group(_ number: Int, of text: Letters) -> Letters? { range(number).map { Letters(text[$0]) } }
}

extension Pattern {
    /// The match that starts at a place; what precedes it can be looked back at. `end`: the text is read up to there.
    func match(_ text: Letters, at start: Int, end: Int? = nil) -> Match? {
        let end = end ?? text.count
        guard start <= end else { return nil }
        var matcher = Matcher(text: text, end: end, ignoresCase: ignoresCase)
        return matcher.run(program, from: start, slots: 2 * groups).map { Match(slots: $0) }
    }

    /// The first match from a place on.
    func search(_ text: Letters, from first: Int = 0, end: Int? = nil) -> Match? {
        var start = first
        while start <= end ?? text.count {
            if let found = match(text, at: start, end: end) { return found }
            start += 1
        }
        return nil
    }

    func finds(_ text: Letters) -> Bool { search(text) != nil }

    /// All matches, left to right, none overlapping.
    func all(in text: Letters) -> [Match] {
        var found: [Match] = []
        var at = 0
        while let match = search(text, from: at) {
            found.append(match)
            at = max(match.end, match.start + 1)
        }
        return found
    }

    /// The text with each match replaced.
    func replaced(in text: Letters, with made: (Match) -> Letters) -> Letters {
        var result: Letters = []
        var at = 0
        for match in all(in: text) {
            result += text[at..<match.start] + made(match)
            at = match.end
        }
        return result + text[at...]
    }
}

private struct Matcher {
    let text: Letters
    let end: Int
    let ignoresCase: Bool

    private struct Choice {
        let step: Int
        let place: Int
        let slots: [Int]
    }

    init(text: Letters, end: Int, ignoresCase: Bool) {
        self.text = text
        self.end = end
        self.ignoresCase = ignoresCase
    }

    /// The slots of a match, or nil. `stop`: where it must end, if that is given.
    mutating func run(_ program: [Step], from start: Int, slots count: Int, stop: Int? = nil) -> [Int]? {
        var choices: [Choice] = []
        var slots = [Int](repeating: -1, count: count)
        var (step, place) = (0, start)
        while true {
            var goesOn = true
            switch program[step] {
            case .one(let set):
                goesOn = place < end && set.contains(ignoresCase ? text[place].caseless : text[place])
                place += 1
            case .split(let first, let second):
                choices.append(Choice(step: second, place: place, slots: slots))
                step = first - 1
            case .jump(let target): step = target - 1
            case .save(let slot): if slot < count { slots[slot] = place }
            case .start: goesOn = place == 0
            case .end: goesOn = place == end || (place == end - 1 && text[place] == "\n")
            case .edge: goesOn = isWord(place - 1) != isWord(place)
            case .look(let inner, let width, let wanted): goesOn = looks(inner, at: place, width: width) == wanted
            case .found:
                if stop == nil || place == stop { return slots }
                goesOn = false
            }
            step += 1
            if !goesOn {
                guard let choice = choices.popLast() else { return nil }
                (step, place, slots) = (choice.step, choice.place, choice.slots)
            }
        }
    }

    private mutating func looks(_ program: [Step], at place: Int, width: Int?) -> Bool {
        guard let width else { return run(program, from: place, slots: 0) != nil }
        return place >= width && run(program, from: place - width, slots: 0, stop: place) != nil
    }

    private func isWord(_ place: Int) -> Bool { place >= 0 && place < end && text[place].isWord }
}
