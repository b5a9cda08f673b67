package edgekit.extract

import edgekit.parsing.EDGE
import edgekit.parsing.LETTER
import edgekit.parsing.fold
import edgekit.parsing.isAlnum
import edgekit.parsing.isAlpha
import edgekit.parsing.pairs
import edgekit.parsing.part
import edgekit.parsing.pattern
import edgekit.parsing.translated

/*
 * A vendor's name with those reading errors put right that need no guess.
 */

private val INSIDE = pattern("(?<=[$LETTER])[01258]{1,2}(?=[$LETTER])")
private val ZERO_FIRST = pattern("${EDGE}0(?=[$LETTER]{2})")
private val ONE_BETWEEN_POINTS = pattern("(?<=[A-Z]\\.)1(?=\\.[A-Z])")
private val CAPITAL = pairs("01258", "OIZSB")
private val SMALL = pairs("01258", "olzsB")

/**
 * The name with the reading errors put right that need no guess: nothing is added, characters only change.
 *
 * What was read stays in the field's text, so a mended name can be told from one as printed. Digits between letters of
 * one word become the letters they resemble (`B00K`), and a company suffix gets its spelling (`SON BHD`, `S/8`).
 */
fun mended(name: String, lexicon: Lexicon): String {
    var text = withLettersInside(name)
    text = ZERO_FIRST.matcher(text).replaceAll("O")
    text = ONE_BETWEEN_POINTS.matcher(text).replaceAll("I")
    for (mark in lexicon.names.find(text)) {
        val span = text.part(mark.start, mark.end)
        val legal = mark.kind == "legal" && (span.any { it.isAlpha() } || "/" in span)
        if (legal || (mark.kind == "company" && mark.errors == 0)) {
            text = text.part(0, mark.start) + respelt(span, mark.phrase) + text.part(mark.end)
        }
    }
    return text
}

private fun withLettersInside(text: String): String {
    val found = StringBuilder(text)
    val match = INSIDE.matcher(text)
    while (match.find()) {
        val small = text[match.start() - 1].isLowerCase() || text[match.end()].isLowerCase()
        found.replace(match.start(), match.end(), match.group().translated(if (small) SMALL else CAPITAL))
    }
    return found.toString()
}

/** The span with the letters of the phrase, where both have as many; its own case and punctuation stay. */
private fun respelt(span: String, phrase: String): String {
    val letters = phrase.filter { it.isAlnum() }
    if (span.count { it.isAlnum() } != letters.length) return span
    val small = span.count { it.isLowerCase() } > span.count { it.isUpperCase() }
    var next = 0
    return span.map { if (it.isAlnum()) respeltLetter(it, letters[next++], small) else it.toString() }.joinToString("")
}

private fun respeltLetter(read: Char, wanted: Char, small: Boolean): String = when {
    fold(read.toString()) == wanted.toString() -> read.toString()
    small -> wanted.toString().lowercase()
    else -> wanted.toString()
}
