package edgekit.parsing

/*
 * Text reduced to what survives a reading error: the skeleton that anchors are compared in.
 */

// Glyphs a recogniser mixes up share one letter. L joins I because receipts print l, I and 1 alike.
private val TWINS = pairs("01L|!5862", "OIIIISBGZ")
private val PLAIN = mapOf(
    'ß' to "SS", 'Ø' to "O", 'ø' to "O", 'Æ' to "AE", 'æ' to "AE", 'Œ' to "OE", 'œ' to "OE", 'Ł' to "L", 'ł' to "L",
)

/** Stands in a skeleton for what was masked: no letter, and longer than the most letters a phrase may have too many. */
const val BREAK = "\n\n\n"

/**
 * Letters and digits of a text, folded, each with where it came from.
 *
 * [letters]: upper case, no accents, look-alikes merged, nothing between words. [sources]: for each of [letters] its
 * index in the text. [edges]: places between letters, 0 to their number, where a word starts or ends.
 */
class Skeleton(val letters: String, val sources: IntArray, val edges: Set<Int>)

/** Upper case without accents; what is neither letter nor digit stays as it is. */
fun fold(text: String): String {
    if (text.isAscii()) return text.uppercase()
    val spelt = buildString { for (c in text) append(PLAIN[c] ?: c.toString()) }
    return decomposed(spelt).uppercase()
}

/** Folded text with look-alike glyphs merged (`T0TAL` and `TOTAl` both become `TOTAI`). */
fun mergeTwins(folded: String): String = folded.translated(TWINS)

/** The skeleton's letters alone: what two phrases are compared by. */
fun squash(text: String): String = mergeTwins(fold(text)).filter { it.isAlnum() }

/** The skeleton of a text; each masked [start, end) range becomes a [BREAK] that no phrase reaches across. */
fun skeleton(text: String, masked: List<Range> = emptyList()): Skeleton {
    val hidden = BooleanArray(text.length)
    for (range in masked) for (i in range.start until minOf(range.end, text.length)) hidden[i] = true
    val letters = StringBuilder()
    val sources = ArrayList<Int>(text.length)
    for (i in text.indices) {
        val part = when {
            !hidden[i] -> if (text[i].code < 128) asciiLetter(text[i]) else squash(text[i].toString())
            i == 0 || !hidden[i - 1] -> BREAK
            else -> ""
        }
        letters.append(part)
        repeat(part.length) { sources.add(i) }
    }
    val edges = hashSetOf(0, letters.length)
    for (k in 1 until sources.size) if (sources[k] - sources[k - 1] > 1) edges.add(k)
    for (k in letters.indices) if (letters[k] == '\n') edges.addAll(listOf(k, k + 1))
    return Skeleton(letters.toString(), sources.toIntArray(), edges)
}

private val ASCII = Array(128) { code -> squash(code.toChar().toString()) }

private fun asciiLetter(c: Char): String = ASCII[c.code]

/** The characters [start, end) of a text. */
data class Range(val start: Int, val end: Int)
