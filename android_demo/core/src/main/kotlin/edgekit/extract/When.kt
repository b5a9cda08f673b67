package edgekit.extract

import edgekit.parsing.DAY_FIRST
import edgekit.parsing.MONTH_FIRST
import edgekit.parsing.PrintedDate
import edgekit.parsing.PrintedTime
import edgekit.parsing.part
import kotlin.math.abs

/*
 * Date and time: which of the printed ones is the receipt's, and which way round it is read.
 */

/** A date, the row it is on, its score, and whether an anchor of dates stands before it. */
data class DatedRow(val printed: PrintedDate, val row: PageRow, val score: Double, val anchored: Boolean)

/** A time and the row it is on. */
class TimedRow(val printed: PrintedTime, val row: PageRow)

internal val BEST_DATE_FIRST = compareBy<DatedRow>({ -it.score }, { it.row.index }, { it.printed.start })

/** All dates of a page, best first. */
fun rankDates(page: Page, lexicon: Lexicon, params: ExtractParams): List<DatedRow> {
    val seen = page.rows.flatMap { row -> row.dates.flatMap { it.readings } }.groupingBy { it.day }.eachCount()
    val found = page.rows.flatMap { row ->
        row.dates.map { printed ->
            val (score, anchored) = score(page, row, printed, lexicon, params)
            val twin = flag(printed.readings.maxOf { seen.getValue(it.day) } > 1)
            DatedRow(printed, row, score + params.dateTwin * twin, anchored)
        }
    }
    return found.sortedWith(BEST_DATE_FIRST)
}

private fun score(
    page: Page,
    row: PageRow,
    printed: PrintedDate,
    lexicon: Lexicon,
    params: ExtractParams,
): Pair<Double, Boolean> {
    var kinds = lexicon.dates.find(row.text.part(0, printed.start)).map { it.kind }
    val above = page.rows.getOrNull(row.index - 1)
    val looksUp = kinds.isEmpty() && above != null && above.dates.isEmpty()
    if (looksUp) kinds = lexicon.dates.find(above.text).map { it.kind }
    val anchored = "date" in kinds
    var score = params.dateAnchor * flag(anchored) - params.dateOther * flag("other_date" in kinds)
    score += params.dateTime * flag(row.times.isNotEmpty())
    score += params.dateLong * flag(printed.longYear || printed.namedMonth)
    score -= params.dateDamaged * flag(printed.damaged)
    score -= params.dateLate * row.index / maxOf(page.rows.size, 1)
    return Pair(score, anchored)
}

/** Days, preferred first, and whether evidence (or a single reading) decided. */
class Preferred(val days: List<String>, val decided: Boolean)

/**
 * The readings of the best date.
 *
 * [orders]: votes for each order from currency and words. The same day printed where only one reading is possible
 * decides at once; another unambiguous date shows the order this printer uses.
 */
fun prefer(dates: List<DatedRow>, orders: Map<String, Double>, params: ExtractParams): Preferred {
    val readings = dates[0].printed.readings
    if (readings.size == 1) return Preferred(listOf(readings[0].day), true)
    val votes = linkedMapOf(DAY_FIRST to (orders[DAY_FIRST] ?: 0.0), MONTH_FIRST to (orders[MONTH_FIRST] ?: 0.0))
    for (other in dates.map { it.printed }.filter { it.readings.size == 1 }) {
        val only = other.readings[0]
        if (other.namedMonth || only.order !in votes) continue
        votes[only.order] = votes.getValue(only.order) + params.dateOrderVote
        for (mine in readings) {
            votes[mine.order] = votes.getValue(mine.order) + params.dateSameDayVote * flag(mine.day == only.day)
        }
    }
    val ranked = readings.sortedWith(compareBy({ -votes.getValue(it.order) }, { it.order != DAY_FIRST }))
    return Preferred(ranked.map { it.day }, votes.getValue(ranked[0].order) > votes.getValue(ranked[1].order))
}

/** Times that cannot be prices. */
internal fun timedRows(page: Page): List<TimedRow> =
    page.rows.flatMap { row -> row.times.filter { it.clear || it.halfDay }.map { TimedRow(it, row) } }

/** The time nearest the date's row; without a date the first clear one. */
fun chooseTime(page: Page, dateRow: Int?): TimedRow? {
    val timed = timedRows(page)
    val anchor = dateRow ?: timed.firstOrNull()?.row?.index ?: return null
    return timed.minWithOrNull(compareBy({ abs(it.row.index - anchor) }, { it.row.index }, { it.printed.start }))
}
