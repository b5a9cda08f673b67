package edgekit.extract

import java.math.BigDecimal

/*
 * The total: every amount is a candidate, and label, place, print and arithmetic speak for or against it.
 */

/** What speaks for or against an amount being the total, in the order of the weights. */
val TOTAL_FEATURES = (
    "final strong total amount payment subtotal other adopted errors twins kinds largest sum paid low last tall mark " +
        "table sibling cents change superseded noisy confidence"
    ).split(" ")
private val TWINS = TOTAL_FEATURES.indexOf("twins")
private val SUM = TOTAL_FEATURES.indexOf("sum")
private val PAID = TOTAL_FEATURES.indexOf("paid")
private val TOTALS = listOf("total_final", "total_strong", "total")
private val KINDS = TOTALS + listOf("amount", "payment", "subtotal")

/** A candidate for the total. [proved]: a sum, or cash less change, confirms it; [repeated]: it stands elsewhere too. */
data class Scored(val entry: Entry, val score: Double, val proved: Boolean, val repeated: Boolean)

/**
 * What is the same for all candidates of a page.
 *
 * [largest]: highest value that is not a payment. [last]: lowest row labelled as total. [cents]: most prices have cents.
 */
private class Context(val candidates: List<Entry>, val parts: Parts, rows: Int, val tall: Double) {
    val rows = maxOf(rows, 1)
    val largest: BigDecimal = candidates.filter { it.kind != "payment" }.maxOfOrNull { it.amount.value } ?: ZERO
    val last = candidates.filter { it.kind in TOTALS }.maxOfOrNull { it.row } ?: -1
    val cents = candidates.count { it.amount.decimals == 2 } * 2 > candidates.size
}

internal fun dot(weights: DoubleArray, values: List<Double>): Double {
    var sum = 0.0
    for (i in weights.indices) sum += weights[i] * values[i]
    return sum
}

internal fun flag(value: Boolean): Double = if (value) 1.0 else 0.0

internal val BEST_TOTAL_FIRST = compareBy<Scored>({ -it.score }, { it.entry.row }, { it.entry.order })

/** Candidates for the total, best first; empty where nothing can be one. [rows]: of the whole page. */
fun rankTotals(found: List<Entry>, rows: Int, weights: Weights): List<Scored> {
    val candidates = totalCandidates(found)
    val scored = candidates.zip(totalFeatures(found, rows, weights.rest.tall)) { entry, features ->
        val proved = features[SUM] != 0.0 || features[PAID] != 0.0
        Scored(entry, dot(weights.totalWeights, features), proved, features[TWINS] != 0.0)
    }
    return scored.sortedWith(BEST_TOTAL_FIRST)
}

/** Amounts that may be the total: printed like money, or, where no amount is, labelled as a total. */
fun totalCandidates(found: List<Entry>): List<Entry> {
    val candidates = found.filter { it.kind !in NOT_TOTALS && it.amount.value.signum() > 0 }
    if (candidates.any { it.isMoney }) return candidates.filter { it.isMoney }
    return candidates.filter { it.kind in KINDS && it.kind != "subtotal" }
}

/** TOTAL_FEATURES of each of [totalCandidates]. [tall]: text height, in median heights, that counts as tall. */
fun totalFeatures(found: List<Entry>, rows: Int, tall: Double): List<List<Double>> {
    val candidates = totalCandidates(found)
    val context = Context(candidates, partsOf(found), rows, tall)
    return candidates.map { ofLabel(it) + ofValue(it, context) + ofPrint(it, context) }
}

private fun ofLabel(entry: Entry): List<Double> {
    val kinds = KINDS.map { flag(entry.kind == it) }
    return kinds + listOf(flag(entry.kind !in KINDS), flag(entry.adopted), minOf(entry.errors, 2).toDouble())
}

private fun ofValue(entry: Entry, context: Context): List<Double> {
    val value = entry.amount.value
    val same = context.candidates.filter { it.amount.value.same(value) && it.row != entry.row }
    val kinds = same.map { it.kind }.filter { it.isNotEmpty() }.toSet() - entry.kind
    return listOf(
        minOf(same.map { it.row }.toSet().size, 2).toDouble(),
        minOf(kinds.size, 2).toDouble(),
        flag(value.same(context.largest)),
        flag(addsUp(value, entry.row, context.parts)),
        flag(isPaid(value, context.parts)),
    )
}

private fun ofPrint(entry: Entry, context: Context): List<Double> {
    val below = context.candidates.filter { it.row > entry.row }
    val gaps = below.map { (it.amount.value - entry.amount.value).abs() }
    return listOf(
        entry.row.toDouble() / context.rows,
        flag(entry.row == context.last),
        flag(entry.height >= context.tall),
        flag(entry.amount.code.isNotEmpty()),
        flag(entry.kind in TOTALS && entry.siblings > 1),
        flag(entry.order < entry.siblings - 1),
        flag(context.cents && entry.amount.decimals != 2),
        flag(entry.kind == "payment" && context.parts.change.isNotEmpty()),
        flag(gaps.any { gap -> context.parts.roundings.any { it.same(gap) } }),
        flag(entry.amount.noisy),
        entry.confidence,
    )
}

/** The printed subtotal; of several the one that with the tax makes the total, else the first. */
fun chooseSubtotal(found: List<Entry>, total: BigDecimal?, tax: BigDecimal?): Entry? {
    var printed = found.filter { it.kind == "subtotal" && it.amount.value.signum() > 0 && it.isMoney }
    if (total == null) return printed.firstOrNull()
    printed = printed.filter { it.amount.value <= total }.ifEmpty { printed }
    val fitting = printed.filter { tax != null && near(it.amount.value + tax, total) }
    return fitting.ifEmpty { printed }.firstOrNull()
}
