package edgekit.extract

import edgekit.parsing.DAY_FIRST
import edgekit.parsing.DIGIT
import edgekit.parsing.MONTH_FIRST
import edgekit.parsing.finds
import edgekit.parsing.isAlpha
import edgekit.parsing.part
import edgekit.parsing.pattern
import edgekit.parsing.squash

/*
 * Where a receipt comes from, as far as it shows: its currency, and the order its dates are likely printed in.
 */

private val US_PLACE = pattern("(?<![A-Z])[A-Z]{2}\\.?,? {0,3}[$DIGIT]{5}(?:-[$DIGIT]{4})?(?![$DIGIT])")
private val US_PHONE = pattern(
    "\\([$DIGIT]{3}\\) ?[$DIGIT]{3}[-. ][$DIGIT]{4}" +
        "|(?<![$DIGIT])[$DIGIT]{3}[-.][$DIGIT]{3}[-.][$DIGIT]{4}(?![$DIGIT])",
)
private val MARK = pattern("[A-Z]{2,3}|[€£¥₹]")
private const val DOLLAR = "$"
private const val MARKS_COUNTED = 3
private const val WORDS_COUNTED = 4 // words of one region that add to its votes: a long receipt is not more foreign

/**
 * What the page shows of its origin.
 *
 * [currency]: ISO code or empty. [mark]: as printed beside an amount or in a heading, empty where inferred from words.
 * [lines]: where that mark first stands. [agreement]: 1, or less where another currency is marked more often. [orders]:
 * votes for each order of dates.
 */
class RegionFound(
    val currency: String,
    val mark: String,
    val lines: List<Int>,
    val agreement: Double,
    val orders: Map<String, Double>,
)

/** A mark, the currencies it may stand for, and its lines. */
private class Marked(val codes: List<String>, val mark: String, val lines: List<Int>)

/** The currency that marks and words of its country speak for; a bare `$` speaks for every dollar. */
fun findRegion(page: Page, lexicon: Lexicon): RegionFound {
    val votes = wordVotes(page, lexicon)
    val marks = LinkedHashMap<String, Int>()
    val first = HashMap<String, Marked>()
    for (marked in page.rows.flatMap { marks(it, lexicon) }) {
        for (code in marked.codes) {
            marks[code] = (marks[code] ?: 0) + 1
            if (code !in first) first[code] = marked
        }
    }
    val scores = (marks.keys + votes.keys).associateWith { code ->
        minOf(marks[code] ?: 0, MARKS_COUNTED) + (votes[code] ?: 0.0) / 2
    }
    val ranked = scores.keys.sortedWith(compareBy({ -scores.getValue(it) }, { it != "USD" }, { it }))
    val code = ranked.firstOrNull()?.takeIf { scores.getValue(it) >= 1 } ?: ""
    val marked = first[code]
    val own = scores[code] ?: 0.0
    val agreement = if (code.isEmpty()) 0.0 else own / (own + rival(code, scores, marks))
    return RegionFound(code, marked?.mark ?: "", marked?.lines ?: emptyList(), agreement, orders(code, votes, lexicon))
}

/** The score of the strongest other currency that is marked more often than this one, as far as it is. */
private fun rival(code: String, scores: Map<String, Double>, marks: Map<String, Int>): Double =
    marks.filter { it.key != code && it.value > (marks[code] ?: 0) }.maxOfOrNull { scores.getValue(it.key) } ?: 0.0

private fun wordVotes(page: Page, lexicon: Lexicon): Map<String, Double> {
    val seen = LinkedHashMap<Int, HashSet<String>>()
    for (row in page.rows) {
        for (mark in lexicon.regionWords.find(row.text)) {
            val word = squash(row.text.part(mark.start, mark.end))
            for (number in mark.kind.split(",")) seen.getOrPut(number.toInt()) { HashSet() }.add(word)
        }
    }
    val votes = LinkedHashMap<String, Double>()
    for ((number, words) in seen) {
        val code = lexicon.regions[number].currency
        votes[code] = (votes[code] ?: 0.0) + minOf(words.size, WORDS_COUNTED)
    }
    val american = page.rows.count { US_PLACE.finds(it.text) } + page.rows.count { US_PHONE.finds(it.text) }
    if (american > 0) votes["USD"] = (votes["USD"] ?: 0.0) + 2 * minOf(american, 2)
    return votes
}

/** Each mark beside an amount, else of words such as `RM`. */
private fun marks(row: PageRow, lexicon: Lexicon): List<Marked> {
    val beside = row.amounts.filter { it.code.isNotEmpty() }
    if (beside.isNotEmpty()) {
        return beside.map { Marked(codes(it.code, it.mark, lexicon), it.mark, row.linesOf(it.start, it.end)) }
    }
    val found = ArrayList<Marked>()
    val word = MARK.matcher(row.text)
    while (word.find()) {
        val code = lexicon.marks[word.group()] ?: continue
        val before = row.text.part(word.start() - 1, word.start())
        val after = row.text.part(word.end(), word.end() + 1)
        if (before.isAlpha() || after.isAlpha()) continue
        found.add(Marked(listOf(code), word.group(), row.linesOf(word.start(), word.end())))
    }
    return found
}

/** All dollars for a bare `$` (or an `S` it was read as). */
private fun codes(code: String, mark: String, lexicon: Lexicon): List<String> {
    if (mark != DOLLAR && mark != "S") return listOf(code)
    return lexicon.currencies.values.filter { it.marks.any { mark -> mark.endsWith(DOLLAR) } }.map { it.code }
}

private fun orders(code: String, votes: Map<String, Double>, lexicon: Lexicon): Map<String, Double> {
    val orders = linkedMapOf(DAY_FIRST to 0.0, MONTH_FIRST to 0.0)
    for (region in lexicon.regions) {
        val vote = votes[region.currency] ?: continue
        orders[region.dateOrder] = (orders[region.dateOrder] ?: 0.0) + vote
    }
    lexicon.currencies[code]?.let { orders[it.dateOrder] = (orders[it.dateOrder] ?: 0.0) + 3.0 }
    return orders
}
