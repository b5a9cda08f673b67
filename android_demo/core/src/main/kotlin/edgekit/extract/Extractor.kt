package edgekit.extract

import edgekit.Calibration
import edgekit.Field
import edgekit.Fields
import edgekit.Item
import edgekit.Session
import edgekit.TextLine
import edgekit.UsageError

/*
 * From rows of text to a receipt's fields and items, on any rung of the ladder.
 */

/**
 * How fields are extracted: on which rung, and how many of the accepted answers may be wrong, 0 to 1.
 *
 * Throws [UsageError] for an unknown rung, or an error outside 0 to 1.
 */
class How(val rung: String = CLASSICAL, val reviewError: Double = 0.02) {
    init {
        if (rung !in RUNGS) throw UsageError("extractor='$rung': choose one of ${RUNGS.joinToString(", ")}")
        if (!(reviewError > 0 && reviewError < 1)) {
            throw UsageError("review_error=$reviewError: give a share between 0 and 1, such as 0.02")
        }
    }
}

/** Fields, and line items; none of these without the network. */
class Extracted(val fields: Fields, val items: List<Item>)

/**
 * Fields from lines and rows. Holds no state between calls: one serves all threads, and repeats itself exactly.
 *
 * [session]: of the extraction network; the rungs of NETWORKED need it. [where]: names [params] in errors. Throws
 * [UsageError] where the session is missing, [edgekit.ManifestError] where the calibration cannot be used or weights,
 * of any rung, are too few or too many.
 */
class Extractor(
    params: ExtractParams,
    private val lexicon: Lexicon,
    val how: How = How(),
    session: Session? = null,
    where: String = "params",
) {
    private val weights = weightsOf(how.rung, params)
    private val network: Network?
    private val calibration: Calibration =
        params.calibration[how.rung]?.let { Calibration(it) } ?: Calibration(emptyMap())

    init {
        if (how.rung in NETWORKED && session == null) {
            throw UsageError("extractor='${how.rung}' needs the extraction network: give its session")
        }
        checkLengths(params, where)
        network = session?.takeIf { how.rung in NETWORKED }?.let { Network(it) }
    }

    /**
     * The fields of a receipt; null for each that it does not show.
     *
     * [rows]: indices into [lines] by printed row, in reading order. Throws [edgekit.BackendError] if the engine fails.
     */
    fun extract(lines: List<TextLine>, rows: List<List<Int>>): Extracted {
        val paper = buildPaper(lines, rows, lexicon, weights)
        if (network == null) return Extracted(fields(ruledAnswers(paper)), emptyList())
        val reading = network.read(paper.page, paper.found, lexicon) ?: return Extracted(Fields(), emptyList())
        val items = findItems(paper.page, reading)
        val answers = if (how.rung == JOINT) jointAnswers(paper, reading, items) else pointedAnswers(paper, reading)
        return Extracted(fields(answers), items)
    }

    private fun fields(answers: Answers) = Fields(
        vendor = field("vendor", answers.vendor),
        date = field("date", answers.date),
        time = field("time", answers.time),
        currency = field("currency", answers.currency),
        subtotal = field("subtotal", answers.subtotal),
        tax = field("tax", answers.tax),
        total = field("total", answers.total),
    )

    private fun <T : Any> field(name: String, answer: Found<T>?): Field<T>? {
        if (answer == null) return null
        val confidence = calibration.probability(name, answer.confidence)
        if (confidence < weights.rest.answerThreshold) return null
        val threshold = calibration.reviewThreshold(name, how.reviewError) ?: weights.rest.reviewThreshold
        val review = confidence < threshold
        return Field(answer.value, answer.text, confidence, answer.lines, review, answer.alternatives)
    }
}
