package edgekit

import java.math.BigDecimal
import java.math.RoundingMode

/*
 * What a read returns. Immutable.
 *
 * Coordinates are pixels of the picture as a viewer shows it (EXIF orientation applied): x to the right, y down, the
 * centre of the first pixel at (0.5, 0.5). Whatever way up the receipt lies in it, a quad starts at the corner where
 * its text starts.
 */

data class Point(val x: Double, val y: Double)

/** Four corners, clockwise from the corner where the text starts (top-left in reading direction). */
data class Quad(val topLeft: Point, val topRight: Point, val bottomRight: Point, val bottomLeft: Point) {
    val points: List<Point> get() = listOf(topLeft, topRight, bottomRight, bottomLeft)

    /** The quad whose corners are those of this one, each put through [place]. */
    inline fun map(place: (Point) -> Point): Quad =
        Quad(place(topLeft), place(topRight), place(bottomRight), place(bottomLeft))

    /** The same area read the other way up. */
    fun flipped(): Quad = Quad(bottomRight, bottomLeft, topLeft, topRight)

    /** Eight numbers `x1 y1 ... x4 y4`, rounded to a tenth of a pixel. */
    fun toList(): List<Double> = points.flatMap { listOf(rounded(it.x, 1), rounded(it.y, 1)) }
}

/** One run of text as read: its characters, where it stands, and the recogniser's confidence in 0..1. */
data class TextLine(val text: String, val quad: Quad, val confidence: Double) {
    fun toMap(): Map<String, Any?> =
        linkedMapOf("text" to text, "quad" to quad.toList(), "confidence" to rounded(confidence, 4))
}

/**
 * One answer.
 *
 * [value]: an amount as [BigDecimal]; a date as ISO `YYYY-MM-DD`; a time as `HH:MM` or `HH:MM:SS`; a currency as its
 * ISO 4217 code; a vendor as printed. [text]: the characters on the receipt that the value was read from; empty where
 * the value was inferred. [confidence]: 0..1, comparable between fields. [lines]: indices into [Receipt.lines].
 * [needsReview]: whether a person should look before the value is used. [alternatives]: other readings of the same
 * print, best first, without [value] ("03/04/2018" has two).
 */
data class Field<out T : Any>(
    val value: T,
    val text: String,
    val confidence: Double,
    val lines: List<Int>,
    val needsReview: Boolean,
    val alternatives: List<T> = emptyList(),
) {
    fun toMap(): Map<String, Any?> = linkedMapOf(
        "value" to printed(value),
        "text" to text,
        "confidence" to rounded(confidence, 4),
        "lines" to lines,
        "needs_review" to needsReview,
        "alternatives" to alternatives.map { printed(it) },
        "source" to "local",
    )
}

/**
 * One thing bought, as printed.
 *
 * [quantity], [unitPrice]: null where they are not printed. [amount]: of the whole line. [lines]: indices into
 * [Receipt.lines]. [confidence]: 0..1, what the network says of its words; not calibrated.
 */
data class Item(
    val description: String,
    val quantity: BigDecimal?,
    val unitPrice: BigDecimal?,
    val amount: BigDecimal,
    val lines: List<Int>,
    val confidence: Double,
) {
    fun toMap(): Map<String, Any?> = linkedMapOf(
        "description" to description,
        "quantity" to quantity?.let { printed(it) },
        "unit_price" to unitPrice?.let { printed(it) },
        "amount" to printed(amount),
        "lines" to lines,
        "confidence" to rounded(confidence, 4),
    )
}

/** The fields found; null where the receipt does not show one (or it could not be read). */
data class Fields(
    val vendor: Field<String>? = null,
    val date: Field<String>? = null,
    val time: Field<String>? = null,
    val currency: Field<String>? = null,
    val subtotal: Field<BigDecimal>? = null,
    val tax: Field<BigDecimal>? = null,
    val total: Field<BigDecimal>? = null,
) {
    /** By name, in the order they are shown. */
    val byName: Map<String, Field<*>?>
        get() = linkedMapOf(
            "vendor" to vendor,
            "date" to date,
            "time" to time,
            "currency" to currency,
            "subtotal" to subtotal,
            "tax" to tax,
            "total" to total,
        )
}

/**
 * What was read from one picture. A picture without text has no lines, and every field is null.
 *
 * [lines]: in reading order (top row first, left to right within a row). [rows]: indices into [lines], one list per
 * printed row. [width], [height]: of the picture the quads refer to, in pixels. [rotation]: degrees (0, 90, 180, 270)
 * the picture must be turned clockwise for the text to stand upright. [skew]: remaining tilt in degrees, clockwise
 * positive. [items]: what was bought, top to bottom; empty without the extraction network. [warnings]: what the caller
 * may want to know of the picture.
 */
data class Receipt(
    val lines: List<TextLine>,
    val rows: List<List<Int>>,
    val width: Int,
    val height: Int,
    val fields: Fields = Fields(),
    val rotation: Int = 0,
    val skew: Double = 0.0,
    val items: List<Item> = emptyList(),
    val warnings: List<String> = emptyList(),
) {
    /** The whole receipt as text, a printed row a line. */
    val text: String get() = rows.joinToString("\n") { row -> row.joinToString(" ") { lines[it].text } }

    /** Plain JSON types; amounts stay decimal strings so that no cent is lost to binary floats. */
    fun toMap(): Map<String, Any?> = linkedMapOf(
        "fields" to fields.byName.mapValues { it.value?.toMap() },
        "items" to items.map { it.toMap() },
        "lines" to lines.map { it.toMap() },
        "rows" to rows,
        "width" to width,
        "height" to height,
        "rotation" to rotation,
        "skew" to rounded(skew, 2),
        "warnings" to warnings,
    )

    /** The JSON that every port writes. */
    fun toJson(): String = writeJson(toMap())
}

/** A number rounded to some decimals, half to even, by its exact binary value. */
internal fun rounded(value: Double, decimals: Int): Double {
    val near = BigDecimal(value).setScale(decimals, RoundingMode.HALF_EVEN).toDouble()
    return if (near == 0.0 && value < 0) -0.0 else near
}

private fun printed(value: Any): String = if (value is BigDecimal) value.toPlainString() else value.toString()
