package edgekit.extract

import edgekit.ManifestError

/*
 * How many weights each part of the extractor needs: as many as it has features, points or evidence to weigh.
 */

/** Throws [ManifestError] where weights, of any rung, are more or fewer than what they weigh. [where]: names them. */
fun checkLengths(params: ExtractParams, where: String) {
    val rules = params.rules
    val joint = params.joint
    check(where, "total_weights", params.totalWeights, TOTAL_FEATURES)
    check(where, "name_weights", params.nameWeights, NAME_FEATURES)
    checkConfidences(where, weightsOf(CLASSICAL, params), List(4) { emptyList() })
    check("$where.rules", "total_weights", rules.totalWeights, TOTAL_FEATURES)
    check("$where.rules", "name_weights", rules.nameWeights, NAME_FEATURES)
    checkConfidences("$where.rules", rules, List(4) { emptyList() })
    check("$where.joint", "total_rules", joint.totalRules, TOTAL_FEATURES)
    check("$where.joint", "total_weights", joint.totalWeights, TOTAL_POINTS)
    check("$where.joint", "name_rules", joint.nameRules, NAME_FEATURES)
    check("$where.joint", "name_weights", joint.nameWeights, NAME_POINTS)
    check("$where.joint", "date_weights", joint.dateWeights, DATE_POINTS)
    check("$where.joint", "tax_weights", joint.taxWeights, TAX_POINTS)
    val extra = listOf(POINTED_EVIDENCE, NAME_EVIDENCE, POINTED_EVIDENCE, POINTED_EVIDENCE)
    checkConfidences("$where.joint", joint, extra)
    check("$where.joint", "time_confidence", joint.timeConfidence, PLAIN_EVIDENCE)
    check("$where.joint", "currency_confidence", joint.currencyConfidence, PLAIN_EVIDENCE)
    check("$where.joint", "subtotal_confidence", joint.subtotalConfidence, PLAIN_EVIDENCE)
}

private fun checkConfidences(where: String, weights: Confidences, extra: List<List<String>>) {
    check(where, "total_confidence", weights.totalConfidence, TOTAL_EVIDENCE + extra[0])
    check(where, "vendor_confidence", weights.vendorConfidence, VENDOR_EVIDENCE + extra[1])
    check(where, "date_confidence", weights.dateConfidence, DATE_EVIDENCE + extra[2])
    check(where, "tax_confidence", weights.taxConfidence, TAX_EVIDENCE + extra[3])
}

private fun check(where: String, name: String, weights: DoubleArray, weighed: List<String>) {
    if (weights.size != weighed.size) {
        throw ManifestError("$where.$name: has ${weights.size} weights; write ${weighed.size}")
    }
}
