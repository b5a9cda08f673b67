import Foundation

// Characters as Python sees them: places in a text count code points, and classes are those of Python's `str`.

/// A text as code points.
typealias Letters = [Unicode.Scalar]

extension String {
    var letters: Letters { Letters(unicodeScalars) }

    init<Text: Sequence>(_ letters: Text) where Text.Element == Unicode.Scalar {
        var view = UnicodeScalarView()
        view.append(contentsOf: letters)
        self.init(view)
    }
}

extension Unicode.Scalar {
    /// Whether this is a letter (`str.isalpha`).
    var isAlpha: Bool {
        if value < 128 { return (65...90).contains(value & ~32) }
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return true
        default: return false
        }
    }

    /// Whether this is a digit that counts: decimal, raised, lowered or circled (`str.isdigit`).
    var isNumeral: Bool {
        if value < 128 { return (48...57).contains(value) }
        return properties.numericType == .decimal || properties.numericType == .digit
    }

    /// Whether this is a decimal digit of any script (`str.isdecimal`, `\d`).
    var isDecimal: Bool {
        if value < 128 { return (48...57).contains(value) }
        return properties.numericType == .decimal
    }

    /// Whether this is a letter or a number of any kind (`str.isalnum`).
    var isAlnum: Bool {
        if value < 128 { return isAlpha || isNumeral }
        return isAlpha || properties.numericType != nil
    }

    /// Whether this is a space of any kind (`str.isspace`).
    var isBlank: Bool {
        switch value {
        case 9...13, 28...32, 0x85, 0xA0: return true
        case 0..<128: return false
        default: break
        }
        switch properties.generalCategory {
        case .spaceSeparator, .lineSeparator, .paragraphSeparator: return true
        default: return false
        }
    }

    /// Upper case; some letters become several.
    var upper: String.UnicodeScalarView { properties.uppercaseMapping.unicodeScalars }

    var isLower: Bool { properties.isLowercase }

    var isUpper: Bool { properties.isUppercase }
}

extension Array where Element == Unicode.Scalar {
    /// The part [start, end) of a text, as much of it as there is; empty where `start` lies before it.
    func part(_ start: Int, _ end: Int = .max) -> Letters {
        let first = Swift.min(Swift.max(start, 0), count)
        return Letters(self[first..<Swift.min(Swift.max(end, first), count)])
    }

    /// The letter at a place, if there is one.
    func at(_ place: Int) -> Unicode.Scalar? { indices.contains(place) ? self[place] : nil }

    var isAlpha: Bool { !isEmpty && allSatisfy(\.isAlpha) }

    var isNumeral: Bool { !isEmpty && allSatisfy(\.isNumeral) }

    var isAscii: Bool { allSatisfy { $0.value < 128 } }

    /// Upper case, letter by letter.
    var upper: Letters { isAscii ? map(\.asciiUpper) : flatMap(\.upper) }

    /// The text without what is dropped at its end.
    func trimmedEnd(_ drops: (Unicode.Scalar) -> Bool) -> Letters {
        Letters(prefix((lastIndex { !drops($0) } ?? -1) + 1))
    }

    /// The text without spaces of any kind at its ends.
    var stripped: Letters { Letters(trimmedEnd(\.isBlank).drop(while: \.isBlank)) }

    /// The text with some letters replaced by one each.
    func translated(_ pairs: [Unicode.Scalar: Unicode.Scalar]) -> Letters { map { pairs[$0] ?? $0 } }

    /// Where a text first stands in this one, from a place on.
    func place(of wanted: Letters, from start: Int = 0) -> Int? {
        var at = start
        while at + wanted.count <= count {
            if self[at..<at + wanted.count].elementsEqual(wanted) { return at }
            at += 1
        }
        return nil
    }

    func contains(_ wanted: Letters) -> Bool { place(of: wanted) != nil }
}

extension Unicode.Scalar {
    fileprivate var asciiUpper: Unicode.Scalar {
        (97...122).contains(value) ? Unicode.Scalar(UInt8(value - 32)) : self
    }
}

/// The text without spaces of any kind at its ends.
func strip(_ text: String) -> String { String(text.letters.stripped) }

/// Each letter of one text with the letter of another at the same place.
func pairs(_ from: String, _ to: String) -> [Unicode.Scalar: Unicode.Scalar] {
    precondition(from.unicodeScalars.count == to.unicodeScalars.count, "\(from) and \(to) pair up")
    return Dictionary(zip(from.unicodeScalars, to.unicodeScalars)) { first, _ in first }
}

/// Compatibility decomposition (NFKD) without combining marks.
func decomposed(_ text: Letters) -> Letters {
    String(text).decomposedStringWithCompatibilityMapping.letters.filter {
        $0.properties.canonicalCombiningClass == .notReordered
    }
}
