package edgekit.extract

import edgekit.parsing.ANY_CASE
import edgekit.parsing.DIGIT
import edgekit.parsing.EDGE
import edgekit.parsing.LETTER
import edgekit.parsing.Mark
import edgekit.parsing.WORD
import edgekit.parsing.finds
import edgekit.parsing.isAlnum
import edgekit.parsing.isAlpha
import edgekit.parsing.isNumeral
import edgekit.parsing.part
import edgekit.parsing.pattern
import edgekit.parsing.squash
import edgekit.parsing.strip
import edgekit.parsing.stripEnd

/*
 * The vendor's name: a line, or lines that belong together, at the top that is a name and nothing else.
 */

private const val REPEATED = 4 // one letter this many times may still be a name ("AAA")
private const val MOST_ROWS = 3 // rows a name may be split over
private const val FAR = 2 // rows from one part of a name to the next: a smudge may stand between
private const val GAP = 3.0 // median text heights between two lines of a row beyond which they are not one name
private const val SIMILAR = 0.75 // ratio of text heights from which two rows are taken for one size of print
private const val NUMBER_DIGITS = 4 // digits after a company suffix from which they are its registration
private val PHONE = pattern("@|www|http|\\.com|[$DIGIT]{3}[-. ]{1,2}[$DIGIT]{4}|[$DIGIT]{7}", ANY_CASE)
private val PLACE = pattern(
    "$EDGE[$DIGIT]{5}$EDGE|^[^$WORD]*[$DIGIT]+[A-Za-z]?,? +[A-Za-z]{2}|^[^$WORD]*(?:no|lot)[^$WORD]*[$DIGIT]",
    ANY_CASE,
)
private val TILL_NUMBER = pattern("^#[$DIGIT]+ +")
private val NUMBER_IN_BRACKETS = pattern(" ?\\([^()]*[$DIGIT]{4,}[^()]*\\)?$")
private val BETWEEN_WORDS = pattern("[^$WORD']+")
private val LONG_WORD = pattern("[$LETTER]{2,}")

/** What speaks for or against lines being the vendor's name, in the order of the weights. */
val NAME_FEATURES = (
    "rank0 rank1 rank2 rank height tallest legal_end legal company address contact document tax_id place digits " +
        "comma short long rows2 rows3 open similar bare bare_tail cut_off legal_next barrier_next barrier_before " +
        "money dated echoed confidence odd"
    ).split(" ")

/** Lines that may be the vendor's name: as read, where they stand, and their score. */
data class Name(val text: String, val lines: List<Int>, val score: Double)

/** The segments [start, end) of a list of them. */
data class Span(val start: Int, val end: Int)

/**
 * Neighbouring lines of one row near the top, with the anchors found in them.
 *
 * [legalEnd]: a company suffix ends it. [bare]: nothing but words that any company may have ("RESTAURANT SDN BHD").
 * [phone], [place]: it looks like a telephone number or web address, or like a street or town. [word]: its longest,
 * folded. [letters], [digits], [odd]: how many characters are that, or are neither letter, digit nor what names are
 * written with.
 */
class Segment(
    val text: String,
    val row: Int,
    val lines: List<Int>,
    val height: Double,
    private val kinds: Set<String>,
    val legalEnd: Boolean,
    val bare: Boolean,
) {
    val phone = PHONE.finds(text)
    val place = PLACE.finds(text)
    val word: String = text.split(BETWEEN_WORDS.toRegex()).map { squash(it) }.maxByOrNull { it.length } ?: ""
    val letters = text.count { it.isAlpha() }
    val digits = text.count { it.isNumeral() }
    val odd = text.count { !it.isAlnum() && it !in " &'.,-()" }

    fun has(vararg wanted: String): Boolean = wanted.any { it in kinds }

    /** Whether this says where the vendor is or what the paper is: names stand above. */
    val isBarrier: Boolean get() = phone || place || has("address", "contact", "tax_id")
}

/** The top of a page: its segments, their largest height, and the rows of the whole page, folded. */
private class Top(val segments: List<Segment>, val tallest: Double, val rows: List<String>)

internal val BEST_NAME_FIRST =
    compareBy<Name> { -it.score }.then { a, b -> compareLines(a.lines, b.lines) }

private fun compareLines(a: List<Int>, b: List<Int>): Int {
    for (i in 0 until minOf(a.size, b.size)) if (a[i] != b[i]) return a[i].compareTo(b[i])
    return a.size.compareTo(b.size)
}

/** Candidates for the vendor's name among the top rows, best first. */
fun rankNames(page: Page, lexicon: Lexicon, weights: Weights): List<Name> {
    val segments = topSegments(page, lexicon, weights.rest)
    val found = nameSpans(segments).zip(nameFeatures(segments, page)) { span, features ->
        val run = segments.subList(span.start, span.end)
        Name(joined(run), run.flatMap { it.lines }, dot(weights.nameWeights, features))
    }
    return found.sortedWith(BEST_NAME_FIRST)
}

/** The segments of the first rows that show letters, in reading order. */
fun topSegments(page: Page, lexicon: Lexicon, params: ExtractParams): List<Segment> {
    val found = ArrayList<Segment>()
    for (row in page.rows) {
        if (found.size >= params.nameRows) break
        found.addAll(segments(row, lexicon).filter { isWorded(it.text) })
    }
    return found
}

/** Whether a text has letters that may spell something; `XXXXXXXX` is a line drawn with letters. */
private fun isWorded(text: String): Boolean {
    val letters = text.uppercase().filter { it.isAlpha() }
    return letters.length >= 2 && (letters.toSet().size >= 2 || letters.length <= REPEATED)
}

/** Every run of one to three segments on rows that follow each other. */
fun nameSpans(segments: List<Segment>): List<Span> {
    val spans = ArrayList<Span>()
    for (start in segments.indices) {
        spans.add(Span(start, start + 1))
        for (last in start + 1 until minOf(start + MOST_ROWS, segments.size)) {
            val step = segments[last].row - segments[last - 1].row
            if (step !in 1..FAR) break
            spans.add(Span(start, last + 1))
        }
    }
    return spans
}

private fun segments(row: PageRow, lexicon: Lexicon): List<Segment> {
    val groups = ArrayList<ArrayList<Piece>>()
    for (piece in row.pieces) {
        val before = groups.lastOrNull()
        val goesOn = before != null && piece.left - before.last().right <= GAP
        if (goesOn) before.add(piece) else groups.add(arrayListOf(piece))
    }
    return groups.map { segment(row, it, lexicon) }
}

private fun segment(row: PageRow, pieces: List<Piece>, lexicon: Lexicon): Segment {
    val printed = strip(pieces.joinToString(" ") { row.text.part(it.start, it.end) })
    val (text, marks) = withoutNumber(printed, lexicon)
    val general = marks.filter { it.kind == "legal" || it.kind == "company" }
    val covered = general.sumOf { mark -> text.part(mark.start, mark.end).count { it.isAlnum() } }
    return Segment(
        text = text,
        row = row.index,
        lines = pieces.map { it.line },
        height = pieces.maxOf { it.height },
        kinds = marks.map { it.kind }.toSet(),
        legalEnd = marks.any { mark -> mark.kind == "legal" && text.part(mark.end).none { it.isAlnum() } },
        bare = covered > 0 && covered + 1 >= text.count { it.isAlnum() },
    )
}

private class Named(val text: String, val marks: List<Mark>) {
    operator fun component1() = text

    operator fun component2() = marks
}

/**
 * A name without the registration number after it (`ACME SDN BHD (123456-X)`) or a till number before it.
 *
 * Its anchors come with it.
 */
private fun withoutNumber(printed: String, lexicon: Lexicon): Named {
    val text = TILL_NUMBER.matcher(printed).replaceFirst("")
    val marks = lexicon.names.find(text)
    val end = endOfName(text, marks)
    return if (end == text.length) Named(text, marks) else Named(text.take(end), lexicon.names.find(text.take(end)))
}

private fun endOfName(text: String, marks: List<Mark>): Int {
    for (mark in marks) {
        val tail = text.part(mark.end)
        if (mark.kind == "legal" && tail.count { it.isNumeral() } >= NUMBER_DIGITS) {
            return mark.end + if (tail.startsWith(".")) 1 else 0
        }
    }
    val group = NUMBER_IN_BRACKETS.matcher(text)
    return if (group.find() && group.start() >= 3) group.start() else text.length
}

/** NAME_FEATURES of each of [nameSpans]. */
fun nameFeatures(segments: List<Segment>, page: Page): List<List<Double>> {
    val top = Top(segments, segments.maxOfOrNull { it.height } ?: 0.0, page.rows.map { squash(it.text) })
    return nameSpans(segments).map { span ->
        val run = segments.subList(span.start, span.end)
        ofPlace(span, run, top) + ofWords(run) + ofJoints(run) + ofSurroundings(span, segments) + ofRows(run, top, page)
    }
}

private fun ofPlace(span: Span, run: List<Segment>, top: Top): List<Double> {
    val height = run.maxOf { it.height }
    return listOf(
        flag(span.start == 0),
        flag(span.start == 1),
        flag(span.start == 2),
        span.start / 10.0,
        minOf(height, 3.0) - 1.0,
        height / maxOf(top.tallest, 1e-6),
    )
}

private fun ofWords(run: List<Segment>): List<Double> {
    val letters = run.sumOf { it.letters }
    val digits = run.sumOf { it.digits }
    return listOf(
        flag(run.last().legalEnd),
        flag(run.any { it.has("legal") }),
        flag(run.any { it.has("company") }),
        flag(run.any { it.has("address") }),
        flag(run.any { it.phone || it.has("contact") }),
        flag(run.any { it.has("document") }),
        flag(run.any { it.has("tax_id") }),
        flag(run.any { it.place }),
        digits.toDouble() / maxOf(letters + digits, 1),
        flag(run.any { "," in it.text }),
        flag(letters < 4),
        maxOf(letters - 30, 0) / 10.0,
    )
}

private fun ofJoints(run: List<Segment>): List<Double> {
    val pairs = run.zipWithNext()
    val similar = pairs.all { (a, b) -> minOf(a.height, b.height) >= SIMILAR * maxOf(a.height, b.height) }
    return listOf(
        flag(run.size == 2),
        flag(run.size == 3),
        flag(pairs.any { (a, _) -> isOpen(a.text) }) - flag(isOpen(joined(run))),
        flag(similar && run.size > 1),
        flag(run.all { it.bare }),
        flag(run.last().bare && !run.all { it.bare }),
    )
}

private fun ofSurroundings(span: Span, segments: List<Segment>): List<Double> {
    val run = segments.subList(span.start, span.end)
    val before = segments.getOrNull(span.start - 1)
    val following = segments.getOrNull(span.end)
    val legalNext = following != null && following.legalEnd && !run.last().legalEnd
    return listOf(
        flag(before != null && goesOn(before, run[0])),
        flag(legalNext && following.row <= run.last().row + FAR),
        flag(following != null && following.isBarrier),
        flag(segments.take(span.start).any { it.isBarrier }),
    )
}

private fun ofRows(run: List<Segment>, top: Top, page: Page): List<Double> {
    val rows = run.map { page.rows[it.row] }
    return listOf(
        flag(rows.any { row -> row.amounts.any { it.isMoney } }),
        flag(rows.any { it.dates.isNotEmpty() || it.times.isNotEmpty() }),
        flag(isEchoed(run, top)),
        page.confidence(run.flatMap { it.lines }),
        run.sumOf { it.odd }.toDouble() / maxOf(joined(run).length, 1),
    )
}

/** The text of a run as read. */
fun joined(run: List<Segment>): String = run.joinToString(" ") { it.text }

/** Whether the line above looks like the first half of a name that ends here. */
private fun goesOn(before: Segment, first: Segment): Boolean {
    val words = LONG_WORD.toRegex().findAll(first.text).count()
    val quiet = !before.isBarrier && !before.legalEnd && !before.has("document")
    return quiet && before.row + FAR >= first.row && (first.bare || (first.legalEnd && words <= 3))
}

/** Whether print shows that more must follow. */
private fun isOpen(text: String): Boolean {
    val end = stripEnd(text)
    if (end.isNotEmpty() && end.last() in "&-(/") return true
    return text.count { it == '(' } > text.count { it == ')' }
}

/** Whether the name's longest word stands again further down, as in a web address. */
private fun isEchoed(run: List<Segment>, top: Top): Boolean {
    val word = run.map { it.word }.maxByOrNull { it.length } ?: ""
    return word.length >= 5 && top.rows.drop(run.last().row + 1).any { word in it }
}
