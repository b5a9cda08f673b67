package edgekit.extract

import edgekit.Node

/*
 * Constants of the extractor. They live in the bundle's manifest; this file only names them.
 */

/** What stands in for the fitted weights of the same names. */
interface Confidences {
    val totalConfidence: DoubleArray
    val vendorConfidence: DoubleArray
    val dateConfidence: DoubleArray
    val taxConfidence: DoubleArray
}

private fun Map<String, Node>.numbers(key: String): DoubleArray = getValue(key).numbers()

private fun Map<String, Node>.number(key: String): Double = getValue(key).number()

/** Points and logistic weights set by hand: each stands in for the fitted one of its name in [ExtractParams]. */
class RuleWeights(node: Node) : Confidences {
    private val members = node.members(
        listOf(
            "total_weights", "name_weights", "total_confidence", "vendor_confidence", "date_confidence",
            "tax_confidence",
        ),
    )
    val totalWeights = members.numbers("total_weights")
    val nameWeights = members.numbers("name_weights")
    override val totalConfidence = members.numbers("total_confidence")
    override val vendorConfidence = members.numbers("vendor_confidence")
    override val dateConfidence = members.numbers("date_confidence")
    override val taxConfidence = members.numbers("tax_confidence")
}

/**
 * Of network, rules and arithmetic together.
 *
 * [totalRules], [nameRules]: stand in for the weights of [ExtractParams]; fitted on shops that the network was trained
 * on. Weights: in the order of the points of Points.kt. [totalNone], [nameNone]: as in [ExtractParams]. Confidences:
 * logistic weights; of total, vendor, date and tax in the order of the evidence of Confidence.kt and then of
 * POINTED_EVIDENCE or NAME_EVIDENCE, else of PLAIN_EVIDENCE.
 */
class JointWeights(node: Node) : Confidences {
    private val members = node.members(
        listOf(
            "total_rules", "total_weights", "total_none", "name_rules", "name_weights", "name_none", "date_weights",
            "tax_weights", "total_confidence", "vendor_confidence", "date_confidence", "tax_confidence",
            "time_confidence", "currency_confidence", "subtotal_confidence",
        ),
    )
    val totalRules = members.numbers("total_rules")
    val totalWeights = members.numbers("total_weights")
    val totalNone = members.number("total_none")
    val nameRules = members.numbers("name_rules")
    val nameWeights = members.numbers("name_weights")
    val nameNone = members.number("name_none")
    val dateWeights = members.numbers("date_weights")
    val taxWeights = members.numbers("tax_weights")
    override val totalConfidence = members.numbers("total_confidence")
    override val vendorConfidence = members.numbers("vendor_confidence")
    override val dateConfidence = members.numbers("date_confidence")
    override val taxConfidence = members.numbers("tax_confidence")
    val timeConfidence = members.numbers("time_confidence")
    val currencyConfidence = members.numbers("currency_confidence")
    val subtotalConfidence = members.numbers("subtotal_confidence")
}

private val KEYS = (
    "rung review_threshold answer_threshold first_year last_year total_weights total_none total_confidence " +
        "mixed_share tall tax_lines rate_least rate_most tax_confidence subtotal_proved subtotal_alone date_anchor " +
        "date_other date_time date_long date_damaged date_late date_twin date_order_vote date_same_day_vote " +
        "date_guess date_confidence time_rows time_near time_far currency_printed currency_inferred name_rows " +
        "name_weights name_none vendor_confidence rules joint calibration"
    ).split(" ")

/**
 * Weights are points added to a candidate's score; confidences and shares are 0..1. They are explained where they are
 * used.
 *
 * [reviewThreshold]: confidence below which a field needs review. [answerThreshold]: below which there is no answer.
 * [years]: of plausible dates. [totalWeights], [nameWeights]: in the order of TOTAL_FEATURES and NAME_FEATURES.
 * [totalNone], [nameNone]: the score at which no answer is as likely as this one. Confidences: logistic weights in the
 * order of the evidence of Confidence.kt. [rung]: the one that opens by default where the bundle has the network.
 * [calibration]: by rung.
 */
class ExtractParams(node: Node) {
    private val members = node.members(KEYS)
    val rung = members.getValue("rung").text(empty = true)
    val reviewThreshold = members.number("review_threshold")
    val answerThreshold = members.number("answer_threshold")
    val years = members.getValue("first_year").integer()..members.getValue("last_year").integer()
    val totalWeights = members.numbers("total_weights")
    val totalNone = members.number("total_none")
    val totalConfidence = members.numbers("total_confidence")
    val mixedShare = members.number("mixed_share")
    val tall = members.number("tall")
    val taxLines = members.getValue("tax_lines").integer()
    val rateLeast = members.number("rate_least")
    val rateMost = members.number("rate_most")
    val taxConfidence = members.numbers("tax_confidence")
    val subtotalProved = members.number("subtotal_proved")
    val subtotalAlone = members.number("subtotal_alone")
    val dateAnchor = members.number("date_anchor")
    val dateOther = members.number("date_other")
    val dateTime = members.number("date_time")
    val dateLong = members.number("date_long")
    val dateDamaged = members.number("date_damaged")
    val dateLate = members.number("date_late")
    val dateTwin = members.number("date_twin")
    val dateOrderVote = members.number("date_order_vote")
    val dateSameDayVote = members.number("date_same_day_vote")
    val dateGuess = members.number("date_guess")
    val dateConfidence = members.numbers("date_confidence")
    val timeRows = members.getValue("time_rows").integer()
    val timeNear = members.number("time_near")
    val timeFar = members.number("time_far")
    val currencyPrinted = members.number("currency_printed")
    val currencyInferred = members.number("currency_inferred")
    val nameRows = members.getValue("name_rows").integer()
    val nameWeights = members.numbers("name_weights")
    val nameNone = members.number("name_none")
    val vendorConfidence = members.numbers("vendor_confidence")
    val rules = RuleWeights(members.getValue("rules"))
    val joint = JointWeights(members.getValue("joint"))
    val calibration: Map<String, Node> = members.getValue("calibration").mapping()
}
