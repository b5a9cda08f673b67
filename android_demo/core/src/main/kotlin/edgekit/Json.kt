package edgekit

import java.math.BigDecimal
import java.math.BigInteger
import java.math.MathContext

/*
 * JSON without a library: objects are LinkedHashMap, arrays List, integers BigInteger, other numbers Double, and so are
 * texts, flags and null what they are in Kotlin.
 */

/** Why a text is not JSON. */
class JsonError(message: String) : Exception(message)

/** Why a value has no place in strict JSON, in the words of `strict.py`: the problem, and how to mend it. */
internal class StrictError(val problem: String, val mend: String) : Exception(problem)

private const val DEEPEST = 500

/** What a JSON text says. Throws [JsonError], or [StrictError] for what JSON parsers read differently. */
internal fun parseJson(text: String): Any? = JsonReader(text).document()

private class JsonReader(private val text: String) {
    private var at = 0

    fun document(): Any? {
        val value = value(0)
        space()
        if (at < text.length) fail("extra data")
        return value
    }

    private fun fail(problem: String): Nothing = throw JsonError("$problem at character $at")

    private fun space() {
        while (at < text.length && text[at] in " \t\n\r") at += 1
    }

    private fun value(depth: Int): Any? {
        space()
        if (depth > DEEPEST) throw StrictError("nested too deeply", "a manifest is at most a few levels deep")
        return when (val c = text.getOrNull(at) ?: fail("a value is missing")) {
            '{' -> members(depth)
            '[' -> items(depth)
            '"' -> string()
            '-', in '0'..'9' -> number()
            else -> word(c)
        }
    }

    private fun word(first: Char): Any? {
        for ((word, value) in WORDS) if (text.startsWith(word, at)) return value.also { at += word.length }
        for (word in listOf("NaN", "Infinity")) if (text.startsWith(word, at)) throw notFinite(word)
        fail("'$first' starts no value")
    }

    private fun members(depth: Int): Map<String, Any?> {
        val found = LinkedHashMap<String, Any?>()
        var repeated: String? = null
        at += 1
        space()
        if (text.getOrNull(at) == '}') return found.also { at += 1 }
        while (true) {
            space()
            if (text.getOrNull(at) != '"') fail("a key is missing")
            val key = string()
            space()
            if (text.getOrNull(at) != ':') fail("a colon is missing")
            at += 1
            val value = value(depth + 1)
            if (key in found && repeated == null) repeated = key
            found[key] = value
            if (!goesOn('}')) break
        }
        if (repeated != null) throw twice(repeated)
        return found
    }

    private fun items(depth: Int): List<Any?> {
        val found = ArrayList<Any?>()
        at += 1
        space()
        if (text.getOrNull(at) == ']') return found.also { at += 1 }
        do found.add(value(depth + 1)) while (goesOn(']'))
        return found
    }

    private fun goesOn(end: Char): Boolean {
        space()
        val c = text.getOrNull(at) ?: fail("'$end' is missing")
        if (c != ',' && c != end) fail("',' or '$end' is missing")
        at += 1
        return c == ','
    }

    private fun string(): String {
        val found = StringBuilder()
        at += 1
        while (true) {
            val c = text.getOrNull(at) ?: fail("a string has no end")
            at += 1
            when {
                c == '"' -> return whole(found.toString())
                c == '\\' -> found.append(escaped())
                c < ' ' -> fail("a control character in a string")
                else -> found.append(c)
            }
        }
    }

    private fun escaped(): Char {
        val c = text.getOrNull(at) ?: fail("a string has no end")
        at += 1
        ESCAPES[c]?.let { return it }
        val digits = if (c == 'u' && at + 4 <= text.length) text.substring(at, at + 4) else fail("an unknown escape")
        if (digits.any { Character.digit(it, 16) < 0 || it.code > 127 }) fail("an unknown escape")
        at += 4
        return digits.toInt(16).toChar()
    }

    private fun number(): Any {
        if (text.startsWith("-Infinity", at)) throw notFinite("-Infinity")
        val start = at
        if (text[at] == '-') at += 1
        if (text.getOrNull(at) == '0') at += 1 else digits()
        val whole = at
        if (text.getOrNull(at) == '.' && text.getOrNull(at + 1)?.isAsciiDigit() == true) {
            at += 1
            digits()
        }
        val exponent = EXPONENT.matcher(text).region(at, text.length)
        if (exponent.lookingAt()) at = exponent.end()
        val written = text.substring(start, at)
        if (at == whole) return BigInteger(written)
        val value = written.toDouble()
        return if (value.isInfinite()) throw notFinite(written) else value
    }

    private fun digits() {
        if (text.getOrNull(at)?.isAsciiDigit() != true) fail("a digit is missing")
        while (text.getOrNull(at)?.isAsciiDigit() == true) at += 1
    }
}

private fun Char.isAsciiDigit() = this in '0'..'9'

private val EXPONENT = java.util.regex.Pattern.compile("[eE][+-]?[0-9]+")
private val WORDS = linkedMapOf("true" to true, "false" to false, "null" to null)
private val ESCAPES = mapOf(
    '"' to '"', '\\' to '\\', '/' to '/', 'b' to '\b', 'f' to '\u000c', 'n' to '\n', 'r' to '\r', 't' to '\t',
)

private fun notFinite(number: String) =
    StrictError("$number is not a finite number", "write one that a 64-bit float can hold")

private fun twice(key: String) = StrictError("the key ${quoted(key)} appears twice in one object", "keep one of them")

private fun whole(text: String): String {
    for (i in text.indices) {
        val high = Character.isHighSurrogate(text[i])
        val low = Character.isLowSurrogate(text[i])
        val other = text.getOrNull(if (high) i + 1 else i - 1)
        val paired = other != null && other.isSurrogate() && Character.isHighSurrogate(other) != high
        if ((high || low) && !paired) {
            throw StrictError("a string holds half of a surrogate pair", "write whole characters")
        }
    }
    return text
}

/** Compact JSON of maps, lists, texts, flags, integers and finite numbers, as Python's `json.dumps` writes it. */
fun writeJson(value: Any?): String = StringBuilder().also { write(value, it) }.toString()

private fun write(value: Any?, out: StringBuilder) {
    when (value) {
        null, is Boolean, is Int, is Long, is BigInteger -> out.append(value)
        is Double -> out.append(floatText(value))
        is String -> writeText(value, out)
        is Map<*, *> -> {
            out.append('{')
            for ((key, member) in value) {
                if (!out.endsWith("{")) out.append(", ")
                writeText(key as String, out)
                write(member, out.append(": "))
            }
            out.append('}')
        }
        is List<*> -> {
            out.append('[')
            value.forEachIndexed { i, item ->
                if (i > 0) out.append(", ")
                write(item, out)
            }
            out.append(']')
        }
        else -> throw IllegalArgumentException("${value::class.java.name} cannot be written as JSON")
    }
}

private fun writeText(text: String, out: StringBuilder) {
    out.append('"')
    for (c in text) {
        val escape = ESCAPES.entries.firstOrNull { it.value == c && c != '/' }
        when {
            escape != null -> out.append('\\').append(escape.key)
            c < ' ' -> out.append("\\u").append(c.code.toString(16).padStart(4, '0'))
            else -> out.append(c)
        }
    }
    out.append('"')
}

/** A float in the fewest digits that give it back, spelt as Python does. */
internal fun floatText(value: Double): String {
    if (value == 0.0) return if (1 / value < 0) "-0.0" else "0.0"
    val exact = BigDecimal(value)
    val digits = (1..17).map { exact.round(MathContext(it)) }.first { it.toDouble() == value }.stripTrailingZeros()
    val exponent = digits.precision() - digits.scale() - 1
    if (exponent in -4..15) return digits.toPlainString().let { if ('.' in it) it else "$it.0" }
    val all = digits.unscaledValue().abs().toString()
    val mantissa = if (all.length > 1) all[0] + "." + all.substring(1) else all
    val power = (if (exponent < 0) "-" else "+") + kotlin.math.abs(exponent).toString().padStart(2, '0')
    return (if (value < 0) "-" else "") + mantissa + "e" + power
}

/** A text in the quotes that Python shows it in. */
internal fun quoted(text: String): String {
    val mark = if ('\'' in text && '"' !in text) '"' else '\''
    val shown = StringBuilder().append(mark)
    for (c in text) {
        when {
            c == mark || c == '\\' -> shown.append('\\').append(c)
            c == '\n' -> shown.append("\\n")
            c == '\r' -> shown.append("\\r")
            c == '\t' -> shown.append("\\t")
            c < ' ' || c == '\u007f' -> shown.append("\\x").append(c.code.toString(16).padStart(2, '0'))
            else -> shown.append(c)
        }
    }
    return shown.append(mark).toString()
}
