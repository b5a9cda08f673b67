// Text reduced to what survives a reading error: the skeleton that anchors are compared in.

// Glyphs a recogniser mixes up share one letter. L joins I because receipts print l, I and 1 alike.
private let twins = pairs("01L|!5862", "OIIIISBGZ")
private let plain: [Unicode.Scalar: String] = [
    "ß": "SS", "Ø": "O", "ø": "O", "Æ": "AE", "æ": "AE", "Œ": "OE", "œ": "OE", "Ł": "L", "ł": "L",
]

/// Stands in a skeleton for what was masked: no letter, and longer than the most letters a phrase may have too many.
private let gap: Letters = ["\n", "\n", "\n"]

/// Letters and digits of a text, folded, each with where it came from.
struct Skeleton: Sendable {
    /// Upper case, no accents, look-alikes merged, nothing between words.
    let letters: Letters

    /// For each of the letters its index in the text.
    let sources: [Int]

    /// Places between letters, 0 to their number, where a word starts or ends.
    let edges: Set<Int>
}

/// Upper case without accents; what is neither letter nor digit stays as it is.
func fold(_ text: Letters) -> Letters {
    if text.isAscii { return text.upper }
    return decomposed(text.flatMap { plain[$0]?.letters ?? [$0] }).upper
}

/// Folded text with look-alike glyphs merged (`T0TAL` and `TOTAl` both become `TOTAI`).
func mergeTwins(_ folded: Letters) -> Letters { folded.translated(twins) }

/// The skeleton's letters alone: what two phrases are compared by.
func squash(_ text: Letters) -> Letters {
    if text.isAscii { return text.flatMap { asciiLetters[Int($0.value)] } }
    return squashed(text)
}

private func squashed(_ text: Letters) -> Letters { mergeTwins(fold(text)).filter(\.isAlnum) }

private let asciiLetters: [Letters] = (UInt8(0)..<128).map { squashed([Unicode.Scalar($0)]) }

/// The skeleton of a text; each masked range becomes a gap that no phrase reaches across.
func skeleton(_ text: Letters, masked: [Range<Int>] = []) -> Skeleton {
    var hidden = [Bool](repeating: false, count: text.count)
    for range in masked { for i in range.clamped(to: text.indices) { hidden[i] = true } }
    var letters: Letters = []
    var sources: [Int] = []
    for i in text.indices {
        let part: Letters
        if !hidden[i] {
            part = squash([text[i]])
        } else {
            part = i == 0 || !hidden[i - 1] ? gap : []
        }
        letters += part
        for _ in part { sources.append(i) }
    }
    var edges: Set<Int> = [0, letters.count]
    for k in sources.indices.dropFirst() where sources[k] - sources[k - 1] > 1 { edges.insert(k) }
    for k in letters.indices where letters[k] == "\n" { edges.formUnion([k, k + 1]) }
    return Skeleton(letters: letters, sources: sources, edges: edges)
}
