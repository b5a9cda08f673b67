package edgekit.extract

import java.math.BigDecimal

/*
 * Arithmetic of a receipt: which printed amounts make which others.
 */

val ZERO: BigDecimal = BigDecimal.ZERO

/** Kinds of amounts that tax, service or rounding may be added to. */
private val BASES = setOf("subtotal", "total", "total_strong", "total_final", "amount", "excl")
private val HALF_CENT = BigDecimal("0.005")
private const val MOST_PARTS = 8 // distinct values of one kind that take part in sums; bounds the work on garbage

/** What may be a total before tax or rounding, and the row it is on. */
class Base(val value: BigDecimal, val row: Int)

/**
 * Distinct values by role, as printed, that may add up to a total.
 *
 * [taxes], [extras] (service, tip): with their sums. [corrections]: rounding and discounts, both signs, since print
 * often drops the sign.
 */
class Parts(
    val bases: List<Base>,
    val taxes: List<BigDecimal>,
    val extras: List<BigDecimal>,
    val roundings: List<BigDecimal>,
    val corrections: List<BigDecimal>,
    val paid: List<BigDecimal>,
    val change: List<BigDecimal>,
) {
    fun withBases(bases: List<Base>) = Parts(bases, taxes, extras, roundings, corrections, paid, change)
}

/** A key by which equal amounts are one, however many zeros they are printed with. */
internal fun BigDecimal.key(): BigDecimal = if (signum() == 0) ZERO else stripTrailingZeros()

internal fun BigDecimal.same(other: BigDecimal): Boolean = compareTo(other) == 0

/** Each value once, as it comes first. */
internal fun distinct(values: Iterable<BigDecimal>): List<BigDecimal> = values.distinctBy { it.key() }

internal fun sum(values: Iterable<BigDecimal>): BigDecimal = values.fold(ZERO) { total, value -> total + value }

/** The printed values of each role, the first few of each. */
fun partsOf(found: List<Entry>): Parts {
    fun values(vararg kinds: String): List<BigDecimal> {
        val seen = found.filter { it.kind in kinds && it.amount.value.signum() != 0 && it.isMoney }
        return distinct(seen.map { it.amount.value.abs() }).take(MOST_PARTS)
    }
    val bases = found.filter { it.kind in BASES && it.isMoney && it.amount.value.signum() > 0 }
        .distinctBy { it.amount.value.key() }
        .map { Base(it.amount.value, it.row) }
    return Parts(
        bases = bases.take(MOST_PARTS),
        taxes = runs(values("tax")),
        extras = runs(values("service", "tip").take(3)),
        roundings = values("rounding"),
        corrections = (values("rounding") + values("discount")).flatMap { listOf(it, it.negate()) },
        paid = values("payment"),
        change = values("change"),
    )
}

/** Each value, then sums of two and more neighbours, each sum once. */
private fun runs(values: List<BigDecimal>): List<BigDecimal> {
    val spans = (1..values.size).flatMap { length -> (0..values.size - length).map { values.subList(it, it + length) } }
    return distinct(spans.map { sum(it) })
}

/** Whether two amounts are the same to the cent. */
fun near(a: BigDecimal, b: BigDecimal): Boolean = (a - b).abs() < HALF_CENT

/**
 * Whether printed parts make the total on this row: a smaller base with tax and extras, rounded or discounted.
 *
 * A correction counts only on a base printed above, since rounding and discounts lead to the total, not away from it.
 */
fun addsUp(total: BigDecimal, row: Int, parts: Parts): Boolean {
    val taxes = listOf(ZERO) + parts.taxes
    val extras = listOf(ZERO) + parts.extras
    for (base in parts.bases) {
        for (tax in taxes) {
            for (extra in extras) {
                val rest = total - base.value - tax - extra
                if (near(rest, ZERO) && (tax.signum() != 0 || extra.signum() != 0)) return true
                if (base.row < row && parts.corrections.any { near(rest, it) }) return true
            }
        }
    }
    return false
}

/** Whether a base is the total, or becomes it with printed taxes, extras and corrections. */
fun makes(base: BigDecimal, total: BigDecimal, parts: Parts): Boolean =
    near(base, total) || addsUp(total, 0, parts.withBases(listOf(Base(base, -1))))

/** Whether cash handed over less change handed back, both printed, is this total. */
fun isPaid(total: BigDecimal, parts: Parts): Boolean =
    parts.paid.any { paid -> parts.change.any { near(paid - it, total) } }
