// Anchors: the printed words that say what an amount or a date is, found in spite of reading errors.

private let exactBelow = 5  // letters; shorter phrases have too many neighbours ("CASH", "CASE") to forgive
private let editsFrom = 8  // letters; below, one may be wrong but none missing or added ("SUMME", "SUMMER")
private let lettersPerEdit = 6
private let mostEdits = 2
private let keySize = 2  // letters of a piece that it is looked up by

/// A phrase found in a text: its kind, the letters [start, end) it covers, letters off, and how it is spelt.
struct Mark: Hashable, Sendable {
    let kind: String
    let start: Int
    let end: Int
    let errors: Int
    let phrase: String
}

/// A phrase as printed, and its kind.
struct Wording: Sendable {
    let kind: String
    let phrase: String
}

/// A phrase to look for, its letters folded. `allowed`: how many may be off; `slack`: of these, missing or added.
struct Phrase: Sendable {
    let kind: String
    let printed: String
    let letters: Letters
    let allowed: Int
    let slack: Int
}

/// A phrase, by its number, that may start at a place.
struct PhrasePlace: Hashable {
    let phrase: Int
    let start: Int
}

/// A phrase, by its number, that stands at the letters [start, end) of a skeleton.
struct PhraseHit: Hashable {
    let phrase: Int
    let start: Int
    let end: Int
    let errors: Int

    var worth: Int { end - start - 2 * errors }
}

/// Phrases by kind, ready to be looked for.
///
/// Phrases have two letters or more; where two fold alike the first counts. Where letters may not be off, only
/// look-alikes are forgiven.
struct Anchors: Sendable {
    /// A piece of a phrase: the phrase's number, and where in it the piece starts.
    private struct Source {
        let phrase: Int
        let offset: Int
    }

    private struct Pieces {
        var size: Int
        var sources: [Letters: [Source]]
    }

    let phrases: [Phrase]

    /// First letters of a piece to the pieces that start so, by their size.
    private var index: [Letters: [Pieces]] = [:]

    init(_ spellings: [Wording], forgiving: Bool = true) {
        var known: Set<Letters> = []
        var phrases: [Phrase] = []
        for spelling in spellings {
            let letters = squash(spelling.phrase.letters)
            if !known.insert(letters).inserted { continue }
            let allowed = forgiving ? allowedErrors(letters.count) : 0
            let slack = letters.count >= editsFrom ? allowed : 0
            let phrase = Phrase(
                kind: spelling.kind, printed: spelling.phrase, letters: letters, allowed: allowed, slack: slack)
            phrases.append(phrase)
        }
        self.phrases = phrases
        for (number, phrase) in phrases.enumerated() {
            for piece in pieces(phrase.letters.count, phrase.allowed) {
                add(Letters(phrase.letters[piece]), Source(phrase: number, offset: piece.lowerBound))
            }
        }
    }

    private mutating func add(_ piece: Letters, _ source: Source) {
        let key = piece.part(0, keySize)
        var sameKey = index[key] ?? []
        let place = sameKey.firstIndex { $0.size == piece.count } ?? sameKey.count
        if place == sameKey.count { sameKey.append(Pieces(size: piece.count, sources: [:])) }
        sameKey[place].sources[piece, default: []].append(source)
        index[key] = sameKey
    }

    /// Marks in order of place, none overlapping; letters in masked ranges part phrases.
    ///
    /// A phrase counts where a word (or another phrase: `TOTALDUE`) starts and ends. Where two overlap, the longer and
    /// cleaner one stands.
    func find(_ text: Letters, masked: [Range<Int>] = []) -> [Mark] {
        let bones = skeleton(text, masked: masked)
        let places = places(bones.letters)
        if places.isEmpty { return [] }
        return withoutOverlaps(wholeHits(bones, places)).map { hit in
            let phrase = phrases[hit.phrase]
            let (first, last) = (bones.sources[hit.start], bones.sources[hit.end - 1])
            return Mark(kind: phrase.kind, start: first, end: last + 1, errors: hit.errors, phrase: phrase.printed)
        }
    }

    /// Where phrases may start: one of their pieces stands unharmed at its place behind.
    private func places(_ letters: Letters) -> [PhrasePlace] {
        var places: [PhrasePlace] = []
        var seen: Set<PhrasePlace> = []
        for at in 0..<max(letters.count - keySize + 1, 0) {
            for pieces in index[Letters(letters[at..<at + keySize])] ?? [] {
                for source in pieces.sources[letters.part(at, at + pieces.size)] ?? [] {
                    let phrase = phrases[source.phrase]
                    let start = at - source.offset
                    let last = letters.count - phrase.letters.count + phrase.slack
                    let place = PhrasePlace(phrase: source.phrase, start: start)
                    if start >= -phrase.slack && start <= last && seen.insert(place).inserted { places.append(place) }
                }
            }
        }
        return places
    }

    /// Hits that start and end where a word does, or another hit that itself starts or ends a word.
    private func wholeHits(_ bones: Skeleton, _ places: [PhrasePlace]) -> [PhraseHit] {
        let edges = bones.edges
        var hits: [PhraseHit] = []
        var inner: [PhrasePlace] = []
        for place in places {
            let phrase = phrases[place.phrase]
            if phrase.slack > 0 {
                hits += elasticHits(bones.letters, phrase, place)
            } else if !edges.contains(place.start) && !edges.contains(place.start + phrase.letters.count) {
                inner.append(place)
            } else if let hit = rigidHit(bones.letters, phrase, place) {
                hits.append(hit)
            }
        }
        let starts = edges.union(hits.filter { edges.contains($0.start) }.map(\.end))
        let ends = edges.union(hits.filter { edges.contains($0.end) }.map(\.start))
        for place in inner where ends.contains(place.start + phrases[place.phrase].letters.count) {
            if let hit = rigidHit(bones.letters, phrases[place.phrase], place) { hits.append(hit) }
        }
        return hits.filter { ends.contains($0.end) && (starts.contains($0.start) || shifted($0, edges)) }
    }

    private func withoutOverlaps(_ hits: [PhraseHit]) -> [PhraseHit] {
        var taken: [PhraseHit] = []
        for hit in hits.sorted(by: isBetter) where taken.allSatisfy({ hit.end <= $0.start || hit.start >= $0.end }) {
            taken.append(hit)
        }
        return taken.sorted { $0.start < $1.start }
    }

    private func isBetter(_ a: PhraseHit, _ b: PhraseHit) -> Bool {
        if a.worth != b.worth { return a.worth > b.worth }
        if a.start != b.start { return a.start < b.start }
        let (first, second) = (phrases[a.phrase].letters, phrases[b.phrase].letters)
        if first != second { return first.lexicographicallyPrecedes(second) }
        return a.errors < b.errors
    }
}

/// How many letters of a phrase may be off.
private func allowedErrors(_ size: Int) -> Int {
    if size < exactBelow { return 0 }
    return size < editsFrom ? 1 : min(mostEdits, size / lettersPerEdit)
}

/// errors + 1 parts of a phrase: with so many errors one part still stands unharmed.
private func pieces(_ size: Int, _ errors: Int) -> [Range<Int>] {
    (0...errors).map { size * $0 / (errors + 1)..<size * ($0 + 1) / (errors + 1) }
}

/// Whether one stray letter stands before an exact phrase (`ITOTAL`), as a smudge or rule line is read.
private func shifted(_ hit: PhraseHit, _ edges: Set<Int>) -> Bool {
    hit.errors == 0 && hit.end - hit.start >= exactBelow && edges.contains(hit.start - 1)
}
