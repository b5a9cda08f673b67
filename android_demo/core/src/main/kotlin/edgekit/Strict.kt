package edgekit

import java.math.BigInteger
import java.nio.ByteBuffer
import java.nio.charset.CharacterCodingException
import java.nio.charset.CodingErrorAction
import java.util.regex.Pattern

/*
 * Strict JSON: every value is checked where it is read, and an error names the path of the value at fault.
 */

private val PLAIN_KEY = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]*")
private const val LONGEST = 60 // characters of a wrong value that an error shows

/**
 * The root of a JSON document; [where] names it in errors.
 *
 * Throws [ManifestError] for anything that is not UTF-8 JSON, and for what JSON parsers read differently: a duplicate
 * key, NaN or infinity, a number beyond the range of a 64-bit float, half of a surrogate pair.
 */
fun loadJson(data: ByteArray, where: String): Node {
    val decoder = Charsets.UTF_8.newDecoder()
        .onMalformedInput(CodingErrorAction.REPORT)
        .onUnmappableCharacter(CodingErrorAction.REPORT)
    val bytes = ByteBuffer.wrap(data)
    val text = try {
        decoder.decode(bytes).toString()
    } catch (_: CharacterCodingException) {
        throw Node(null, "", where).error("not UTF-8 (byte ${bytes.position()})", "save the file as UTF-8")
    }
    return loadJson(text, where)
}

/** The root of a JSON document that is decoded already. */
fun loadJson(text: String, where: String): Node = try {
    Node(parseJson(text), "", where)
} catch (error: StrictError) {
    throw Node(null, "", where).error(error.problem, error.mend)
} catch (error: JsonError) {
    throw Node(null, "", where).error("not JSON (${error.message})", "write valid JSON")
}

/** A JSON value, its path in the document (`stages.detect.graphs[0].file`) and the document's name. */
class Node(val value: Any?, private val path: String, private val where: String) {
    /** The error to throw: document, path, what is wrong, how to mend it. */
    fun error(problem: String, mend: String): ManifestError {
        val place = if (path.isEmpty()) where else "$where: $path"
        return ManifestError("$place: $problem; $mend")
    }

    /** The members of an object that has exactly [keys], or some of [mayHave], too. */
    fun members(keys: Collection<String>, mayHave: Collection<String> = emptyList()): Map<String, Node> {
        val found = mapping()
        val known = keys + mayHave
        for ((key, node) in found) {
            if (key !in known) throw node.error("unknown key", "remove it (known keys: ${known.joinToString(", ")})")
        }
        for (key in keys) if (key !in found) throw child(key, null).error("missing", "add this key")
        return found
    }

    /** The members of an object with keys of its own choice. */
    fun mapping(): Map<String, Node> {
        val members = value as? Map<*, *> ?: throw wrong("an object")
        return members.entries.associate { (key, member) -> Pair(key as String, child(key, member)) }
    }

    /** The items of an array. */
    fun items(): List<Node> {
        val items = value as? List<*> ?: throw wrong("an array")
        return items.mapIndexed { i, item -> Node(item, "$path[$i]", where) }
    }

    /** A string, not empty unless [empty]. */
    fun text(empty: Boolean = false): String {
        val text = value as? String ?: throw wrong("a string")
        if (text.isEmpty() && !empty) throw error("empty string", "write at least one character")
        return text
    }

    /** A string that [pattern] matches as a whole; [what] names it. */
    fun matching(pattern: Pattern, what: String): String {
        if (!pattern.matcher(text(empty = true)).matches()) throw wrong(what)
        return text()
    }

    /** One of the given strings. */
    fun oneOf(choices: Collection<String>): String {
        if (text(empty = true) !in choices) throw wrong("one of ${choices.joinToString(", ")}")
        return text(empty = true)
    }

    /** An integer; true, false and 1.0 are not. */
    fun long(minimum: Long? = null): Long {
        val number = value as? BigInteger ?: throw wrong("an integer")
        if (number.bitLength() > 63) throw error("$number is too large", "write at most ${Long.MAX_VALUE}")
        if (minimum != null && number.toLong() < minimum) {
            throw error("$number is too small", "write at least $minimum")
        }
        return number.toLong()
    }

    /** An integer of 32 bits. */
    fun integer(minimum: Int? = null): Int {
        val number = long(minimum?.toLong())
        if (number > Int.MAX_VALUE) throw error("$number is too large", "write at most ${Int.MAX_VALUE}")
        if (number < Int.MIN_VALUE) throw error("$number is too small", "write at least ${Int.MIN_VALUE}")
        return number.toInt()
    }

    /** A finite number; an integer is taken as a float. */
    fun number(minimum: Double? = null): Double {
        val number = when (value) {
            is BigInteger -> value.toDouble()
            is Double -> value
            else -> throw wrong("a number")
        }
        if (number.isInfinite()) throw error("not a finite number", "write one that a 64-bit float can hold")
        if (minimum != null && number < minimum) {
            val least = if (minimum == Math.rint(minimum)) minimum.toLong().toString() else minimum.toString()
            throw error("${floatText(number)} is too small", "write at least $least")
        }
        return number
    }

    /** Numbers in an array. */
    fun numbers(): DoubleArray = items().map { it.number() }.toDoubleArray()

    /** null for null, else what [read] makes of it. */
    fun <T> optional(read: (Node) -> T): T? = if (value == null) null else read(this)

    /** [key], the name that this value has, as a value of its own at the same place. */
    internal fun named(key: String): Node = Node(key, path, where)

    private fun child(key: String, value: Any?): Node = when {
        !PLAIN_KEY.matcher(key).matches() -> Node(value, "$path[${quoted(key)}]", where)
        path.isEmpty() -> Node(value, key, where)
        else -> Node(value, "$path.$key", where)
    }

    private fun wrong(expected: String): ManifestError {
        val shown = shown(value)
        val short = if (shown.length <= LONGEST) shown else shown.take(LONGEST - 3) + "..."
        return error("$short is not $expected", "write $expected")
    }
}

/** A value as Python shows it. */
private fun shown(value: Any?): String = when (value) {
    null -> "None"
    true -> "True"
    false -> "False"
    is String -> quoted(value)
    is Double -> floatText(value)
    is List<*> -> value.joinToString(", ", "[", "]") { shown(it) }
    is Map<*, *> -> value.toSortedMap(compareBy { it as String }).entries
        .joinToString(", ", "{", "}") { (key, member) -> "${quoted(key as String)}: ${shown(member)}" }
    else -> value.toString()
}
