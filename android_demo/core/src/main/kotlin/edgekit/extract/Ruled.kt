package edgekit.extract

import edgekit.parsing.part
import java.math.BigDecimal
import kotlin.math.abs

/*
 * Fields by rules: candidates, points for each, and the best of them. The rungs "rules" and "classical".
 */

/** What the rules say of a receipt. */
fun ruledAnswers(paper: Paper): Answers {
    val dates = rankDates(paper.page, paper.lexicon, paper.params)
    val total = totalOf(paper, rankTotals(paper.found, paper.page.rows.size, paper.weights))
    val tax = ruledTax(paper, total)
    return Answers(
        vendor = vendorOf(paper, rankNames(paper.page, paper.lexicon, paper.weights)),
        date = dateOf(paper, dates),
        time = ruledTime(paper, dates),
        currency = ruledCurrency(paper),
        subtotal = ruledSubtotal(paper, total, tax),
        tax = tax,
        total = total,
    )
}

/** The best name, with those reading errors put right that need no guess. [extra]: evidence beyond VENDOR_EVIDENCE. */
fun vendorOf(paper: Paper, ranked: List<Name>, extra: List<Double> = emptyList()): Found<String>? {
    val best = ranked.firstOrNull() ?: return null
    val name = mended(best.text, paper.lexicon)
    val evidence = vendorEvidence(ranked, name != best.text, paper.page, paper.weights.nameNone)
    val confidence = logistic(paper.weights.vendorConfidence, evidence + extra)
    return Found(name, best.text, confidence, best.lines)
}

/** The best date in its likeliest reading. [extra]: evidence beyond DATE_EVIDENCE. */
fun dateOf(paper: Paper, dates: List<DatedRow>, extra: List<Double> = emptyList()): Found<String>? {
    val best = dates.firstOrNull() ?: return null
    val preferred = prefer(dates, paper.region.orders, paper.params)
    val evidence = dateEvidence(dates, paper.page) + extra
    val sure = logistic(paper.weights.dateConfidence, evidence)
    val confidence = sure * if (preferred.decided) 1.0 else paper.params.dateGuess
    val text = best.row.text.part(best.printed.start, best.printed.end)
    val lines = best.row.linesOf(best.printed.start, best.printed.end)
    return Found(preferred.days[0], text, confidence, lines, preferred.days.drop(1))
}

/** The best total. [extra]: evidence beyond TOTAL_EVIDENCE. */
fun totalOf(paper: Paper, ranked: List<Scored>, extra: List<Double> = emptyList()): Found<BigDecimal>? {
    val entry = ranked.firstOrNull()?.entry ?: return null
    val evidence = totalEvidence(ranked, paper.page, paper.weights.totalNone) + extra
    val confidence = logistic(paper.weights.totalConfidence, evidence)
    return Found(entry.amount.value, entry.text, confidence, entry.lines)
}

/** A tax and how sure it is. [extra]: evidence beyond TAX_EVIDENCE. */
fun taxOf(
    paper: Paper,
    tax: Tax,
    total: Found<BigDecimal>?,
    extra: List<Double> = emptyList(),
): Found<BigDecimal>? {
    val evidence = taxEvidence(tax, paper.page, total?.confidence ?: 0.0) + extra
    val confidence = logistic(paper.weights.taxConfidence, evidence)
    val lines = tax.entries.flatMap { it.lines }.distinct()
    return Found(tax.value, tax.entries.joinToString(" + ") { it.text }, confidence, lines)
}

/** Whether a subtotal is the total, or becomes it with what is printed besides. */
fun isProved(paper: Paper, entry: Entry, total: Found<BigDecimal>?): Boolean =
    total != null && makes(entry.amount.value, total.value, partsOf(paper.found))

private fun ruledTax(paper: Paper, total: Found<BigDecimal>?): Found<BigDecimal>? =
    chooseTax(paper.found, total?.value, paper.params)?.let { taxOf(paper, it, total) }

private fun ruledTime(paper: Paper, dates: List<DatedRow>): Found<String>? {
    val params = paper.params
    val nearTo = dates.firstOrNull()?.row?.index
    val chosen = chooseTime(paper.page, nearTo) ?: return null
    val lines = chosen.row.linesOf(chosen.printed.start, chosen.printed.end)
    val nearDate = nearTo != null && abs(chosen.row.index - nearTo) <= params.timeRows
    val confidence = (if (nearDate) params.timeNear else params.timeFar) * paper.page.confidence(lines)
    val text = chosen.row.text.part(chosen.printed.start, chosen.printed.end)
    return Found(chosen.printed.value, text, confidence, lines)
}

private fun ruledCurrency(paper: Paper): Found<String>? {
    val region = paper.region
    if (region.currency.isEmpty()) return null
    val printed = paper.params.currencyPrinted * region.agreement
    val confidence = if (region.mark.isNotEmpty()) printed else paper.params.currencyInferred
    return Found(region.currency, region.mark, confidence, region.lines)
}

private fun ruledSubtotal(paper: Paper, total: Found<BigDecimal>?, tax: Found<BigDecimal>?): Found<BigDecimal>? {
    val entry = chooseSubtotal(paper.found, total?.value, tax?.value) ?: return null
    val params = paper.params
    val confidence = if (isProved(paper, entry, total)) params.subtotalProved else params.subtotalAlone
    return Found(entry.amount.value, entry.text, confidence * entry.confidence, entry.lines)
}
