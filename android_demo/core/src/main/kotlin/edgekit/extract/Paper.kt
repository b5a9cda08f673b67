package edgekit.extract

import edgekit.TextLine
import java.math.BigDecimal

/*
 * What is known of a receipt before its fields are chosen, and the form of the answers.
 */

/** An answer before calibration; its members are those of [edgekit.Field]. */
data class Found<out T : Any>(
    val value: T,
    val text: String,
    val confidence: Double,
    val lines: List<Int>,
    val alternatives: List<T> = emptyList(),
)

/** The answers of a rung; null where there is none. */
class Answers(
    val vendor: Found<String>?,
    val date: Found<String>?,
    val time: Found<String>?,
    val currency: Found<String>?,
    val subtotal: Found<BigDecimal>?,
    val tax: Found<BigDecimal>?,
    val total: Found<BigDecimal>?,
)

/** A page, the amounts on it, where it comes from, and what it is looked at with. */
class Paper(
    val page: Page,
    val found: List<Entry>,
    val region: RegionFound,
    val lexicon: Lexicon,
    val weights: Weights,
) {
    val params: ExtractParams get() = weights.rest
}

/** Everything that all rungs look at. [rows]: indices into [lines] by printed row, in reading order. */
fun buildPaper(lines: List<TextLine>, rows: List<List<Int>>, lexicon: Lexicon, weights: Weights): Paper {
    val page = buildPage(lines, rows, lexicon, weights.rest.years)
    return Paper(page, entries(page, weights.rest), findRegion(page, lexicon), lexicon, weights)
}
