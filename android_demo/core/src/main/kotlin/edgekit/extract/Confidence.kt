package edgekit.extract

import kotlin.math.exp

/*
 * How sure an answer is: a logistic of what speaks for it, fitted so that 0.9 means right nine times in ten.
 */

/**
 * What each confidence weighs, in the order of its weights; `one` is 1, and `doubt` how many characters of its lines are
 * likely misread ([Page.doubt]).
 */
val TOTAL_EVIDENCE = listOf("one", "share", "proved", "repeated", "reader", "noisy", "doubt")
val VENDOR_EVIDENCE = listOf("one", "share", "reader", "mended", "doubt")
val DATE_EVIDENCE = listOf("one", "lead", "anchored", "timed", "reader", "damaged", "doubt")
val TAX_EVIDENCE = listOf("one", "proved", "total", "reader", "several", "doubt")
private const val CLEAR_LEAD = 2.0 // points by which the best date leads beyond which more lead says nothing
private const val STEEPEST = 30.0

/** Weighted evidence as a probability, 0..1. */
fun logistic(weights: DoubleArray, evidence: List<Double>): Double =
    1.0 / (1.0 + exp(-dot(weights, evidence).coerceIn(-STEEPEST, STEEPEST)))

/** The part of the probability (softmax of the scores) that falls on the winners; [none] scores "no answer". */
internal fun share(scores: List<Double>, wins: List<Boolean>, none: Double): Double {
    val top = maxOf(scores.max(), none)
    val parts = scores.map { exp(it - top) }
    var won = 0.0
    for (i in parts.indices) if (wins[i]) won += parts[i]
    return won / (parts.sum() + exp(none - top))
}

/** TOTAL_EVIDENCE of the best candidate; [ranked] is not empty, [none] is the score of no answer. */
fun totalEvidence(ranked: List<Scored>, page: Page, none: Double): List<Double> {
    val best = ranked[0]
    val wins = ranked.map { it.entry.amount.value.same(best.entry.amount.value) }
    return listOf(
        1.0,
        share(ranked.map { it.score }, wins, none),
        flag(best.proved),
        flag(best.repeated && !best.proved),
        best.entry.confidence,
        flag(best.entry.amount.noisy),
        page.doubt(best.entry.lines),
    )
}

/**
 * VENDOR_EVIDENCE of the best name; [ranked] is not empty, [none] is the score of no answer.
 *
 * [mended]: whether the answer spells the name otherwise than it was read.
 */
fun vendorEvidence(ranked: List<Name>, mended: Boolean, page: Page, none: Double): List<Double> {
    val best = ranked[0]
    val part = share(ranked.map { it.score }, ranked.map { it === best }, none)
    return listOf(1.0, part, page.confidence(best.lines), flag(mended), page.doubt(best.lines))
}

/** DATE_EVIDENCE of the best date; [ranked] is not empty. Its lead counts over dates with other readings only. */
fun dateEvidence(ranked: List<DatedRow>, page: Page): List<Double> {
    val best = ranked[0]
    val days = best.printed.readings.map { it.day }.toSet()
    val rivals = ranked.filter { dated -> dated.printed.readings.none { it.day in days } }
    val lead = rivals.maxOfOrNull { it.score }?.let { minOf(best.score - it, CLEAR_LEAD) } ?: CLEAR_LEAD
    val lines = best.row.linesOf(best.printed.start, best.printed.end)
    val timed = flag(best.row.times.isNotEmpty())
    val damaged = flag(best.printed.damaged)
    return listOf(1.0, lead, flag(best.anchored), timed, page.confidence(lines), damaged, page.doubt(lines))
}

/** TAX_EVIDENCE of a tax, given how sure the total is (0 without one). */
fun taxEvidence(tax: Tax, page: Page, totalConfidence: Double): List<Double> {
    val reader = tax.entries.minOf { it.confidence }
    val doubt = page.doubt(tax.entries.flatMap { it.lines })
    return listOf(1.0, flag(tax.proved), totalConfidence, reader, flag(tax.entries.size > 1), doubt)
}
