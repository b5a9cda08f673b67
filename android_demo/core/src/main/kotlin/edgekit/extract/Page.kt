package edgekit.extract

import edgekit.TextLine
import edgekit.parsing.Amount
import edgekit.parsing.Mark
import edgekit.parsing.PrintedDate
import edgekit.parsing.PrintedTime
import edgekit.parsing.Range
import edgekit.parsing.findAmounts
import edgekit.parsing.findDates
import edgekit.parsing.findTimes
import edgekit.quadSize
import edgekit.rotated
import edgekit.skew

/*
 * A receipt as the extractor sees it: printed rows of text with the amounts, dates and anchors on them.
 */

private const val MOST_DOUBT = 3.0 // characters: beyond it, how much of a line is misread says no more
private const val GAP = "   " // wider than any space a number may contain, so that numbers of two lines never join
private const val CUT = 1.0 // text heights between the parts of a price that was read as two lines
private val CENTS = Regex("[.,][0-9]{2}(?![0-9.,])")

/** The characters [start, end) of a row that one line contributed; [left], [right]: along the text, in text heights. */
class Piece(val start: Int, val end: Int, val line: Int, val left: Double, val right: Double, val height: Double)

/**
 * A printed row.
 *
 * [index]: 0 at the top. [text]: its lines joined. [height]: of the text, relative to the receipt's median. [marks]:
 * money anchors found outside dates and prices.
 */
class PageRow(
    val index: Int,
    val text: String,
    val pieces: List<Piece>,
    val height: Double,
    val amounts: List<Amount>,
    val marks: List<Mark>,
    val dates: List<PrintedDate>,
    val times: List<PrintedTime>,
) {
    /** Lines that the characters [start, end) of this row came from. */
    fun linesOf(start: Int, end: Int): List<Int> = pieces.filter { it.start < end && it.end > start }.map { it.line }
}

/** All rows of a receipt, and its lines as they were read. [wholePrices]: no number on it has cents. */
class Page(val lines: List<TextLine>, val rows: List<PageRow>, val wholePrices: Boolean) {
    /** The recogniser's lowest confidence on some lines; 1 for none. */
    fun confidence(lines: Collection<Int>): Double = lines.minOfOrNull { this.lines[it].confidence } ?: 1.0

    /**
     * How many characters of some lines the recogniser is likely to have misread, 0..3. A line's confidence is the mean
     * of its characters'. A line that is named twice counts once.
     */
    fun doubt(lines: Collection<Int>): Double {
        var doubt = 0.0
        for (i in lines.toSortedSet()) doubt += (1.0 - this.lines[i].confidence) * this.lines[i].text.length
        return minOf(doubt, MOST_DOUBT)
    }
}

/** Everything that is looked up once per row. [years]: plausible ones of a date. */
fun buildPage(lines: List<TextLine>, rows: List<List<Int>>, lexicon: Lexicon, years: IntRange): Page {
    val angle = skew(lines.map { it.quad })
    val heights = lines.map { quadSize(it.quad).across }
    val usual = maxOf(if (heights.isEmpty()) 1.0 else heights.sorted()[heights.size / 2], 1e-6)
    val built = rows.mapIndexed { index, row ->
        val pieces = ArrayList<Piece>()
        val text = StringBuilder()
        for (i in row) {
            val along = lines[i].quad.points.map { rotated(it, -angle).x }
            val (left, right) = Pair(along.min() / usual, along.max() / usual)
            if (text.isNotEmpty()) text.append(between(text, lines[i].text, left - pieces.last().right))
            val end = text.length + lines[i].text.length
            pieces.add(Piece(text.length, end, i, left, right, heights[i] / usual))
            text.append(lines[i].text)
        }
        pageRow(index, text.toString(), pieces, lexicon, years)
    }
    val cents = built.any { row -> row.amounts.any { it.decimals == 2 && !it.percent } }
    return Page(lines, built, !cents)
}

/** What parts two lines of a row: one space where a price was cut before its point ("18" and ".00"). */
private fun between(text: CharSequence, following: String, gap: Double): String =
    if (gap < CUT && text.last() in '0'..'9' && CENTS.matchesAt(following, 0)) " " else GAP

private fun pageRow(index: Int, text: String, pieces: List<Piece>, lexicon: Lexicon, years: IntRange): PageRow {
    val dates = findDates(text, lexicon.months, years)
    val dated = dates.map { Range(it.start, it.end) }
    val undated = blank(text, dated)
    val times = findTimes(undated)
    val untimed = blank(undated, times.filter { it.clear }.map { Range(it.start, it.end) })
    val amounts = findAmounts(untimed, lexicon.marks)
    val masked = dated + amounts.filter { it.isMoney || it.percent }.map { Range(it.start, it.end) }
    val marks = lexicon.money.find(text, masked)
    val height = pieces.maxOfOrNull { it.height } ?: 0.0
    return PageRow(index, text, pieces, height, amounts, marks, dates, times)
}

/** The text with the ranges replaced by a character that neither joins nor parts numbers. */
private fun blank(text: String, ranges: List<Range>): String {
    val letters = text.toCharArray()
    for (range in ranges) letters.fill('_', range.start, range.end)
    return String(letters)
}
