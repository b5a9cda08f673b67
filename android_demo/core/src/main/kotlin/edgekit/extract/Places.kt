package edgekit.extract

import edgekit.parsing.isAlpha
import edgekit.parsing.isNumeral
import edgekit.parsing.part
import java.math.BigDecimal
import kotlin.math.abs
import kotlin.math.ln1p

/*
 * What the extraction network is told of a word besides its letters: place, print, and what the rules know of it.
 *
 * Simple arithmetic, so that every port agrees.
 */

private const val NAME_ROWS = 12 // rows at the top in which words of names are looked for
private const val MOST_ABOVE = 24 // prices above that may add up to one
private const val MOST_FACTORS = 4 // numbers of a row that may make a price
private const val LONG = 16 // characters that count as a long word
private val HUNDRED = BigDecimal(100)

private val KINDS = MONEY_KINDS + DATE_KINDS + NAME_KINDS.filter { it !in MONEY_KINDS }
private val ENTRY_KINDS = MONEY_KINDS.filter { it != "incl" && it != "price" }
private val BASE = (
    "left right row from_top from_bottom row_words row_first row_last " +
        "line_first line_last gap_left gap_right centre height tallest confidence " +
        "letters digits alphabetic upper " +
        "amount money cents percent grouped noisy mark negative zero adopted " +
        "size largest twins after sum paid above product date time"
    ).split(" ")

/**
 * What the network is told of each word, in this order.
 *
 * left, right: along the text, 0..1 over the width of all text. row: 0 at the top, 1 at the bottom; from_top,
 * from_bottom: log1p of the rows beyond, / 4. row_words: words of the row, / 10. gap_*: to the neighbour in the row, in
 * median text heights, / 20. centre: of the row's text less that of all text. height: less the median, in medians;
 * tallest: relative to the tallest. letters: / 16. digits, alphabetic, upper: shares of the characters, and of the
 * letters. amount to paid: of the amount that the word is in; size: relative to the largest; twins: rows that show it
 * too, / 3; after: amounts to its right, / 3; sum, paid: printed parts make it (see Sums.kt). above: prices right above
 * it add up to it. product: two other numbers of the row make it. is, before, above: kinds of anchors on the word,
 * earlier in its row, and on the row above. entry: what the label makes of the amount (see Labels.kt).
 */
val PLACES: List<String> = BASE + KINDS.map { "is $it" } + MONEY_KINDS.map { "before $it" } +
    MONEY_KINDS.map { "above $it" } + ENTRY_KINDS.map { "entry $it" }
private val COLUMNS = PLACES.withIndex().associate { (column, name) -> name to column }

/** A word: the characters [start, end) of the text of row [row], from line [line]; [left], [right] as in [Piece]. */
data class WordSpan(val row: Int, val line: Int, val start: Int, val end: Int, val left: Double, val right: Double)

private class Anchor(val kind: String, val start: Int, val end: Int)

/**
 * What is the same for all words of a page.
 *
 * [marks]: by row, its anchors. [entries]: by row. [rowsOf]: rows that show a value. [piled]: rows whose last price is
 * the sum of prices right above.
 */
internal class Sheet(val page: Page, found: List<Entry>, lexicon: Lexicon) {
    private val pieces = page.rows.flatMap { it.pieces }
    private val prices = found.filter { it.isMoney && it.kind != "payment" && it.kind != "change" }
    private val marks = page.rows.map { anchors(page, it, lexicon) }
    private val entries = page.rows.map { row -> found.filter { it.row == row.index } }
    val left = pieces.minOfOrNull { it.left } ?: 0.0
    val width = maxOf((pieces.maxOfOrNull { it.right } ?: 1.0) - left, 1.0)
    val tallest = pieces.maxOfOrNull { it.height } ?: 1.0
    val largest: BigDecimal = prices.maxOfOrNull { it.amount.value.abs() } ?: ZERO
    private val rowsOf = found.groupBy({ it.amount.value.abs().key() }, { it.row }).mapValues { it.value.toSet().size }
    val piled = piled(entries)
    val parts = partsOf(found)

    /** Rows that show an amount. */
    fun rowsOf(value: BigDecimal): Int = rowsOf.getValue(value.key())

    /** What is told of a word of a row, in the order of [PLACES]. */
    fun placesOf(row: PageRow, words: List<WordSpan>, i: Int): FloatArray {
        val span = words[i]
        val entry = entries[row.index].firstOrNull { meets(it.amount.start, it.amount.end, span) }
        val values = ofPlace(this, row, words, i) + ofPrint(this, row, span) + ofAmount(row, span, entry) +
            ofValue(this, row, entry) + listOf(
                flag(row.dates.any { meets(it.start, it.end, span) }),
                flag(row.times.any { meets(it.start, it.end, span) }),
            )
        val places = FloatArray(PLACES.size)
        for (column in values.indices) places[column] = values[column].toFloat()
        for (column in flags(row, span, entry)) places[column] = 1f
        return places
    }

    private fun flags(row: PageRow, span: WordSpan, entry: Entry?): List<Int> {
        val here = marks[row.index]
        val own = here.filter { meets(it.start, it.end, span) }.map { it.kind }.toSet()
        val before = here.filter { it.start < span.start }.map { it.kind }.toSet() - own
        val above = if (row.index > 0) marks[row.index - 1].map { it.kind } else emptyList()
        val names =
            own.map { "is $it" } + before.map { "before $it" } + above.map { "above $it" } + "entry ${entry?.kind}"
        return names.mapNotNull { COLUMNS[it] }
    }
}

/** Anchors of a row; those of dates only near a date, those of names only at the top, as they are used there. */
private fun anchors(page: Page, row: PageRow, lexicon: Lexicon): List<Anchor> {
    val below = page.rows.getOrNull(row.index + 1) ?: row
    val near = row.dates.isNotEmpty() || below.dates.isNotEmpty()
    val dates = if (near) lexicon.dates.find(row.text) else emptyList()
    val names = if (row.index < NAME_ROWS) lexicon.names.find(row.text) else emptyList()
    return (row.marks + dates + names).map { Anchor(it.kind, it.start, it.end) }
}

/** Rows whose last price is the sum of the last prices of two or more rows right above, one of them at the end. */
private fun piled(byRow: List<List<Entry>>): Set<Int> {
    val piled = HashSet<Int>()
    val above = ArrayList<Long>()
    byRow.forEachIndexed { row, found ->
        val last = found.lastOrNull { it.isMoney } ?: return@forEachIndexed
        val cents = (last.amount.value * HUNDRED).toLong()
        var rest = cents
        above.takeLast(MOST_ABOVE).reversed().forEachIndexed { i, price ->
            rest -= price
            if (rest == 0L && i > 0 && cents != 0L) piled.add(row)
        }
        above.add(cents)
    }
    return piled
}

private fun meets(start: Int, end: Int, span: WordSpan): Boolean = start < span.end && end > span.start

private fun ofPlace(sheet: Sheet, row: PageRow, words: List<WordSpan>, i: Int): List<Double> {
    val span = words[i]
    val rows = sheet.page.rows.size
    val first = i == 0
    val last = i == words.size - 1
    val middle = (words.first().left + words.last().right) / 2
    return listOf(
        (span.left - sheet.left) / sheet.width,
        (span.right - sheet.left) / sheet.width,
        row.index.toDouble() / maxOf(rows - 1, 1),
        ln1p(row.index.toDouble()) / 4,
        ln1p((rows - 1 - row.index).toDouble()) / 4,
        minOf(words.size, 10) / 10.0,
        flag(first),
        flag(last),
        flag(first || words[i - 1].line != span.line),
        flag(last || words[i + 1].line != span.line),
        if (first) 0.0 else clipped((span.left - words[i - 1].right) / 20),
        if (last) 0.0 else clipped((words[i + 1].left - span.right) / 20),
        clipped((middle - sheet.left) / sheet.width - 0.5),
    )
}

private fun clipped(value: Double): Double = value.coerceIn(-1.0, 1.0)

private fun ofPrint(sheet: Sheet, row: PageRow, span: WordSpan): List<Double> {
    val text = row.text.part(span.start, span.end)
    val height = row.pieces.firstOrNull { span.start >= it.start && span.start < it.end }?.height ?: 1.0
    val letters = text.count { it.isAlpha() }
    return listOf(
        minOf(height - 1.0, 2.0),
        height / maxOf(sheet.tallest, 1e-6),
        sheet.page.lines[span.line].confidence,
        minOf(text.length, LONG).toDouble() / LONG,
        text.count { it.isNumeral() }.toDouble() / text.length,
        letters.toDouble() / text.length,
        text.count { it.isUpperCase() }.toDouble() / maxOf(letters, 1),
    )
}

private fun ofAmount(row: PageRow, span: WordSpan, entry: Entry?): List<Double> {
    val amount = row.amounts.firstOrNull { meets(it.start, it.end, span) } ?: return List(10) { 0.0 }
    return listOf(
        1.0,
        flag(entry != null && entry.isMoney),
        flag(amount.decimals == 2),
        flag(amount.percent),
        flag(amount.grouped),
        flag(amount.noisy),
        flag(amount.code.isNotEmpty()),
        flag(amount.value.signum() < 0),
        flag(amount.value.signum() == 0),
        flag(entry != null && entry.adopted),
    )
}

private fun ofValue(sheet: Sheet, row: PageRow, entry: Entry?): List<Double> {
    if (entry == null) return List(8) { 0.0 }
    val value = entry.amount.value.abs()
    val others = row.amounts.filter { it.start != entry.amount.start && !it.percent }.take(MOST_FACTORS)
        .map { it.value.toDouble() }
    val products = others.flatMapIndexed { i, a -> others.drop(i + 1).map { a * it } }
    return listOf(
        minOf(value.toDouble() / maxOf(sheet.largest.toDouble(), 0.01), 2.0),
        flag(value.same(sheet.largest)),
        minOf(sheet.rowsOf(value) - 1, 3) / 3.0,
        minOf(entry.siblings - 1 - entry.order, 3) / 3.0,
        flag(addsUp(value, entry.row, sheet.parts)),
        flag(isPaid(value, sheet.parts)),
        flag(entry.row in sheet.piled && entry.order == entry.siblings - 1),
        flag(products.any { abs(it - value.toDouble()) < 0.005 }),
    )
}
