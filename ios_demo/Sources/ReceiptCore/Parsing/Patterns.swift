// Regular expressions as Python writes and reads them, over code points.
//
// Foundation's count UTF-16 units, and their classes are others; the parser's many short looks at a row would spend
// most of their time converting it. Known: literals, classes, groups, alternatives, greedy repetition, looking ahead
// and behind, `^`, `$`, `\b`, `\d`, `\w`, `\s`.

/// A step of a compiled pattern; numbers are places in its program.
enum Step: Sendable {
    case one(LetterSet)
    /// Goes on at the first place, and if that fails at the second.
    case split(Int, Int)
    case jump(Int)
    case save(Int)
    case start
    case end
    case edge
    /// Whether a program matches here (`width` nil), or right before in so many letters.
    case look(program: [Step], width: Int?, wanted: Bool)
    case found
}

/// A regular expression. Immutable; a mistake in it stops the program when it is first used.
struct Pattern: Sendable {
    let program: [Step]
    let groups: Int
    let ignoresCase: Bool

    init(_ text: String, ignoresCase: Bool = false) {
        var parser = PatternParser(text)
        let root = parser.parsed()
        program = [.save(0)] + root.compiled(at: 1) + [.save(1), .found]
        groups = parser.groups + 1
        self.ignoresCase = ignoresCase
    }
}

/// A part of a parsed pattern.
private indirect enum Part {
    case one(LetterSet)
    case sequence([Part])
    case either(Part, Part)
    case repeated(Part, least: Int, most: Int?)
    case group(Int, Part)
    case fixed(Step)
    case look(Part, ahead: Bool, wanted: Bool)

    /// How many letters it takes, where that is always the same.
    var width: Int? {
        switch self {
        case .one: return 1
        case .fixed, .look: return 0
        case .group(_, let part): return part.width
        case .sequence(let parts):
            let widths = parts.compactMap(\.width)
            return widths.count == parts.count ? widths.reduce(0, +) : nil
        case .either(let a, let b): return a.width == b.width ? a.width : nil
        case .repeated(let part, let least, let most): return least == most ? part.width.map { $0 * least } : nil
        }
    }

    func compiled(at place: Int) -> [Step] {
        switch self {
        case .one(let set): return [.one(set)]
        case .fixed(let step): return [step]
        case .group(let number, let part):
            return [.save(2 * number)] + part.compiled(at: place + 1) + [.save(2 * number + 1)]
        case .sequence(let parts):
            return parts.reduce(into: []) { $0 += $1.compiled(at: place + $0.count) }
        case .either(let a, let b):
            let first = a.compiled(at: place + 1)
            let second = b.compiled(at: place + first.count + 2)
            let end = place + first.count + second.count + 2
            return [.split(place + 1, place + first.count + 2)] + first + [.jump(end)] + second
        case .repeated(let part, let least, let most):
            return repeated(part, least, most, at: place)
        case .look(let part, let ahead, let wanted):
            precondition(ahead || part.width != nil, "a pattern looks behind by a fixed width")
            let program = part.compiled(at: 0) + [.found]
            return [.look(program: program, width: ahead ? nil : part.width, wanted: wanted)]
        }
    }

    private func repeated(_ part: Part, _ least: Int, _ most: Int?, at place: Int) -> [Step] {
        var steps: [Step] = []
        for _ in 0..<least { steps += part.compiled(at: place + steps.count) }
        guard let most else {
            let top = place + steps.count
            let body = part.compiled(at: top + 1)
            return steps + [.split(top + 1, top + body.count + 2)] + body + [.jump(top)]
        }
        let size = part.compiled(at: 0).count + 1
        let end = place + steps.count + (most - least) * size
        for _ in least..<most {
            let top = place + steps.count
            steps += [.split(top + 1, end)] + part.compiled(at: top + 1)
        }
        return steps
    }
}

private struct PatternParser {
    private let text: Letters
    private var at = 0
    private(set) var groups = 0

    init(_ text: String) { self.text = text.letters }

    mutating func parsed() -> Part {
        let part = alternatives()
        precondition(at == text.count, "a pattern's brackets pair up")
        return part
    }

    private mutating func takes(_ wanted: String) -> Bool {
        let letters = wanted.letters
        guard text.part(at, at + letters.count) == letters else { return false }
        at += letters.count
        return true
    }

    private mutating func next() -> Unicode.Scalar {
        at += 1
        return text[at - 1]
    }

    private mutating func alternatives() -> Part {
        var parts: [Part] = []
        while at < text.count && text[at] != "|" && text[at] != ")" { parts.append(repetition()) }
        return takes("|") ? .either(.sequence(parts), alternatives()) : .sequence(parts)
    }

    private mutating func repetition() -> Part {
        let part = atom()
        if takes("?") { return .repeated(part, least: 0, most: 1) }
        if takes("*") { return .repeated(part, least: 0, most: nil) }
        if takes("+") { return .repeated(part, least: 1, most: nil) }
        guard takes("{") else { return part }
        let least = number()
        let most = takes(",") ? (text[at] == "}" ? nil : number()) : least
        precondition(takes("}"), "a pattern's braces pair up")
        return .repeated(part, least: least, most: most)
    }

    private mutating func number() -> Int {
        var number = 0
        while text[at].isDecimal { number = number * 10 + Int(next().value - 48) }
        return number
    }

    private mutating func atom() -> Part {
        if takes("(?:") { return closed { $0 } }
        if takes("(?=") { return closed { .look($0, ahead: true, wanted: true) } }
        if takes("(?!") { return closed { .look($0, ahead: true, wanted: false) } }
        if takes("(?<=") { return closed { .look($0, ahead: false, wanted: true) } }
        if takes("(?<!") { return closed { .look($0, ahead: false, wanted: false) } }
        if takes("(") {
            groups += 1
            let number = groups
            return closed { .group(number, $0) }
        }
        if takes("^") { return .fixed(.start) }
        if takes("$") { return .fixed(.end) }
        if takes("\\b") { return .fixed(.edge) }
        if takes("[") { return .one(bracket()) }
        return .one(LetterSet([member()]))
    }

    private mutating func closed(_ made: (Part) -> Part) -> Part {
        let part = made(alternatives())
        precondition(takes(")"), "a pattern's brackets pair up")
        return part
    }

    private mutating func bracket() -> LetterSet {
        let isNegated = takes("^")
        var members: [LetterSet.Member] = []
        while text[at] != "]" {
            let first = member()
            if case .range(let low, _) = first, text[at] == "-", text[at + 1] != "]" {
                at += 1
                guard case .range(_, let high) = member() else { preconditionFailure("a range ends in a letter") }
                members.append(.range(low, high))
            } else {
                members.append(first)
            }
        }
        at += 1
        return LetterSet(members, isNegated: isNegated)
    }

    private mutating func member() -> LetterSet.Member {
        if takes("\\d") { return .digit }
        if takes("\\w") { return .word }
        if takes("\\W") { return .other }
        if takes("\\s") { return .space }
        _ = takes("\\")
        let letter = next()
        return .range(letter, letter)
    }
}
