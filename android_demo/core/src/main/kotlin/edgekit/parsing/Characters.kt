package edgekit.parsing

import java.text.Normalizer
import java.util.regex.Matcher
import java.util.regex.Pattern

/*
 * Characters and patterns as Python sees them, spelt so that the JVM and Android agree: Android's patterns refuse the
 * flag UNICODE_CHARACTER_CLASS, and the JVM's classes are ASCII without it.
 */

/** What `\w` stands for, inside of brackets. */
internal const val WORD = "\\p{L}\\p{N}_"

/** What `\d` stands for, inside of brackets. */
internal const val DIGIT = "\\p{Nd}"

/** What `[^\W\d_]` stands for, inside of brackets: letters, and numbers that are no decimal digits. */
internal const val LETTER = "\\p{L}\\p{Nl}\\p{No}"

/** What `\s` stands for, inside of brackets. */
internal const val SPACE = "\\s\\x1c-\\x1f\\x85\\p{Z}"

/** What `\b` stands for. */
internal const val EDGE = "(?:(?<=[$WORD])(?![$WORD])|(?<![$WORD])(?=[$WORD]))"

/** A pattern in which only a line feed ends a line. */
internal fun pattern(text: String, flags: Int = 0): Pattern = Pattern.compile(text, flags or Pattern.UNIX_LINES)

internal const val ANY_CASE = Pattern.CASE_INSENSITIVE or Pattern.UNICODE_CASE

/** The match that starts at [start]; what precedes it can be looked back at. */
internal fun Pattern.matchAt(text: String, start: Int): Matcher? {
    if (start > text.length) return null
    val matcher = matcher(text).useTransparentBounds(true).useAnchoringBounds(false).region(start, text.length)
    return if (matcher.lookingAt()) matcher else null
}

internal fun Pattern.finds(text: String): Boolean = matcher(text).find()

/** The part [start, end) of a text, as much of it as there is. */
internal fun String.part(start: Int, end: Int = length): String {
    val first = start.coerceIn(0, length)
    return substring(first, end.coerceIn(first, length))
}

internal fun Char.isAlpha(): Boolean = isLetter()

/** Digits that count, as Unicode's property Numeric_Type has it: decimal ones, raised, lowered and circled ones. */
internal fun Char.isNumeral(): Boolean = when (this) {
    '\u00b2', '\u00b3', '\u00b9', '\u2070' -> true
    in '\u2074'..'\u2079', in '\u2080'..'\u2089', in '\u2460'..'\u2468', in '\u2474'..'\u247c' -> true
    in '\u2488'..'\u2490', '\u24ea', in '\u24f5'..'\u24fd', '\u24ff', in '\u2776'..'\u277e' -> true
    in '\u2780'..'\u2788', in '\u278a'..'\u2792', in '\u1369'..'\u1371', '\u19da' -> true
    else -> Character.isDigit(this)
}

internal fun Char.isAlnum(): Boolean = isLetter() || when (Character.getType(this).toByte()) {
    Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> true
    else -> false
}

internal fun Char.isBlank(): Boolean =
    this == ' ' || this in '\t'..'\r' || this in '\u001c'..'\u001f' || this == '\u0085' || Character.isSpaceChar(this)

internal fun String.isAlpha(): Boolean = isNotEmpty() && all { it.isAlpha() }

internal fun String.isNumeral(): Boolean = isNotEmpty() && all { it.isNumeral() }

internal fun String.isAlnum(): Boolean = isNotEmpty() && all { it.isAlnum() }

/** The text without spaces of any kind at its ends. */
fun strip(text: String): String = text.trim { it.isBlank() }

internal fun stripEnd(text: String): String = text.trimEnd { it.isBlank() }

internal fun String.isAscii(): Boolean = all { it < '\u0080' }

/** A text with some characters replaced by one each. */
internal fun String.translated(pairs: Map<Char, Char>): String {
    if (none { it in pairs }) return this
    return String(CharArray(length) { pairs[this[it]] ?: this[it] })
}

internal fun pairs(from: String, to: String): Map<Char, Char> {
    require(from.length == to.length) { "$from and $to pair up" }
    return from.indices.associate { from[it] to to[it] }
}

/** Compatibility decomposition (NFKD) without combining marks. */
internal fun decomposed(text: String): String =
    Normalizer.normalize(text, Normalizer.Form.NFKD)
        .filter { Character.getType(it).toByte() != Character.NON_SPACING_MARK }
