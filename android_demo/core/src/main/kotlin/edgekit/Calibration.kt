package edgekit

/*
 * From what a rung says of its answer to how often such answers are right: data in, two lookups out.
 *
 * The data come from labelled receipts and live in the `extract` stage's constants, per rung and field. A map is
 * piecewise linear and never falls, so it changes how sure an answer is, never which one is given.
 */

/**
 * An accepted answer may itself be wrong with this many times the error target, no more: on receipts of another kind
 * than those that were counted, the doubtful answers go wrong first.
 */
private const val LIKELIEST_ERROR = 5.0

/**
 * Of one field.
 *
 * [knots]: (raw, probability), raw strictly rising, probability never falling; beyond the ends the end's probability.
 * [risks]: (threshold, error), thresholds rising, errors falling: how many of the answers whose probability is at least
 * the threshold are wrong, at most as far as the counted answers can tell. [answers]: counted for both.
 */
class FieldCalibration(
    private val knots: List<DoubleArray>,
    private val risks: List<DoubleArray>,
    val answers: Int,
) {
    /** 0..1, strictly between them. */
    fun probability(raw: Double): Double {
        val right = knots.indexOfFirst { it[0] > raw }.let { if (it < 0) knots.size else it }
        if (right == 0 || right == knots.size) return knots[maxOf(right - 1, 0)][1]
        val (x0, y0) = knots[right - 1]
        val (x1, y1) = knots[right]
        return y0 + (y1 - y0) * (raw - x0) / (x1 - x0)
    }

    /** The least threshold that keeps the target; infinite where none does: then every answer needs review. */
    fun reviewThreshold(errorTarget: Double): Double {
        val least = risks.firstOrNull { it[1] <= errorTarget }?.get(0) ?: Double.POSITIVE_INFINITY
        return maxOf(least, 1 - LIKELIEST_ERROR * errorTarget)
    }
}

/** The maps of one rung, by field. Without any it leaves every confidence as it is. */
class Calibration(private val fields: Map<String, FieldCalibration>) {
    /** From `{field: {"knots": [...], "risks": [...], "answers": n}}`; throws [ManifestError] where a map falls. */
    constructor(node: Node) : this(node.mapping().mapValues { fieldCalibration(it.value) })

    /** How likely an answer is right, given the rung's own confidence, 0..1; unchanged for a field without a map. */
    fun probability(field: String, raw: Double): Double = fields[field]?.probability(raw) ?: raw

    /**
     * The probability from which answers err at most at [errorTarget]; null for a field that was not measured.
     *
     * Infinite where no probability is high enough.
     */
    fun reviewThreshold(field: String, errorTarget: Double): Double? = fields[field]?.reviewThreshold(errorTarget)
}

private fun fieldCalibration(node: Node): FieldCalibration {
    val members = node.members(listOf("knots", "risks", "answers"))
    val knots = pairs(members.getValue("knots"))
    val risks = pairs(members.getValue("risks"))
    if (knots.isEmpty()) throw members.getValue("knots").error("no knot", "write one pair at least")
    for (i in 1 until knots.size) {
        if (knots[i][0] <= knots[i - 1][0] || knots[i][1] < knots[i - 1][1]) {
            val mend = "let the first of each pair rise, and the second never fall"
            throw members.getValue("knots").items()[i].error("the map falls", mend)
        }
    }
    if (!knots.all { it[1] > 0 && it[1] < 1 }) {
        val mend = "write probabilities between 0 and 1"
        throw members.getValue("knots").error("a probability that is certain", mend)
    }
    for (i in 1 until risks.size) {
        if (risks[i][0] <= risks[i - 1][0] || risks[i][1] >= risks[i - 1][1]) {
            val mend = "let thresholds rise and errors fall"
            throw members.getValue("risks").items()[i].error("the risk does not fall", mend)
        }
    }
    return FieldCalibration(knots, risks, members.getValue("answers").integer(1))
}

private fun pairs(node: Node): List<DoubleArray> = node.items().map { item ->
    val numbers = item.items()
    if (numbers.size != 2) throw item.error("has ${numbers.size} items", "write 2")
    for (number in numbers) {
        if (number.number(0.0) > 1) throw number.error("${floatText(number.number())} is too large", "write at most 1")
    }
    numbers.map { it.number() }.toDoubleArray()
}
