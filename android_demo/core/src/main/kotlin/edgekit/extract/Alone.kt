package edgekit.extract

import edgekit.parsing.isNumeral
import edgekit.parsing.part
import java.math.BigDecimal
import kotlin.math.exp

/*
 * The network alone: for each field the words it points at, and what they say when they are parsed.
 */

/** What the network alone says of a receipt. */
fun pointedAnswers(paper: Paper, reading: Reading): Answers = Answers(
    vendor = vendor(paper, reading),
    date = date(paper, reading),
    time = time(paper, reading),
    currency = pointedCurrency(paper.page, paper.lexicon, reading),
    subtotal = amount(paper, "subtotal", reading),
    tax = amount(paper, "tax", reading),
    total = amount(paper, "total", reading),
)

/** The currency whose mark is at the word that the tag points at: of an amount there, else the word itself. */
fun pointedCurrency(page: Page, lexicon: Lexicon, reading: Reading): Found<String>? {
    val word = reading.best("currency") ?: return null
    val span = reading.spans[word]
    val row = page.rows[span.row]
    val text = row.text.part(span.start, span.end)
    val amount = row.amounts.firstOrNull { it.code.isNotEmpty() && it.start < span.end && it.end > span.start }
    val letters = text.uppercase().filter { !it.isNumeral() && it !in ".,:()[]" }
    val code = amount?.code ?: lexicon.marks[letters] ?: return null
    return Found(code, amount?.mark ?: text, exp(reading.share("currency", listOf(word))), listOf(span.line))
}

/** The run of lines at the top whose words' log-odds add up to most; null where all are below 0. */
private fun vendor(paper: Paper, reading: Reading): Found<String>? {
    var best: Found<String>? = null
    var most = 0.0
    val segments = topSegments(paper.page, paper.lexicon, paper.params)
    for (span in nameSpans(segments)) {
        val run = segments.subList(span.start, span.end)
        val name = Name(joined(run), run.flatMap { it.lines }, 0.0)
        val said = reading.said("vendor", nameWords(paper, reading, name).map { it.word })
        if (said.sum() > most) {
            most = said.sum()
            val confidence = probability(said.sum() / said.size)
            best = Found(mended(name.text, paper.lexicon), name.text, confidence, name.lines)
        }
    }
    return best
}

private fun date(paper: Paper, reading: Reading): Found<String>? {
    val word = reading.best("date") ?: return null
    for (row in paper.page.rows) {
        for (printed in row.dates) {
            val words = reading.words(row.index, printed.start, printed.end)
            if (word !in words) continue
            val dated = listOf(DatedRow(printed, row, 0.0, false))
            val preferred = prefer(dated, paper.region.orders, paper.params)
            val share = exp(reading.share("date", words))
            val confidence = share * if (preferred.decided) 1.0 else paper.params.dateGuess
            val text = row.text.part(printed.start, printed.end)
            val lines = row.linesOf(printed.start, printed.end)
            return Found(preferred.days[0], text, confidence, lines, preferred.days.drop(1))
        }
    }
    return null
}

private fun time(paper: Paper, reading: Reading): Found<String>? {
    val word = reading.best("time") ?: return null
    for (row in paper.page.rows) {
        for (printed in row.times) {
            val words = reading.words(row.index, printed.start, printed.end)
            if (word !in words) continue
            val text = row.text.part(printed.start, printed.end)
            val lines = row.linesOf(printed.start, printed.end)
            return Found(printed.value, text, exp(reading.share("time", words)), lines)
        }
    }
    return null
}

/** The amount at the word that a tag points at, and the share of all words that show its value. */
private fun amount(paper: Paper, tag: String, reading: Reading): Found<BigDecimal>? {
    val word = reading.best(tag) ?: return null
    val entry = paper.found.firstOrNull { word in wordsOf(it, reading) } ?: return null
    val confidence = exp(reading.share(tag, alike(entry, paper.found, reading)))
    return Found(entry.amount.value, entry.text, confidence, entry.lines)
}
