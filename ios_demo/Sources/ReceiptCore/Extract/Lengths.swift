// How many weights each part of the extractor needs: as many as it has features, points or evidence to weigh.

/// Throws a `manifest` error where weights, of any rung, are more or fewer than what they weigh. `place`: names them.
func checkLengths(_ params: ExtractParams, _ place: String) throws {
    try checkRuled(params.totalWeights, params.nameWeights, params, place)
    let rules = params.rules
    try checkRuled(rules.totalWeights, rules.nameWeights, rules, "\(place).rules")
    let joint = params.joint
    let needed = [
        ("total_rules", joint.totalRules, totalFeatureNames),
        ("total_weights", joint.totalWeights, totalPointNames),
        ("name_rules", joint.nameRules, nameFeatureNames),
        ("name_weights", joint.nameWeights, namePointNames),
        ("date_weights", joint.dateWeights, datePointNames),
        ("tax_weights", joint.taxWeights, taxPointNames),
        ("total_confidence", joint.totalConfidence, totalEvidenceNames + pointedEvidenceNames),
        ("vendor_confidence", joint.vendorConfidence, vendorEvidenceNames + nameEvidenceNames),
        ("date_confidence", joint.dateConfidence, dateEvidenceNames + pointedEvidenceNames),
        ("tax_confidence", joint.taxConfidence, taxEvidenceNames + pointedEvidenceNames),
        ("time_confidence", joint.timeConfidence, plainEvidenceNames),
        ("currency_confidence", joint.currencyConfidence, plainEvidenceNames),
        ("subtotal_confidence", joint.subtotalConfidence, plainEvidenceNames),
    ]
    for (name, weights, weighed) in needed { try check("\(place).joint.\(name)", weights, weighed) }
}

private func checkRuled(
    _ totalWeights: [Double], _ nameWeights: [Double], _ weights: some Confidences, _ place: String
) throws {
    try check("\(place).total_weights", totalWeights, totalFeatureNames)
    try check("\(place).name_weights", nameWeights, nameFeatureNames)
    try check("\(place).total_confidence", weights.totalConfidence, totalEvidenceNames)
    try check("\(place).vendor_confidence", weights.vendorConfidence, vendorEvidenceNames)
    try check("\(place).date_confidence", weights.dateConfidence, dateEvidenceNames)
    try check("\(place).tax_confidence", weights.taxConfidence, taxEvidenceNames)
}

private func check(_ name: String, _ weights: [Double], _ weighed: [String]) throws {
    if weights.count != weighed.count {
        throw EdgeKitError(.manifest, "\(name): has \(weights.count) weights; write \(weighed.count)")
    }
}
