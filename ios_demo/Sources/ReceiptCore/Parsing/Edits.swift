// Phrases in a skeleton in spite of wrong, missing and added letters.

private let gram = 2  // letters of the grams that are counted before edits are

/// The phrase at a place, unless too many letters are wrong.
func rigidHit(_ letters: Letters, _ phrase: Phrase, _ place: PhrasePlace) -> PhraseHit? {
    let end = place.start + phrase.letters.count
    var errors = 0
    for (read, wanted) in zip(letters[place.start..<end], phrase.letters) where read != wanted {
        errors += 1
        if errors > phrase.allowed { return nil }
    }
    return PhraseHit(phrase: place.phrase, start: place.start, end: end, errors: errors)
}

/// The phrase about a place: each end it may have within the errors allowed.
func elasticHits(_ letters: Letters, _ phrase: Phrase, _ place: PhrasePlace) -> [PhraseHit] {
    let first = max(place.start - phrase.allowed, 0)
    let window = letters.part(first, place.start + phrase.letters.count + phrase.allowed)
    if !sharesGrams(window, phrase.letters, phrase.allowed) { return [] }
    return edits(window, phrase.letters, phrase.allowed).map {
        PhraseHit(phrase: place.phrase, start: first + $0.start, end: first + $0.end, errors: $0.errors)
    }
}

/// Whether edits are worth counting: each breaks at most `gram` of the grams of a phrase (Ukkonen 1992).
private func sharesGrams(_ window: Letters, _ wanted: Letters, _ allowed: Int) -> Bool {
    var missing = allowed * gram
    for i in 0...wanted.count - gram where !window.contains(wanted.part(i, i + gram)) {
        missing -= 1
        if missing < 0 { return false }
    }
    return true
}

private struct Edit {
    let start: Int
    let end: Int
    let errors: Int
}

/// Where a phrase may stand, by Sellers' approximate substring search (1980): a column of edit distances per letter.
///
/// A cell holds errors * step + start, so that the smaller of two cells has fewer errors, and then starts earlier.
/// Below the last cell that is within the errors allowed only the next one can become so (Ukkonen 1985).
private func edits(_ letters: Letters, _ wanted: Letters, _ allowed: Int) -> [Edit] {
    let step = letters.count + 1
    let size = wanted.count
    let limit = (allowed + 1) * step
    var column = (0...size).map { $0 * step }
    var last = allowed
    var found: [Edit] = []
    for (place, letter) in letters.enumerated() {
        let end = place + 1
        var diagonal = column[0]
        column[0] = end
        var before = end
        last = min(last + 1, size)
        for i in 1...last {
            let above = column[i]
            let best = letter == wanted[i - 1] ? diagonal : diagonal + step
            before = min(best, min(above, before) + step)
            column[i] = before
            diagonal = above
        }
        while column[last] >= limit { last -= 1 }
        if last == size { found.append(Edit(start: column[size] % step, end: end, errors: column[size] / step)) }
    }
    return found
}
