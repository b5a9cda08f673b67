package edgekit.golden

import edgekit.Item
import edgekit.Picture
import edgekit.Point
import edgekit.Quad
import edgekit.TextLine
import edgekit.extract.Answers
import edgekit.extract.Entry
import edgekit.extract.Found
import edgekit.extract.Name
import edgekit.extract.PageRow
import edgekit.extract.Parts
import edgekit.extract.Piece
import edgekit.extract.RegionFound
import edgekit.extract.Span
import edgekit.extract.WordSpan
import edgekit.parsing.Amount
import edgekit.parsing.Mark
import edgekit.parsing.PrintedDate
import edgekit.parsing.PrintedTime
import edgekit.parsing.Range
import edgekit.parsing.Reading
import edgekit.parsing.Skeleton
import java.math.BigDecimal
import java.math.BigInteger
import java.util.Base64
import kotlin.math.abs

/*
 * Values of the runtime as plain JSON, and the comparison that every port uses: floats near, all else exact.
 */

typealias Json = Map<*, *>

/** Plain JSON: objects, quads as eight numbers, amounts as texts, sets sorted. */
fun plain(value: Any?): Any? = when (value) {
    null, is String, is Boolean, is Double, is BigInteger -> value
    is Int -> BigInteger.valueOf(value.toLong())
    is Long -> BigInteger.valueOf(value)
    is Float -> value.toDouble()
    is BigDecimal -> value.toPlainString()
    is Set<*> -> value.map { it as Int }.sorted().map { plain(it) }
    is List<*> -> value.map { plain(it) }
    is Map<*, *> -> value.entries.associate { (key, member) -> Pair(key.toString(), plain(member)) }
    is DoubleArray -> value.toList()
    is IntArray -> value.map { plain(it) }
    else -> plain(members(value))
}

private fun members(value: Any): Any? = when (value) {
    is Point -> listOf(value.x, value.y)
    is Quad -> value.points.flatMap { listOf(it.x, it.y) }
    is Reading -> listOf(value.order, value.day)
    is Range -> listOf(value.start, value.end)
    is Span -> listOf(value.start, value.end)
    is Item -> value.toMap() + mapOf("confidence" to value.confidence)
    is Amount -> mapOf(
        "value" to value.value, "start" to value.start, "end" to value.end, "decimals" to value.decimals,
        "grouped" to value.grouped, "code" to value.code, "mark" to value.mark, "percent" to value.percent,
        "noisy" to value.noisy,
    )
    is PrintedDate -> mapOf(
        "readings" to value.readings, "start" to value.start, "end" to value.end, "long_year" to value.longYear,
        "named_month" to value.namedMonth, "damaged" to value.damaged,
    )
    is PrintedTime -> mapOf(
        "value" to value.value, "start" to value.start, "end" to value.end, "half_day" to value.halfDay,
        "clear" to value.clear,
    )
    is Mark -> mapOf(
        "kind" to value.kind, "start" to value.start, "end" to value.end, "errors" to value.errors,
        "phrase" to value.phrase,
    )
    is Skeleton -> mapOf("letters" to value.letters, "sources" to value.sources, "edges" to value.edges)
    else -> membersOfExtraction(value)
}

private fun membersOfExtraction(value: Any): Any? = when (value) {
    is Piece -> mapOf(
        "start" to value.start, "end" to value.end, "line" to value.line, "left" to value.left, "right" to value.right,
        "height" to value.height,
    )
    is PageRow -> mapOf(
        "index" to value.index, "text" to value.text, "pieces" to value.pieces, "height" to value.height,
        "amounts" to value.amounts, "marks" to value.marks, "dates" to value.dates, "times" to value.times,
    )
    is Entry -> mapOf(
        "kind" to value.kind, "amount" to value.amount, "is_money" to value.isMoney, "text" to value.text,
        "row" to value.row, "order" to value.order, "siblings" to value.siblings, "adopted" to value.adopted,
        "errors" to value.errors, "height" to value.height, "confidence" to value.confidence, "lines" to value.lines,
    )
    is RegionFound -> mapOf(
        "currency" to value.currency, "mark" to value.mark, "lines" to value.lines, "agreement" to value.agreement,
        "orders" to value.orders,
    )
    is Parts -> mapOf(
        "bases" to value.bases.map { listOf(it.value, it.row) }, "taxes" to value.taxes, "extras" to value.extras,
        "roundings" to value.roundings, "corrections" to value.corrections, "paid" to value.paid,
        "change" to value.change,
    )
    is Name -> mapOf("text" to value.text, "lines" to value.lines, "score" to value.score)
    is WordSpan -> mapOf(
        "row" to value.row, "line" to value.line, "start" to value.start, "end" to value.end, "left" to value.left,
        "right" to value.right,
    )
    is Found<*> -> mapOf(
        "value" to value.value, "text" to value.text, "confidence" to value.confidence, "lines" to value.lines,
        "alternatives" to value.alternatives,
    )
    is Answers -> mapOf(
        "vendor" to value.vendor, "date" to value.date, "time" to value.time, "currency" to value.currency,
        "subtotal" to value.subtotal, "tax" to value.tax, "total" to value.total,
    )
    else -> throw IllegalArgumentException("${value::class.java.name} has no plain form")
}

/** Where two plain values differ, and how; null where they are equal. */
fun difference(found: Any?, expected: Any?, tolerance: Double, where: String = ""): String? {
    if (expected is Double && found is Double) {
        val near = abs(found - expected) <= tolerance * maxOf(1.0, abs(found), abs(expected))
        return if (near) null else "$where: $found is not $expected"
    }
    if (expected is Map<*, *> && found is Map<*, *>) {
        if (found.keys != expected.keys) return "$where: keys ${found.keys} are not ${expected.keys}"
        return expected.keys.firstNotNullOfOrNull { difference(found[it], expected[it], tolerance, "$where.$it") }
    }
    if (expected is List<*> && found is List<*>) {
        if (found.size != expected.size) return "$where: ${found.size} items are not ${expected.size}"
        return expected.indices.firstNotNullOfOrNull { difference(found[it], expected[it], tolerance, "$where[$it]") }
    }
    return if (found == expected) null else "$where: ${shown(found)} is not ${shown(expected)}"
}

private fun shown(value: Any?): String = value.toString().let { if (it.length <= 120) it else it.take(117) + "..." }

fun Any?.at(key: String): Any? = (this as Json)[key]

fun Any?.int(): Int = (this as BigInteger).toInt()

fun Any?.double(): Double = (this as Number).toDouble()

fun Any?.list(): List<Any?> = this as List<Any?>

fun quadOf(value: Any?): Quad {
    val (a, b, c, d) = value.list().map { it.double() }.chunked(2) { Point(it[0], it[1]) }
    return Quad(a, b, c, d)
}

fun lineOf(value: Any?): TextLine =
    TextLine(value.at("text") as String, quadOf(value.at("quad")), value.at("confidence").double())

fun pictureOf(value: Any?): Picture {
    val bytes = Base64.getDecoder().decode(value.at("rgb") as String)
    val pixels = IntArray(bytes.size / 3) { i ->
        (0..2).fold(0) { pixel, channel -> (pixel shl 8) or (bytes[3 * i + channel].toInt() and 0xff) }
    }
    return Picture(value.at("width").int(), value.at("height").int(), pixels)
}

fun pictureTo(picture: Picture): Any = mapOf(
    "width" to picture.width,
    "height" to picture.height,
    "rgb" to Base64.getEncoder().encodeToString(picture.toBytes()),
)
