package edgekit.extract

import edgekit.Item
import edgekit.parsing.part
import java.math.BigDecimal
import kotlin.math.exp
import kotlin.math.ln

/*
 * Candidates for a field, and what network and rules say for each: points for scores, evidence for confidences.
 */

/**
 * What a candidate's score is made of, in the order of its weights.
 *
 * rules: its score by rules (of a tax: whether the rules chose it). share: log of the network's share of its words;
 * value: of the words of all that show the same value. items: the line items add up to it, or to a base that it is made
 * of. halves: two totals printed above, of two rates say, add up to it. inside: sum of the words' log-odds; mean: their
 * mean. trimmed: words at the ends were left out. proved: with a printed base it makes the total.
 */
val TOTAL_POINTS = listOf("rules", "share", "value", "items", "halves")
val NAME_POINTS = listOf("rules", "inside", "mean", "trimmed")
val DATE_POINTS = listOf("rules", "share", "value")
val TAX_POINTS = listOf("rules", "proved", "share")

/** From here on TOTAL_POINTS are of arithmetic. */
internal val PROOF = TOTAL_POINTS.indexOf("items")

/**
 * What a confidence weighs besides, or for the fields without fitted weights instead of, the evidence of the rules.
 *
 * pointed: share of the network on the answer, 0..1 (of a name: mean of its words'). against: log of the largest other
 * share, -12..0, over 12. left_out: likely words of the name that are not in the answer, at most 4, over 4. rules:
 * whether the rules chose it and found it proved, near the date, or marked.
 */
val POINTED_EVIDENCE = listOf("pointed", "against")
val NAME_EVIDENCE = listOf("pointed", "left_out")
val PLAIN_EVIDENCE = listOf("one", "rules", "pointed", "reader")
private const val LEFT_OUT = 4
private val HALVES = setOf("total_final", "total_strong", "total", "subtotal", "amount")
private const val MOST_HALVES = 8 // bounds the work on garbage
private val CANDIDATE = ln(0.05) // share from which an amount that no rule takes for the tax may be it

/** Numbers of the words an amount is printed with. */
fun wordsOf(entry: Entry, reading: Reading): List<Int> =
    reading.words(entry.row, entry.amount.start, entry.amount.end)

/** Numbers of the words of all amounts with the same value. */
fun alike(entry: Entry, found: List<Entry>, reading: Reading): List<Int> {
    val same = found.filter { it.amount.value.same(entry.amount.value) }
    return same.flatMap { wordsOf(it, reading) }.toSortedSet().toList()
}

/** TOTAL_POINTS of each candidate. */
fun totalPoints(paper: Paper, reading: Reading, items: List<Item>, ranked: List<Scored>): List<List<Double>> {
    val bought = sum(items.map { it.amount })
    val parts = partsOf(paper.found)
    return ranked.map { scored ->
        listOf(
            scored.score,
            reading.share("total", wordsOf(scored.entry, reading)),
            reading.share("total", alike(scored.entry, paper.found, reading)),
            flag(items.isNotEmpty() && makes(bought, scored.entry.amount.value, parts)),
            flag(isMadeOfTwo(scored.entry, paper.found)),
        )
    }
}

private fun isMadeOfTwo(entry: Entry, found: List<Entry>): Boolean {
    val above = found.filter { it.row < entry.row && it.kind in HALVES && it.isMoney && it.amount.value.signum() != 0 }
    val values = distinct(above.map { it.amount.value }).take(MOST_HALVES)
    return combinations(values, 2).any { (a, b) -> near(a + b, entry.amount.value) }
}

/** POINTED_EVIDENCE of the best total; empty without any. */
fun pointedTotal(paper: Paper, reading: Reading, ranked: List<Scored>): List<Double> {
    val best = ranked.firstOrNull() ?: return emptyList()
    return pointed("total", reading, alike(best.entry, paper.found, reading))
}

/** A name with the score of the rules, and whether it was trimmed. */
class NameCandidate(val name: Name, val trimmed: Boolean)

/** Names of the rules, and what is left of each without the words at its ends that are no part of a name. */
fun nameCandidates(paper: Paper, reading: Reading): List<NameCandidate> {
    val ranked = rankNames(paper.page, paper.lexicon, paper.weights)
    val trimmed = ranked.mapNotNull { trimmed(paper, reading, it) }
    return ranked.map { NameCandidate(it, false) } + trimmed.map { NameCandidate(it, true) }
}

/** NAME_POINTS of a candidate. */
fun namePoints(paper: Paper, reading: Reading, candidate: NameCandidate): List<Double> {
    val said = reading.said("vendor", nameWords(paper, reading, candidate.name).map { it.word })
    val inside = said.sum()
    return listOf(candidate.name.score, inside, inside / maxOf(said.size, 1), flag(candidate.trimmed))
}

/** NAME_EVIDENCE of the best name; empty without any. */
fun nameEvidence(paper: Paper, reading: Reading, ranked: List<Name>): List<Double> {
    val best = ranked.firstOrNull() ?: return emptyList()
    val words = nameWords(paper, reading, best).map { it.word }
    val odds = reading.odds.getValue("vendor")
    val leftOut = odds.indices.count { odds[it] > 0 && it !in words }
    val likely = reading.said("vendor", words).map { probability(it) }
    val mean = if (likely.isEmpty()) 0.0 else likely.sum() / likely.size
    return listOf(mean, minOf(leftOut, LEFT_OUT).toDouble() / LEFT_OUT)
}

/** A word, and the characters [start, end) of a name's text that it is. */
class NameWord(val word: Int, val start: Int, val end: Int)

/** Words that a name is made of. */
fun nameWords(paper: Paper, reading: Reading, name: Name): List<NameWord> {
    val found = ArrayList<NameWord>()
    var cursor = 0
    for (word in name.lines.flatMap { reading.byLine[it] ?: emptyList() }) {
        val span = reading.spans[word]
        val text = paper.page.rows[span.row].text.part(span.start, span.end)
        val start = name.text.indexOf(text, cursor)
        if (start < 0) continue
        cursor = start + text.length
        found.add(NameWord(word, start, cursor))
    }
    return found
}

/** The name from its first to its last likely word; null where that is all of it, or nothing. */
private fun trimmed(paper: Paper, reading: Reading, name: Name): Name? {
    val words = nameWords(paper, reading, name)
    val odds = reading.odds.getValue("vendor")
    val likely = words.filter { odds[it.word] > 0 }
    if (likely.isEmpty()) return null
    val start = likely.first().start
    val end = likely.last().end
    if (start == words.first().start && end == words.last().end) return null
    val kept = words.filter { it.start >= start && it.start < end }.map { reading.spans[it.word].line }.toSet()
    return name.copy(text = name.text.part(start, end), lines = name.lines.filter { it in kept })
}

/** DATE_POINTS of each date. */
fun datePoints(reading: Reading, dates: List<DatedRow>): List<List<Double>> = dates.map { dated ->
    val same = dates.filter { it.printed.readings == dated.printed.readings }
    val alike = same.flatMap { printed(it, reading) }.toSortedSet()
    listOf(dated.score, reading.share("date", printed(dated, reading)), reading.share("date", alike))
}

/** POINTED_EVIDENCE of the best date; empty without any. */
fun pointedDate(reading: Reading, dates: List<DatedRow>): List<Double> {
    val best = dates.firstOrNull() ?: return emptyList()
    val days = best.printed.readings.map { it.day }.toSet()
    val same = dates.filter { dated -> dated.printed.readings.any { it.day in days } }
    return pointed("date", reading, same.flatMap { printed(it, reading) }.toSortedSet().toList())
}

private fun printed(date: DatedRow, reading: Reading): List<Int> =
    reading.words(date.row.index, date.printed.start, date.printed.end)

/** What may be the tax, and whether the rules chose it. */
class TaxCandidate(val tax: Tax, val ruled: Boolean)

/** The choice of the rules, and amounts the network points at. */
fun taxCandidates(paper: Paper, reading: Reading, total: BigDecimal?): List<TaxCandidate> {
    val chosen = chooseTax(paper.found, total, paper.params)
    val parts = partsOf(paper.found)
    val found = ArrayList<TaxCandidate>()
    val seen = HashSet<BigDecimal>()
    if (chosen != null) {
        found.add(TaxCandidate(chosen, true))
        seen.add(chosen.value.key())
    }
    for (entry in paper.found) {
        val value = entry.amount.value
        val small = value.signum() >= 0 && canBeOf(total, value)
        if (!entry.isMoney || !small || value.key() in seen) continue
        if (reading.share("tax", wordsOf(entry, reading)) <= CANDIDATE) continue
        seen.add(value.key())
        val proved = total != null && makesTotal(value, parts, total)
        found.add(TaxCandidate(Tax(value, listOf(entry), proved), false))
    }
    return found
}

/** TAX_POINTS of a candidate. */
fun taxPoints(paper: Paper, reading: Reading, candidate: TaxCandidate): List<Double> {
    val share = reading.share("tax", taxWords(paper, reading, candidate.tax))
    return listOf(flag(candidate.ruled), flag(candidate.tax.proved), share)
}

/** POINTED_EVIDENCE of a tax. */
fun pointedTax(paper: Paper, reading: Reading, tax: Tax): List<Double> =
    pointed("tax", reading, taxWords(paper, reading, tax))

private fun taxWords(paper: Paper, reading: Reading, tax: Tax): List<Int> =
    tax.entries.flatMap { alike(it, paper.found, reading) }.toSortedSet().toList()

/** POINTED_EVIDENCE of an answer that stands on some words. */
private fun pointed(tag: String, reading: Reading, words: List<Int>): List<Double> =
    listOf(exp(reading.share(tag, words)), maxOf(reading.against(tag, words.toSet()), FLOOR) / -FLOOR)
