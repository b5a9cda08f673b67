// A vendor's name with those reading errors put right that need no guess.

private let inside = Pattern(#"(?<=[^\W\d_])[01258]{1,2}(?=[^\W\d_])"#)
private let zeroFirst = Pattern(#"\b0(?=[^\W\d_]{2})"#)
private let oneBetweenPoints = Pattern(#"(?<=[A-Z]\.)1(?=\.[A-Z])"#)
private let capital = pairs("01258", "OIZSB")
private let small = pairs("01258", "olzsB")

/// The name with the reading errors put right that need no guess: nothing is added, letters only change.
///
/// What was read stays in the field's text, so a mended name can be told from one as printed. Digits between letters of
/// one word become the letters they resemble (`B00K`), and a company suffix gets its spelling (`SON BHD`, `S/8`).
func mended(_ name: Letters, _ lexicon: Lexicon) -> Letters {
    var text = inside.replaced(in: name) { match in
        let isSmall = name[match.start - 1].isLower || name[match.end].isLower
        return name.part(match.start, match.end).translated(isSmall ? small : capital)
    }
    text = zeroFirst.replaced(in: text) { _ in ["O"] }
    text = oneBetweenPoints.replaced(in: text) { _ in ["I"] }
    for mark in lexicon.names.find(text) {
        let span = text.part(mark.start, mark.end)
        let legal = mark.kind == "legal" && (span.contains(where: \.isAlpha) || span.contains("/"))
        if legal || (mark.kind == "company" && mark.errors == 0) {
            text = text.part(0, mark.start) + respelt(span, mark.phrase.letters) + text.part(mark.end)
        }
    }
    return text
}

/// The span with the letters of the phrase, where both have as many; its own case and punctuation stay.
private func respelt(_ span: Letters, _ phrase: Letters) -> Letters {
    var wanted = phrase.filter(\.isAlnum)
    if span.count(where: \.isAlnum) != wanted.count { return span }
    let isSmall = span.count(where: \.isLower) > span.count(where: \.isUpper)
    return span.flatMap { read in read.isAlnum ? respeltLetter(read, wanted.removeFirst(), isSmall) : [read] }
}

private func respeltLetter(_ read: Unicode.Scalar, _ wanted: Unicode.Scalar, _ isSmall: Bool) -> Letters {
    if fold([read]) == [wanted] { return [read] }
    return isSmall ? wanted.properties.lowercaseMapping.letters : [wanted]
}
