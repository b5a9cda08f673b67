package edgekit.extract

/*
 * The rungs of the ladder: four ways to choose a receipt's fields, from points set by hand to all together.
 */

const val RULES = "rules"
const val CLASSICAL = "classical"
const val NETWORK = "network"
const val JOINT = "joint"

/**
 * rules: points set by hand. classical: points fitted on labelled receipts. network: what the extraction network says of
 * each word, alone. joint: network, points and arithmetic together.
 */
val RUNGS = listOf(RULES, CLASSICAL, NETWORK, JOINT)

/** Rungs that need the network. */
val NETWORKED = listOf(NETWORK, JOINT)

/** The weights that a rung works with: its own stand in for those of "classical". [rest]: what all rungs share. */
class Weights(
    val rest: ExtractParams,
    val totalWeights: DoubleArray,
    val nameWeights: DoubleArray,
    val totalNone: Double,
    val nameNone: Double,
    confidences: Confidences,
) : Confidences by confidences

fun weightsOf(rung: String, params: ExtractParams): Weights = when (rung) {
    RULES -> {
        val rules = params.rules
        Weights(params, rules.totalWeights, rules.nameWeights, params.totalNone, params.nameNone, rules)
    }
    JOINT -> {
        val joint = params.joint
        Weights(params, joint.totalRules, joint.nameRules, joint.totalNone, joint.nameNone, joint)
    }
    else -> {
        val fitted = Fitted(params)
        Weights(params, params.totalWeights, params.nameWeights, params.totalNone, params.nameNone, fitted)
    }
}

private class Fitted(params: ExtractParams) : Confidences {
    override val totalConfidence = params.totalConfidence
    override val vendorConfidence = params.vendorConfidence
    override val dateConfidence = params.dateConfidence
    override val taxConfidence = params.taxConfidence
}
