package edgekit.extract

import edgekit.parsing.isBlank
import edgekit.parsing.part

/*
 * Words of a page as numbers: what the extraction network is given.
 */

/** What a word may be, in the order of the network's scores. */
val TAGS = listOf(
    "vendor", "date", "time", "currency", "subtotal", "tax", "total", "description", "quantity", "amount",
)

/** Characters of a word that the network sees: of a longer word the first and the last half of them. */
const val LETTERS = 16

/** Numbers of words that the network takes. */
val BUCKETS = intArrayOf(64, 128, 256, 512)
private const val CHAR_IDS = 400 // 0 is padding, 1 to 384 are code points below 0x180, the rest share 15 numbers
private const val HEAD = 128 // words kept from the top where a page has more than fit; the rest are its last ones
private const val PLAIN = 0x180
private const val SHARED = CHAR_IDS - PLAIN - 1

/**
 * The network's inputs, and where each word stands.
 *
 * [chars]: [bucket] x LETTERS. [places]: [bucket] x PLACES. [spans]: one per word, in reading order; rows of the arrays
 * beyond them are zeros.
 */
class Words(val bucket: Int, val chars: IntArray, val places: FloatArray, val spans: List<WordSpan>)

/**
 * The words of a page. [found]: its [entries].
 *
 * Words are parted by spaces, and where a price, a date or a time starts or ends ("TOTAL9.00" is two). Of more than 512
 * the first 128 and the last 384 are kept.
 */
fun encode(page: Page, found: List<Entry>, lexicon: Lexicon): Words {
    val byRow = page.rows.map { spansOf(it) }
    var spans = byRow.flatten()
    if (spans.size > BUCKETS.last()) spans = spans.take(HEAD) + spans.takeLast(BUCKETS.last() - HEAD)
    val bucket = BUCKETS.first { it >= spans.size }
    val chars = IntArray(bucket * LETTERS)
    val places = FloatArray(bucket * PLACES.size)
    val kept = spans.toSet()
    val sheet = Sheet(page, found, lexicon)
    var number = 0
    for ((row, words) in page.rows.zip(byRow)) {
        for (i in words.indices.filter { words[it] in kept }) {
            charIds(row.text.part(words[i].start, words[i].end)).copyInto(chars, number * LETTERS)
            sheet.placesOf(row, words, i).copyInto(places, number * PLACES.size)
            number += 1
        }
    }
    return Words(bucket, chars, places, spans)
}

/** The numbers of a word's characters, at most LETTERS. */
private fun charIds(text: String): IntArray {
    val half = LETTERS / 2
    val seen = if (text.length > LETTERS) text.take(half) + text.takeLast(half) else text
    return IntArray(seen.length) { i ->
        val code = seen[i].code
        if (code < PLAIN) 1 + code else PLAIN + 1 + code % SHARED
    }
}

private fun spansOf(row: PageRow): List<WordSpan> {
    val cuts = HashSet<Int>()
    for (amount in row.amounts.filter { it.isMoney }) cuts.addAll(listOf(amount.start, amount.end))
    for (date in row.dates) cuts.addAll(listOf(date.start, date.end))
    for (time in row.times.filter { it.clear }) cuts.addAll(listOf(time.start, time.end))
    val found = ArrayList<WordSpan>()
    for (piece in row.pieces) {
        var start = piece.start
        for (at in piece.start..piece.end) {
            val ends = at == piece.end || row.text[at].isBlank()
            if ((ends || at in cuts) && at > start) found.add(span(row, piece, start, at))
            if (ends) {
                start = at + 1
            } else if (at in cuts) {
                start = at
            }
        }
    }
    return found
}

private fun span(row: PageRow, piece: Piece, start: Int, end: Int): WordSpan {
    val step = (piece.right - piece.left) / (piece.end - piece.start)
    val left = piece.left + step * (start - piece.start)
    val right = piece.left + step * (end - piece.start)
    return WordSpan(row.index, piece.line, start, end, left, right)
}
