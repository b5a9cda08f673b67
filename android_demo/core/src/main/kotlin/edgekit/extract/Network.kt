package edgekit.extract

import edgekit.BackendError
import edgekit.Session
import edgekit.Tensor
import kotlin.math.exp
import kotlin.math.ln
import kotlin.math.ln1p

/*
 * What the extraction network says of the words of a page.
 */

/** Tags of which a receipt has one: the scores of all words and that of none, 0, are a softmax. */
val POINTED = listOf("date", "time", "currency", "subtotal", "tax", "total")

/** Log of the least share that counts: below it, a network that is sure says nothing more. */
const val FLOOR = -12.0
private const val STEEPEST = 6.0 // log-odds of a word beyond which more says nothing

/**
 * The network's word on a page.
 *
 * [spans]: its words in reading order. [odds]: by tag, the log-odds of each word, within +-6. [shares]: by POINTED tag,
 * the log of each word's share and, last, of the share of none.
 */
class Reading(
    val spans: List<WordSpan>,
    val odds: Map<String, DoubleArray>,
    val shares: Map<String, DoubleArray>,
) {
    /** Numbers of the words of each row, and of each line. */
    val byRow: Map<Int, List<Int>> = spans.indices.groupBy { spans[it].row }
    val byLine: Map<Int, List<Int>> = spans.indices.groupBy { spans[it].line }

    /** Numbers of the words that touch the characters [start, end) of a row. */
    fun words(row: Int, start: Int, end: Int): List<Int> =
        (byRow[row] ?: emptyList()).filter { spans[it].start < end && spans[it].end > start }

    /** Log of the share of a POINTED tag that falls on some words together; FLOOR or more. */
    fun share(tag: String, words: Collection<Int>): Double {
        val shares = shares.getValue(tag)
        var whole = 0.0
        for (word in words) whole += exp(shares[word])
        return if (whole > 0) maxOf(ln(whole), FLOOR) else FLOOR
    }

    /** Log of the share that a receipt shows none of a POINTED tag; FLOOR or more. */
    fun none(tag: String): Double = maxOf(shares.getValue(tag).last(), FLOOR)

    /** Log of the largest share of a POINTED tag that falls on another word, or on none; FLOOR or more. */
    fun against(tag: String, words: Collection<Int>): Double {
        val shares = shares.getValue(tag)
        return shares.indices.filter { it !in words }.maxOfOrNull { shares[it] } ?: FLOOR
    }

    /** The word with the largest share of a POINTED tag; null where none of them is likelier. */
    fun best(tag: String): Int? {
        val shares = shares.getValue(tag)
        val found = shares.indices.maxByOrNull { shares[it] } ?: return null
        return if (found < spans.size) found else null
    }

    /** Log-odds of some words for any tag, within +-6. */
    fun said(tag: String, words: Iterable<Int>): List<Double> {
        val odds = odds.getValue(tag)
        return words.map { odds[it] }
    }
}

/** The network and what it is given. Safe to use from several threads, as its session is. */
class Network(private val session: Session) {
    /**
     * What it says of a page; null for a page without words. [found]: the page's [entries].
     *
     * Throws [BackendError] if the engine fails, or gives something else than a score per word and tag.
     */
    fun read(page: Page, found: List<Entry>, lexicon: Lexicon): Reading? {
        val words = encode(page, found, lexicon)
        if (words.spans.isEmpty()) return null
        val chars = Tensor.Ints(intArrayOf(1, words.bucket, LETTERS), words.chars)
        val places = Tensor.Floats(intArrayOf(1, words.bucket, PLACES.size), words.places)
        val scores = session.run(chars, places).first()
        val shape = intArrayOf(1, words.bucket, TAGS.size)
        if (!scores.shape.contentEquals(shape)) {
            val problem = "scores of shape ${scores.shape.toList()}, not ${shape.toList()}"
            throw BackendError("stage 'extract': $problem; export the bundle again")
        }
        return readingOf(words.spans, scores.floats("extract"))
    }
}

/** The reading that scores (words x TAGS, row by row) amount to. */
fun readingOf(spans: List<WordSpan>, scores: FloatArray): Reading {
    fun column(tag: String) = DoubleArray(spans.size) { scores[it * TAGS.size + TAGS.indexOf(tag)].toDouble() }
    return Reading(
        spans = spans,
        odds = TAGS.associateWith { tag ->
            column(tag).also { odds -> for (i in odds.indices) odds[i] = odds[i].coerceIn(-STEEPEST, STEEPEST) }
        },
        shares = POINTED.associateWith { tag -> logShares(column(tag) + 0.0) },
    )
}

/** Scores less the log of the sum of their exponentials. */
private fun logShares(scores: DoubleArray): DoubleArray {
    var whole = Double.NEGATIVE_INFINITY
    for (score in scores) {
        val top = maxOf(whole, score)
        whole = if (whole == Double.NEGATIVE_INFINITY) score else top + ln1p(exp(minOf(whole, score) - top))
    }
    return DoubleArray(scores.size) { scores[it] - whole }
}
