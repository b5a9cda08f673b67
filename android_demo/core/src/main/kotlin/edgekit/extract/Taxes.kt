package edgekit.extract

import java.math.BigDecimal
import java.math.MathContext

/*
 * The tax: one line, several lines summed, or the tax column of a table, whichever fits the total.
 */

private const val MOST_LINES = 8 // tax lines, and roundings and discounts, looked at; bounds the work on garbage
private const val MOST_COLUMNS = 4 // amounts of a row of a tax table: net, tax, gross, and one to spare
private val RATE = MathContext(28) // digits of a rate
private val TWO = BigDecimal(2)

/** Taxes printed: their sum, the entries summed, and whether they fit the total and another printed amount. */
class Tax(val value: BigDecimal, val entries: List<Entry>, val proved: Boolean)

private class NetAndTax(val net: Entry, val tax: Entry)

/** The tax that with a printed net amount makes the total, else the best labelled one; null without any. */
fun chooseTax(found: List<Entry>, total: BigDecimal?, params: ExtractParams): Tax? {
    val rows = found.filter { it.isMoney }.groupBy { it.row }.values.toList()
    val labelled = taxLines(rows, total, params)
    val proved = total?.let { whole ->
        val parts = partsOf(found)
        proved(labelled, parts, whole, params) ?: ofTable(rows, parts, whole, params)
    }
    return proved ?: unproved(labelled)
}

/** Whether an amount is small enough beside the total to be its tax; without a total all are. */
internal fun canBeOf(total: BigDecimal?, tax: BigDecimal): Boolean = total == null || tax * TWO < total

/** The tax of each row labelled so, in the order of print. */
private fun taxLines(rows: List<List<Entry>>, total: BigDecimal?, params: ExtractParams): List<Entry> {
    val taxes = ArrayList<Entry>()
    for (row in rows) {
        val labelled = row.filter { it.kind == "tax" && it.amount.value.signum() >= 0 }
        if (labelled.isEmpty()) continue
        val beside = netAndTax(row, params)?.tax
        val tax = if (beside != null && beside.kind == "tax") beside else labelled.last()
        if (canBeOf(total, tax.amount.value)) taxes.add(tax)
    }
    return taxes.take(MOST_LINES)
}

/** Net and tax of a row that prints both: their ratio can be a rate, and a third amount, if any, is their sum. */
private fun netAndTax(row: List<Entry>, params: ExtractParams): NetAndTax? {
    val positive = row.filter { it.amount.value.signum() > 0 }
    if (positive.size > MOST_COLUMNS) return null
    for ((a, b) in combinations(positive, 2)) {
        val net = if (a.amount.value > b.amount.value) a else b
        val tax = if (net === a) b else a
        val rest = row.filter { it !== a && it !== b }
        val summed = rest.isEmpty() || rest.any { near(it.amount.value, net.amount.value + tax.amount.value) }
        if (summed && isRate(tax.amount.value.divide(net.amount.value, RATE), params)) return NetAndTax(net, tax)
    }
    return null
}

private fun isRate(ratio: BigDecimal, params: ExtractParams): Boolean =
    BigDecimal(params.rateLeast) <= ratio && ratio <= BigDecimal(params.rateMost)

/**
 * The smallest group of tax lines that with a printed base, and service or tip if need be, makes the total; if none does,
 * then with a rounding or a discount. Two lines may show the same value and both count, as the halves of a tax that a
 * state and its union share do.
 */
private fun proved(labelled: List<Entry>, parts: Parts, total: BigDecimal, params: ExtractParams): Tax? {
    val groups = (1..minOf(labelled.size, params.taxLines)).flatMap { combinations(labelled, it) }
    for (gaps in listOf(gaps(parts, total, listOf(ZERO)), gaps(parts, total, parts.corrections))) {
        for (group in groups) {
            val value = sum(group.map { it.amount.value })
            if (gaps.any { near(value, it) }) return Tax(value, group, true)
        }
    }
    return null
}

/** Whether a tax with a printed base, service or tip, and a rounding or a discount, makes the total. */
internal fun makesTotal(value: BigDecimal, parts: Parts, total: BigDecimal): Boolean =
    gaps(parts, total, listOf(ZERO) + parts.corrections).any { near(value, it) }

/** What is left of the total for a tax, by each base, extra and correction; as far as it can be one. */
private fun gaps(parts: Parts, total: BigDecimal, corrections: List<BigDecimal>): List<BigDecimal> {
    val extras = listOf(ZERO) + parts.extras
    val few = corrections.take(MOST_LINES)
    val all = parts.bases.flatMap { base -> extras.flatMap { extra -> few.map { total - base.value - extra - it } } }
    return all.filter { it.signum() > 0 && canBeOf(total, it) }
}

/**
 * Rows of net and tax: one that makes the total, or all of them together; with what is printed as free of tax too. The
 * total may be rounded: then they make the printed amount before.
 */
private fun ofTable(rows: List<List<Entry>>, parts: Parts, total: BigDecimal, params: ExtractParams): Tax? {
    val pairs = rows.mapNotNull { netAndTax(it, params) }
    val groups = pairs.map { listOf(it) } + listOf(pairs)
    val free = sum(rows.map(::untaxed))
    val unrounded = parts.bases.map { it.value }.filter { base ->
        parts.roundings.any { near((total - base).abs(), it) }
    }
    for (taxed in (listOf(total) + unrounded).flatMap { listOf(it, it - free) }) {
        for (group in groups) {
            val value = sum(group.map { it.tax.amount.value })
            val made = sum(group.map { it.net.amount.value }) + value
            if (value.signum() != 0 && near(made, taxed)) return Tax(value, group.map { it.tax }, true)
        }
    }
    return null
}

/** The amount of a row that prints no tax of it: one value, as net or gross or both, and a zero; else 0. */
private fun untaxed(row: List<Entry>): BigDecimal {
    val values = row.map { it.amount.value }.distinctBy { it.key() }
    val free = values.firstOrNull { it.signum() > 0 }
    return if (values.size == 2 && free != null && values.any { it.signum() == 0 }) free else ZERO
}

/** A line that sums the others, else neighbouring lines summed; a printed zero where no other tax is. */
private fun unproved(labelled: List<Entry>): Tax? {
    val positive = labelled.filter { it.amount.value.signum() > 0 }.distinctBy { it.amount.value.key() }
    if (positive.isEmpty()) return labelled.firstOrNull()?.let { Tax(it.amount.value, listOf(it), false) }
    val everything = sum(positive.map { it.amount.value })
    if (positive.size > 2) {
        positive.firstOrNull { near(everything, it.amount.value * TWO) }
            ?.let { return Tax(it.amount.value, listOf(it), false) }
    }
    val together = arrayListOf(positive[0])
    for (entry in positive.drop(1)) if (entry.row - together.last().row <= 1) together.add(entry)
    return Tax(sum(together.map { it.amount.value }), together, false)
}

/** Every choice of [size] items, in their order. */
internal fun <T> combinations(items: List<T>, size: Int): Sequence<List<T>> = sequence {
    if (size == 0) {
        yield(emptyList())
        return@sequence
    }
    for (i in 0..items.size - size) {
        for (rest in combinations(items.subList(i + 1, items.size), size - 1)) yield(listOf(items[i]) + rest)
    }
}
