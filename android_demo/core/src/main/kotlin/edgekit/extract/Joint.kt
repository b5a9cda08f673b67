package edgekit.extract

import edgekit.Item
import edgekit.parsing.part
import java.math.BigDecimal
import kotlin.math.abs
import kotlin.math.exp

/*
 * Network, rules and arithmetic together: the candidates of the rules, ranked by their points and the network's word.
 *
 * Fields that training receipts have labels for are ranked by fitted weights; time, currency and subtotal keep the
 * choice of the rules unless the network is sure of another.
 */

private const val OVERRULED = 0.7 // share from which the network alone decides on a time or a subtotal

/** What all together say of a receipt. [paper]: with the weights of this rung (see [weightsOf]). */
fun jointAnswers(paper: Paper, reading: Reading, items: List<Item>): Answers {
    val names = jointNames(paper, reading)
    val dates = jointDates(paper, reading)
    val totals = jointTotals(paper, reading, items)
    val total = totalOf(paper, totals, pointedTotal(paper, reading, totals))
    val tax = bestTax(paper, reading, total?.value)?.let { taxOf(paper, it, total, pointedTax(paper, reading, it)) }
    return Answers(
        vendor = vendorOf(paper, names, nameEvidence(paper, reading, names)),
        date = dateOf(paper, dates, pointedDate(reading, dates)),
        time = jointTime(paper, reading, dates),
        currency = jointCurrency(paper, reading),
        subtotal = jointSubtotal(paper, reading, total, tax),
        tax = tax,
        total = total,
    )
}

/** Candidates for the total, best first. */
fun jointTotals(paper: Paper, reading: Reading, items: List<Item>): List<Scored> {
    val ranked = rankTotals(paper.found, paper.page.rows.size, paper.weights)
    val scored = ranked.zip(totalPoints(paper, reading, items, ranked)) { scored, points ->
        val proved = scored.proved || points.drop(PROOF).any { it != 0.0 }
        scored.copy(score = dot(paper.params.joint.totalWeights, points), proved = proved)
    }
    return scored.sortedWith(BEST_TOTAL_FIRST)
}

/** Candidates for the vendor's name, best first. */
fun jointNames(paper: Paper, reading: Reading): List<Name> {
    val scored = nameCandidates(paper, reading).map { candidate ->
        val points = namePoints(paper, reading, candidate)
        candidate.name.copy(score = dot(paper.params.joint.nameWeights, points))
    }
    return scored.sortedWith(BEST_NAME_FIRST.thenBy { it.text })
}

/** All dates, best first. */
fun jointDates(paper: Paper, reading: Reading): List<DatedRow> {
    val dates = rankDates(paper.page, paper.lexicon, paper.params)
    val scored = dates.zip(datePoints(reading, dates)) { dated, points ->
        dated.copy(score = dot(paper.params.joint.dateWeights, points))
    }
    return scored.sortedWith(BEST_DATE_FIRST)
}

/** The likeliest tax. */
fun bestTax(paper: Paper, reading: Reading, total: BigDecimal?): Tax? {
    val weights = paper.params.joint.taxWeights
    return taxCandidates(paper, reading, total).maxByOrNull { dot(weights, taxPoints(paper, reading, it)) }?.tax
}

/** The time of the rules, unless the network is sure of another. */
private fun jointTime(paper: Paper, reading: Reading, dates: List<DatedRow>): Found<String>? {
    val nearTo = dates.firstOrNull()?.row?.index
    val ruled = chooseTime(paper.page, nearTo) ?: return null
    fun share(timed: TimedRow): Double =
        reading.share("time", reading.words(timed.row.index, timed.printed.start, timed.printed.end))
    val pointed = timedRows(paper.page).maxByOrNull { share(it) } ?: return null
    val chosen = if (exp(share(pointed)) >= OVERRULED) pointed else ruled
    val lines = chosen.row.linesOf(chosen.printed.start, chosen.printed.end)
    val nearDate = nearTo != null && abs(chosen.row.index - nearTo) <= paper.params.timeRows
    val evidence = listOf(1.0, flag(nearDate), exp(share(chosen)), paper.page.confidence(lines))
    val confidence = logistic(paper.params.joint.timeConfidence, evidence)
    val text = chosen.row.text.part(chosen.printed.start, chosen.printed.end)
    return Found(chosen.printed.value, text, confidence, lines)
}

/** The currency of the rules, which look at all of the receipt; the network speaks for or against it. */
private fun jointCurrency(paper: Paper, reading: Reading): Found<String>? {
    val region = paper.region
    if (region.currency.isEmpty()) return null
    val pointed = pointedCurrency(paper.page, paper.lexicon, reading)
    val share = if (pointed != null && pointed.value == region.currency) pointed.confidence else 0.0
    val agreement = if (region.mark.isNotEmpty()) region.agreement else 0.0
    val evidence = listOf(1.0, agreement, share, paper.page.confidence(region.lines))
    val confidence = logistic(paper.params.joint.currencyConfidence, evidence)
    return Found(region.currency, region.mark, confidence, region.lines)
}

/** The subtotal of the rules, unless the network is sure of another amount up to the total. */
private fun jointSubtotal(
    paper: Paper,
    reading: Reading,
    total: Found<BigDecimal>?,
    tax: Found<BigDecimal>?,
): Found<BigDecimal>? {
    val money = paper.found.filter { it.isMoney && it.amount.value.signum() > 0 && it.kind !in NOT_TOTALS }
    val likely = money.filter { total == null || it.amount.value <= total.value }
    val pointed = likely.maxByOrNull { reading.share("subtotal", wordsOf(it, reading)) }
        ?.takeIf { exp(reading.share("subtotal", wordsOf(it, reading))) >= OVERRULED }
    val entry = pointed ?: chooseSubtotal(paper.found, total?.value, tax?.value) ?: return null
    val share = exp(reading.share("subtotal", alike(entry, paper.found, reading)))
    val evidence = listOf(1.0, flag(isProved(paper, entry, total)), share, entry.confidence)
    val confidence = logistic(paper.params.joint.subtotalConfidence, evidence)
    return Found(entry.amount.value, entry.text, confidence, entry.lines)
}
