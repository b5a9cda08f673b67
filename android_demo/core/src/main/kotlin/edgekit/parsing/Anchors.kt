package edgekit.parsing

/*
 * Anchors: the printed words that say what an amount or a date is, found in spite of reading errors.
 */

private const val EXACT_BELOW = 5 // letters; shorter phrases have too many neighbours ("CASH", "CASE") to forgive
private const val EDITS_FROM = 8 // letters; below, one may be wrong but none missing or added ("SUMME", "SUMMER")
private const val LETTERS_PER_EDIT = 6
private const val MOST_EDITS = 2
private const val KEY = 2 // letters of a piece that it is looked up by
private const val GRAM = 2 // letters of the grams that are counted before edits are

/** A phrase found in a text: its kind, the characters [start, end) it covers, letters off, and how it is spelt. */
data class Mark(val kind: String, val start: Int, val end: Int, val errors: Int, val phrase: String)

/** A phrase as printed, and its kind. */
data class Spelling(val kind: String, val phrase: String)

/** A phrase to look for, [letters] folded. [allowed]: how many may be off; [slack]: of these, missing or added. */
private class Phrase(val kind: String, val printed: String, val letters: String, val allowed: Int, val slack: Int)

private class Start(val phrase: Phrase, val offset: Int)

private data class Hit(val phrase: Phrase, val start: Int, val end: Int, val errors: Int) {
    val worth: Int get() = end - start - 2 * errors
}

/**
 * Phrases by kind, ready to be looked for. Immutable, so one serves all threads.
 *
 * Phrases have two letters or more; where two fold alike the first counts. [forgiving]: whether letters may be off; if
 * not, only look-alikes are forgiven.
 */
class Anchors(phrases: Iterable<Spelling>, forgiving: Boolean = true) {
    // First letters of a piece, its size, the piece: to each phrase it is of, and where in that phrase it starts.
    private val index = HashMap<String, LinkedHashMap<Int, HashMap<String, ArrayList<Start>>>>()

    init {
        val known = LinkedHashMap<String, Phrase>()
        for (spelling in phrases) {
            val letters = squash(spelling.phrase)
            if (letters in known) continue
            val allowed = if (forgiving) allowed(letters) else 0
            val slack = if (letters.length >= EDITS_FROM) allowed else 0
            known[letters] = Phrase(spelling.kind, spelling.phrase, letters, allowed, slack)
        }
        for (phrase in known.values) {
            for ((piece, offset) in pieces(phrase.letters, phrase.allowed)) {
                val sameKey = index.getOrPut(piece.take(KEY)) { LinkedHashMap() }
                val sameSize = sameKey.getOrPut(piece.length) { HashMap() }
                sameSize.getOrPut(piece) { ArrayList() }.add(Start(phrase, offset))
            }
        }
    }

    /**
     * Marks in order of place, none overlapping; characters in [masked] ranges part phrases.
     *
     * A phrase counts where a word (or another phrase: `TOTALDUE`) starts and ends. Where two overlap, the longer and
     * cleaner one stands.
     */
    fun find(text: String, masked: List<Range> = emptyList()): List<Mark> {
        val bones = skeleton(text, masked)
        val places = places(bones.letters)
        if (places.isEmpty()) return emptyList()
        return withoutOverlaps(wholeHits(bones, places)).map { mark(it, bones) }
    }

    /** Where phrases may start: one of their pieces stands unharmed at its place behind. */
    private fun places(letters: String): Set<Pair<Phrase, Int>> {
        val places = LinkedHashSet<Pair<Phrase, Int>>()
        for (at in 0..letters.length - KEY) {
            val sameKey = index[letters.substring(at, at + KEY)] ?: continue
            for ((size, pieces) in sameKey) {
                for (found in pieces[letters.part(at, at + size)] ?: continue) {
                    val start = at - found.offset
                    val phrase = found.phrase
                    val last = letters.length - phrase.letters.length + phrase.slack
                    if (start >= -phrase.slack && start <= last) places.add(Pair(phrase, start))
                }
            }
        }
        return places
    }
}

/** How many letters of a phrase may be off. */
private fun allowed(letters: String): Int = when {
    letters.length < EXACT_BELOW -> 0
    letters.length < EDITS_FROM -> 1
    else -> minOf(MOST_EDITS, letters.length / LETTERS_PER_EDIT)
}

/** errors + 1 parts of a phrase, each with where it starts: with so many errors one part still stands unharmed. */
private fun pieces(letters: String, errors: Int): List<Pair<String, Int>> {
    val cuts = (0..errors + 1).map { letters.length * it / (errors + 1) }
    return cuts.zipWithNext { a, b -> Pair(letters.substring(a, b), a) }
}

/** Hits that start and end where a word does, or another hit that itself starts or ends a word. */
private fun wholeHits(bones: Skeleton, places: Set<Pair<Phrase, Int>>): List<Hit> {
    val letters = bones.letters
    val edges = bones.edges
    val hits = LinkedHashSet<Hit>()
    val inner = ArrayList<Pair<Phrase, Int>>()
    for ((phrase, start) in places) {
        if (phrase.slack > 0) {
            hits.addAll(elasticHits(letters, phrase, start))
        } else if (start !in edges && start + phrase.letters.length !in edges) {
            inner.add(Pair(phrase, start))
        } else {
            rigidHit(letters, phrase, start)?.let { hits.add(it) }
        }
    }
    val starts = edges + hits.filter { it.start in edges }.map { it.end }
    val ends = edges + hits.filter { it.end in edges }.map { it.start }
    for ((phrase, start) in inner) {
        if (start + phrase.letters.length in ends) rigidHit(letters, phrase, start)?.let { hits.add(it) }
    }
    return hits.filter { it.end in ends && (it.start in starts || shifted(it, edges)) }
}

/** The phrase at [start], unless too many letters are wrong. */
private fun rigidHit(letters: String, phrase: Phrase, start: Int): Hit? {
    val wanted = phrase.letters
    val end = start + wanted.length
    if (letters.startsWith(wanted, start)) return Hit(phrase, start, end, 0)
    if (phrase.allowed == 0) return null
    val errors = wanted.indices.count { letters[start + it] != wanted[it] }
    return if (errors <= phrase.allowed) Hit(phrase, start, end, errors) else null
}

/** The phrase about [start]: each end it may have within the errors allowed. */
private fun elasticHits(letters: String, phrase: Phrase, start: Int): List<Hit> {
    val first = maxOf(start - phrase.allowed, 0)
    val window = letters.part(first, start + phrase.letters.length + phrase.allowed)
    if (!sharesGrams(window, phrase.letters, phrase.allowed)) return emptyList()
    return edits(window, phrase.letters, phrase.allowed).map { Hit(phrase, first + it[0], first + it[1], it[2]) }
}

/** Whether edits are worth counting: each breaks at most GRAM of the grams of a phrase (Ukkonen 1992). */
private fun sharesGrams(window: String, wanted: String, allowed: Int): Boolean {
    var missing = allowed * GRAM
    for (i in 0..wanted.length - GRAM) {
        if (wanted.substring(i, i + GRAM) !in window) {
            missing -= 1
            if (missing < 0) return false
        }
    }
    return true
}

/**
 * (start, end, errors) by Sellers' approximate substring search (1980): a column of edit distances per letter.
 *
 * A cell holds errors * step + start, so that the smaller of two cells has fewer errors, and then starts earlier.
 * Below the last cell that is within the errors allowed only the next one can become so (Ukkonen 1985).
 */
private fun edits(letters: String, wanted: String, allowed: Int): List<IntArray> {
    val step = letters.length + 1
    val size = wanted.length
    val limit = (allowed + 1) * step
    val column = IntArray(size + 1) { it * step }
    var last = allowed
    val found = ArrayList<IntArray>()
    for (end in 1..letters.length) {
        val letter = letters[end - 1]
        var diagonal = column[0]
        column[0] = end
        var before = end
        last = minOf(last + 1, size)
        for (i in 1..last) {
            val above = column[i]
            val best = if (letter == wanted[i - 1]) diagonal else diagonal + step
            val rest = minOf(above, before) + step
            before = minOf(best, rest)
            column[i] = before
            diagonal = above
        }
        while (column[last] >= limit) last -= 1
        if (last == size) found.add(intArrayOf(column[size] % step, end, column[size] / step))
    }
    return found
}

/** Whether one stray letter stands before an exact phrase (`ITOTAL`), as a smudge or rule line is read. */
private fun shifted(hit: Hit, edges: Set<Int>): Boolean =
    hit.errors == 0 && hit.end - hit.start >= EXACT_BELOW && hit.start - 1 in edges

private fun mark(hit: Hit, bones: Skeleton): Mark {
    val first = bones.sources[hit.start]
    val last = bones.sources[hit.end - 1]
    return Mark(hit.phrase.kind, first, last + 1, hit.errors, hit.phrase.printed)
}

private fun withoutOverlaps(hits: List<Hit>): List<Hit> {
    val taken = ArrayList<Hit>()
    val order = compareBy<Hit>({ -it.worth }, { it.start }, { it.phrase.letters }, { it.errors })
    for (hit in hits.sortedWith(order)) {
        if (taken.all { hit.end <= it.start || hit.start >= it.end }) taken.add(hit)
    }
    return taken.sortedBy { it.start }
}
