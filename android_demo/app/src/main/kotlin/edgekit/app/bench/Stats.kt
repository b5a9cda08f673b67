package edgekit.app.bench

import java.math.BigDecimal
import java.math.RoundingMode

/*
 * Percentiles, and how far a run's figures can be trusted: those of `edgekit/bench/stats.py`.
 */

private const val BLOCKS = 8 // parts that a run is cut into, in order of time
private const val LEAST_IN_BLOCK = 4 // reads without which a block's median says too little
private const val LEAST_IN_PASS = 20 // reads without which a pass's 95th percentile is just its slowest read
private val SHARES = listOf(50, 90, 95, 99)

/** One read: of which picture, and how long it took in milliseconds, by stage; "all": the whole. */
class Sample(val picture: Int, val milliseconds: Map<String, Double>, val cpu: Double) {
    val whole: Double get() = milliseconds.getValue("all")
}

/** Linear between the closest ranks (Hyndman and Fan's type 7). [share]: 0..1; [values]: at least one. */
fun percentile(values: List<Double>, share: Double): Double {
    val ranked = values.sorted()
    val place = share * (ranked.size - 1)
    val low = place.toInt()
    val high = minOf(low + 1, ranked.size - 1)
    return ranked[low] + (ranked[high] - ranked[low]) * (place - low)
}

fun median(values: List<Double>): Double = percentile(values, 0.5)

/** Mean, least, percentiles and largest, to a thousandth. [values]: at least one. */
fun summary(values: List<Double>): Map<String, Double> {
    val figures = linkedMapOf("mean" to values.sum() / values.size, "min" to values.min())
    for (share in SHARES) figures["p$share"] = percentile(values, share / 100.0)
    figures["max"] = values.max()
    return figures.mapValues { roundedTo(it.value, 3) }
}

/** How unlike the blocks of a run of one pass are: the schema's `noise`. [samples]: in order of time. */
fun noise(samples: List<Sample>, limit: Double): Map<String, Any?> {
    val medians = blockMedians(samples)
    val spread = if (medians.isEmpty()) null else medians.max() - medians.min()
    return linkedMapOf(
        "noisy" to spread?.let { it > limit },
        "pass_p95_ms" to if (samples.isEmpty()) emptyList() else listOf(roundedTo(p95(samples), 3)),
        "p95_difference" to null,
        "blocks" to medians.size,
        "block_spread" to spread?.let { roundedTo(it, 4) },
    )
}

/** Whether a 95th percentile of so many reads is more than the slowest of them. */
fun tells(reads: Int): Boolean = reads >= LEAST_IN_PASS

private fun p95(samples: List<Sample>) = percentile(samples.map { it.whole }, 0.95)

/** Medians of the times as shares of their picture's own median, so that what was read when does not matter. */
private fun blockMedians(samples: List<Sample>): List<Double> {
    val usual = samples.groupBy { it.picture }.mapValues { (_, some) -> median(some.map { it.whole }) }
    val shares = samples.map { it.whole / usual.getValue(it.picture) }
    val count = minOf(BLOCKS, shares.size / LEAST_IN_BLOCK)
    if (count < 2) return emptyList()
    val ends = (0..count).map { it * shares.size / count }
    return ends.zipWithNext { start, end -> median(shares.subList(start, end)) }
}

/** A number rounded to some decimals, half to even. */
fun roundedTo(value: Double, decimals: Int): Double =
    BigDecimal(value).setScale(decimals, RoundingMode.HALF_EVEN).toDouble()
