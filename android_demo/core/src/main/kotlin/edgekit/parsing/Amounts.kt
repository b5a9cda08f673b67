package edgekit.parsing

import java.math.BigDecimal

/*
 * Amounts of money as printed: `1,234.50`, `1.234,50`, `12.-`, `RM9.00`, `$ 9.00`, `9.OO` (misread).
 */

private val TWINS = pairs("OoQDUIl|SBZGó", "0000011158266")
private val SAME = pairs("’`´‘，．：–—−－＄\u00a0\u202f\u2009", "''''" + ",.:----$" + "   ")
private const val LIKE = "0-9OoQDUIl|SBZGó"
private val RUN = pattern(
    "(?:[OoIl|S][OoQDUIl|SBZGó]*)?[0-9][$LIKE]*(?:[.,'][$LIKE]+)*" +
        "|(?:[Oo]|(?<![$WORD]))[.,][$DIGIT][$DIGIT](?![$DIGIT])",
)

// A point that stands apart ("9 .00", "9. 00") is a reading error; a space before three digits may part thousands.
private val LOOSE_POINT = pattern(" ?([.,]) ?([0-9OoDQU]{2})(?![$WORD.,%])")
private val LOOSE_GROUPS = pattern("(?: ([$DIGIT]{3}))+,[$DIGIT][$DIGIT](?![$DIGIT])")

// A tax code that ran into a price ("6.55SR", "12.40Z"): its first letter may look like a digit.
private val CODED = pattern("[0-9]+(?:[.,'][0-9]{3})*[.,][0-9]{2}(?=[A-Z]{1,3}(?![$WORD.,]))")
private val DASHES = pattern("[.,] ?-{1,2}(?![$WORD-])")
private val WORD_BEFORE = pattern("[$LETTER]*$")
private val HANGS_BEFORE = pattern("(?:[$DIGIT][/:.,'-]|#|[A-Za-z][$DIGIT]+-)$")
private val HANGS_AFTER = pattern("[/:'][0-9]|-[$DIGIT]|[.,][$DIGIT]")
private val RUNS_ON = pattern("[A-Za-z][$DIGIT]|[$DIGIT]")
private val IN_BRACKETS = pattern("[^()]*[$DIGIT][$DIGIT.,]*\\)")
private const val MOST_DIGITS = 12
private const val BEHIND = 16 // characters on either side of a number that may speak for or against it

/**
 * A number that may be money.
 *
 * [value]: signed. [start], [end]: the characters [start, end) with sign and currency mark. [decimals]: printed after
 * the point; 2 also for `12.-`, 0 for `1,234`. [grouped]: whether three digits after a lone separator were read as
 * thousands (`1,234`; may be 1.234). [code]: ISO 4217 code of the currency mark beside it, or empty. [mark]: that mark
 * as printed. [percent]: a rate, not money. [noisy]: letters were read as digits (`9.OO`), or a point stood apart.
 */
data class Amount(
    val value: BigDecimal,
    val start: Int,
    val end: Int,
    val decimals: Int,
    val grouped: Boolean = false,
    val code: String = "",
    val mark: String = "",
    val percent: Boolean = false,
    val noisy: Boolean = false,
) {
    /** Printed like a price: two decimals, or a currency mark, and no percent sign. */
    val isMoney: Boolean get() = !percent && (decimals == 2 || code.isNotEmpty())
}

private class Number(val value: BigDecimal, val decimals: Int, val grouped: Boolean, val noisy: Boolean)

private class Marked(val code: String, val mark: String, val left: Int, val right: Int)

/**
 * Every number in a text that can be an amount or a rate, left to right; never throws.
 *
 * [marks]: currency mark in upper case as printed (`RM`, `$`) to its ISO code. Dates, times, phone numbers and long
 * serial numbers are left out as far as their print tells (`12.01.2019`, `10:30`, `03-4162`).
 */
fun findAmounts(text: String, marks: Map<String, String>): List<Amount> {
    val plain = text.translated(SAME)
    val found = ArrayList<Amount>()
    val run = RUN.matcher(plain)
    var position = 0
    while (position <= plain.length && run.find(position)) {
        val end = CODED.matchAt(plain, run.start())?.end() ?: run.end()
        val amount = amountAt(plain, run.start(), end, marks)
        position = end
        if (amount != null && (found.isEmpty() || amount.start >= found.last().end)) {
            found.add(amount)
            position = maxOf(position, amount.end)
        }
    }
    return found
}

private fun amountAt(plain: String, from: Int, to: Int, marks: Map<String, String>): Amount? {
    val (start, dollar) = leadingLetters(plain, from, to, marks)
    if (plain[start] in ".," && plain.part(start - 1, start).isAlnum()) return null
    val (stretched, loose) = stretch(plain, start, to)
    val number = parse(plain.part(start, stretched), loose)
    if (number == null || !standsAlone(plain, start, stretched)) return null
    val dash = DASHES.matchAt(plain, stretched)
    val end = dash?.end() ?: stretched
    val percent = plain.part(end, end + 2).trimStart(' ').startsWith("%")
    var (left, negative) = sign(plain, start)
    val beside = currency(plain, left, end, marks)
    var code = beside.code
    var mark = beside.mark
    left = beside.left
    var right = beside.right
    if (code.isEmpty() && number.decimals == 0 && insideWord(plain, start, end)) return null
    if (code.isEmpty() && dollar) {
        code = marks["$"] ?: ""
        mark = "S"
    }
    if (!negative) {
        val (further, minus) = sign(plain, left)
        left = further
        negative = minus
    }
    if (!negative && code.isEmpty() && plain.part(0, left).endsWith("-")) {
        val before = currency(plain, left - 1, left, marks)
        code = before.code
        mark = before.mark
        if (code.isNotEmpty()) {
            left = before.left
            negative = true
        }
    }
    if (!negative && plain.part(right, right + 1) == "-" && !plain.part(right + 1, right + 2).isAlnum()) {
        negative = dash == null
        right += 1
    }
    if (negative && plain[left] == '(') right = plain.indexOf(')', right) + 1
    val value = if (negative) number.value.negate() else number.value
    val decimals = if (dash != null) 2 else number.decimals
    return Amount(value, left, right, decimals, number.grouped, code, mark, percent, number.noisy || dollar)
}

/** Where the digits start: an `S` in front of a price is a misread dollar, letters of a word are the word's. */
private fun leadingLetters(plain: String, from: Int, end: Int, marks: Map<String, String>): Pair<Int, Boolean> {
    for (size in 4 downTo 2) { // a currency's letters that look like digits: "SGD9.00"
        val following = plain.part(from + size, from + size + 1)
        if (plain.part(from, from + size).uppercase() in marks && following.isNumeral()) return Pair(from + size, false)
    }
    var start = from
    while (start < end && !plain[start].isNumeral() && plain[start] !in ".,") {
        if (plain[start] == 'S' && (start == 0 || !plain[start - 1].isAlnum())) return Pair(start + 1, true)
        val word = WORD_BEFORE.matcher(plain.part(maxOf(start - BEHIND, 0), start))
        if (word.find() && word.group().isNotEmpty() && word.group().uppercase() !in marks) start += 1 else break
    }
    return Pair(start, false)
}

/** The end of a number whose point or thousands stand apart, and whether they do. */
private fun stretch(plain: String, start: Int, end: Int): Pair<Int, Boolean> {
    if (plain.part(start, end).any { it in ".,'" }) return Pair(end, false)
    val groups = LOOSE_GROUPS.matchAt(plain, end)
    if (groups != null) return Pair(if (end - start <= 3) groups.end() else end, false)
    val point = LOOSE_POINT.matchAt(plain, end)
    if (point != null && plain.part(end, point.end()).count { it == ' ' } == 1) return Pair(point.end(), true)
    return Pair(end, false)
}

private fun parse(run: String, loose: Boolean): Number? {
    val digitsAsRead = run.count { it.isNumeral() }
    val letters = run.count { it.isAlpha() }
    val clean = run.replace(" ", "").translated(TWINS)
    val parts = clean.split('.', ',', '\'')
    val separators = clean.filter { it in ".,'" }
    if (parts.sumOf { it.length } > MOST_DIGITS) return null
    if (letters > 0 && (letters > digitsAsRead + 1 || parts.last().length != 2)) return null
    val noisy = loose || letters > 0
    if (separators.isEmpty()) return if (letters > 0) null else Number(BigDecimal(clean), 0, false, noisy)
    val whole = parts.dropLast(1)
    val last = parts.last()
    if (whole.drop(1).any { it.length != 3 } || (whole.size > 1 && whole[0].length !in 1..3)) return null
    if (last.length == 3 && whole[0].length in 1..3 && whole[0] != "0") {
        return Number(BigDecimal(parts.joinToString("")), 0, true, noisy)
    }
    if (last.length > 3 || separators.last() == '\'' || (last.length == 1 && separators.length > 1)) return null
    val digits = whole.joinToString("").ifEmpty { "0" }
    return Number(BigDecimal("$digits.$last"), last.length, false, noisy)
}

/** Whether no digits hang on it through a slash, colon, dash or point, and no word runs into it. */
private fun standsAlone(plain: String, start: Int, end: Int): Boolean {
    val before = plain.part(maxOf(start - BEHIND, 0), start)
    val after = plain.part(end, end + BEHIND)
    if (HANGS_BEFORE.finds(before) || HANGS_AFTER.matchAt(after, 0) != null) return false
    return RUNS_ON.matchAt(after, 0) == null
}

private fun insideWord(plain: String, start: Int, end: Int): Boolean =
    plain.part(start - 1, start).isAlpha() || plain.part(end, end + 1).isAlpha()

private fun sign(plain: String, start: Int): Pair<Int, Boolean> {
    val head = plain.part(0, start).trimEnd(' ')
    val marked = head.endsWith("-") || head.endsWith("(")
    if (!marked || head.dropLast(1).trimEnd(' ').endsWith("-")) return Pair(start, false)
    if (head.part(head.length - 2, head.length - 1).isAlnum()) return Pair(start, false)
    val bracket = head.endsWith("(")
    if (bracket && plain.indexOf(')', start) < 0) {
        return Pair(start, false)
    }
    return Pair(head.length - 1, !bracket || IN_BRACKETS.matchAt(plain.part(start), 0) != null)
}

/** The mark beside the number, if any, and the characters with it taken in. */
private fun currency(plain: String, start: Int, end: Int, marks: Map<String, String>): Marked {
    val head = plain.part(0, start).trimEnd(' ', ':')
    val tail = plain.part(end, end + BEHIND)
    val tailAt = end + tail.length - tail.trimStart(' ').length
    for (size in 4 downTo 1) {
        val before = head.part(head.length - size)
        var mark = before.uppercase()
        val joined = head.part(head.length - size - 1, head.length - size).isAlpha()
        if (mark.length == size && mark in marks && !(mark[0].isAlpha() && joined)) {
            return Marked(marks.getValue(mark), before, head.length - size, end)
        }
        val behind = plain.part(tailAt, tailAt + size)
        mark = behind.uppercase()
        val following = plain.part(tailAt + size, tailAt + size + 1)
        if (mark.length == size && mark in marks && !(mark.last().isAlpha() && following.isAlnum())) {
            return Marked(marks.getValue(mark), behind, start, tailAt + size)
        }
    }
    return Marked("", "", start, end)
}
