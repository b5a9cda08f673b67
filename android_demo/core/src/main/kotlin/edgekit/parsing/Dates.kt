package edgekit.parsing

import java.util.Calendar
import java.util.GregorianCalendar
import java.util.regex.Matcher

/*
 * Dates and times of day as printed, with every reading a print allows.
 */

private const val LIKE_DIGIT = "[0-9OoQIl|]"
private val TWINS = pairs("OoQIl|", "000111")
private val SAME = pairs("／．：\u00a0\\–—‐−~’‘`´°", "/.: 1-----'''''")
private val NUMERIC = pattern(
    "(?<![0-9A-Za-z.,/-])($LIKE_DIGIT{1,4}) ?([/.,-]) ?($LIKE_DIGIT{1,2}) ?([/.,-]) ?($LIKE_DIGIT{1,8})",
)
private val BEFORE_MONTH = pattern(
    "(?<![0-9A-Za-z#])(?<![$DIGIT]:)([0-9OoIl][0-9OoIl]?|[0-9]{4})" +
        "(?:st|nd|rd|th|er|\\.|º)?[ ./,-]{0,2}(?:[Dd][Ee] )?$",
)
private val AFTER_MONTH = pattern(
    "[ .:/,'*-]{0,2}(?:[Dd][Ee][Ll]? )?([0-3OoIl][0-9OoIl]|[0-9])(?:st|nd|rd|th)?(?![0-9])",
)
private val YEAR = pattern(
    "[ .:/,'*-]{0,3}(?:[Dd][Ee][Ll]? )?((?:19|20)[0-9]{2}|[0-9]{2})(?![0-9](?![0-9]?:)|:)",
)
private val YEAR_AFTER_TIME = pattern(" +[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})? +((?:19|20)[0-9]{2})(?![0-9])")
private const val LONGEST_MONTH = 12
private const val BEHIND = 16 // characters before a month in which its day may stand
private val COMPACT = pattern(
    "(?<![0-9A-Za-z.,/-])(20[0-9]{2})([01][0-9])([0-3][0-9])(?![0-9.-]|/(?![$DIGIT]{6}))",
)

// A slash lost, or read as 7 or 1, or digits of another number in front: only with full fields and a year of 20xx.
private val DAMAGED = pattern(
    "([0-9]{1,2})([/.\\-]?|[71])([0-9]{2})([/.\\-]?|[71])(20[0-9]{2})(?![0-9]{3}|[0-9]$|[0-9][^0-9:])",
)
private val TIME = pattern(
    "(?<![0-9:.,])([01]?[0-9]|2[0-3]) ?([:.hH]) ?([0-5][0-9])(?: ?[:.] ?([0-5][0-9]))?" +
        "(?![0-9]|[.,:][$DIGIT]| ?%)" +
        "(?:[$SPACE]{0,4}([AaPp])\\.?[$SPACE]?[Mm]|[$SPACE]?([AaPp])\\.?)?", // "8:47   PM": often a line of its own
)
private val DATE_GOES_ON = pattern("[0-9]*[/.-][$DIGIT]")
private val CLOCK_FOLLOWS = pattern(" ?:[$DIGIT]")

/** Orders a numeric date can be printed in. */
const val MONTH_FIRST = "mdy"
const val DAY_FIRST = "dmy"
const val YEAR_FIRST = "ymd"

/** A calendar day as `YYYY-MM-DD`, and the order it is printed in. */
data class Reading(val order: String, val day: String)

/**
 * A date found in a text.
 *
 * [readings]: every calendar day the print can mean; never empty. A print that can mean one day only has one entry
 * whatever its order. [start], [end]: the characters [start, end). [longYear]: the year has four digits.
 * [namedMonth]: the month is a word. [damaged]: a separator was lost or misread.
 */
data class PrintedDate(
    val readings: List<Reading>,
    val start: Int,
    val end: Int,
    val longYear: Boolean,
    val namedMonth: Boolean,
    val damaged: Boolean = false,
)

/**
 * A time of day: `HH:MM` or `HH:MM:SS` in 24 hours, the characters [start, end).
 *
 * [halfDay]: AM or PM shows. [clear]: printed with a colon or an h, so that it cannot be a price.
 */
data class PrintedTime(val value: String, val start: Int, val end: Int, val halfDay: Boolean, val clear: Boolean)

/**
 * Dates in a text, left to right; never throws.
 *
 * [months]: folded month name (see [squash]) to 1..12. [years]: those taken for plausible.
 */
fun findDates(text: String, months: Map<String, Int>, years: IntRange): List<PrintedDate> {
    val plain = text.translated(SAME)
    val numeric = numericDates(plain, years)
    val named = namedDates(plain, months, years).filterNot { isWeekday(it, numeric) }
    val found = (numeric + named + compactDates(plain, years)).ifEmpty { damagedDates(plain, years) }
    val kept = ArrayList<PrintedDate>()
    for (candidate in found.sortedWith(compareBy({ it.start }, { -it.end }))) {
        if (kept.isEmpty() || candidate.start >= kept.last().end) kept.add(candidate)
    }
    return kept
}

/** Times of day in a text, left to right; never throws. `8.15` alone is a price, so a point needs AM, PM or seconds. */
fun findTimes(text: String): List<PrintedTime> {
    val plain = text.translated(SAME)
    val found = ArrayList<PrintedTime>()
    val match = TIME.matcher(plain)
    while (match.find()) timeOf(plain, match)?.let { found.add(it) }
    return found
}

private fun timeOf(plain: String, match: Matcher): PrintedTime? {
    val second = match.group(4)
    val plainEnd = if (second != null) match.end(4) else match.end(3)
    var half = match.group(5) ?: match.group(6)
    var end = if (half != null) match.end() else plainEnd
    if (half != null && plain.part(end, end + 1).isAlpha()) {
        half = null
        end = plainEnd
    }
    if (match.group(2) == "." && half == null && second == null) return null
    var clock = match.group(1)!!.toInt()
    if (half != null && clock <= 12) clock = clock % 12 + if (half in "Pp") 12 else 0
    val value = clock.toString().padStart(2, '0') + ":" + match.group(3) + if (second != null) ":$second" else ""
    return PrintedTime(value, match.start(), end, half != null, match.group(2)!! in ":hH")
}

private fun numericDates(plain: String, years: IntRange): List<PrintedDate> {
    val found = ArrayList<PrintedDate>()
    val match = NUMERIC.matcher(plain)
    while (match.find()) {
        val first = match.group(1)!!
        val second = match.group(3)!!
        if (!sameSeparator(match.group(2)!!, match.group(4)!!)) continue
        if ((first + second).none { it.isNumeral() }) continue
        val (third, end) = third(match.group(5)!!, plain.part(match.end()), match.start(5))
        if (third == null || !(first + second + third).translated(TWINS).isNumeral()) continue
        if (end - match.start(5) <= 2 && DATE_GOES_ON.matchAt(plain.part(end), 0) != null) continue
        val numbers = listOf(first, second, third).map { it.translated(TWINS) }
        val readings = readings(numbers[0], numbers[1], numbers[2], years)
        if (readings.isNotEmpty()) {
            val longYear = numbers[0].length == 4 || numbers[2].length == 4
            found.add(PrintedDate(readings, match.start(), end, longYear, false))
        }
    }
    return found
}

private fun sameSeparator(left: String, right: String): Boolean =
    (left == right && left != ",") || setOf(left, right) == setOf(".", ",")

/** The last number of a date, cut from a time that ran into it (`25/12/201808:13`), and where it ends. */
private fun third(tail: String, rest: String, start: Int): Pair<String?, Int> {
    val digits = tail.translated(TWINS)
    val clockFollows = CLOCK_FOLLOWS.matchAt(rest, 0) != null
    return when {
        digits.length <= 2 || (digits.length == 4 && !clockFollows) -> Pair(tail, start + tail.length)
        clockFollows && digits.take(2) in setOf("19", "20") && digits.length in 5..6 -> Pair(tail.take(4), start + 4)
        clockFollows && digits.length in 3..4 -> Pair(tail.take(2), start + 2)
        digits.length == 8 && digits.take(2) == "20" -> Pair(tail.take(4), start + 4) // 2018 and hhmm
        else -> Pair(null, start)
    }
}

private class Ordered(val order: String, val year: String, val month: String, val day: String)

private fun readings(a: String, b: String, c: String, years: IntRange): List<Reading> {
    val orders = when {
        a.length == 4 -> if (c.length <= 2) listOf(Ordered(YEAR_FIRST, a, b, c)) else emptyList()
        a.length > 2 -> emptyList()
        else -> listOf(Ordered(DAY_FIRST, c, b, a), Ordered(MONTH_FIRST, c, a, b))
    }
    val found = calendar(orders, years)
    if (found.isNotEmpty() || a.length != 2 || c.length != 2) return found
    return calendar(listOf(Ordered(YEAR_FIRST, a, b, c)), years)
}

private fun calendar(orders: List<Ordered>, years: IntRange): List<Reading> {
    val found = ArrayList<Reading>()
    for (ordered in orders) {
        val day = day(ordered.year, ordered.month.toInt(), ordered.day.toInt(), years)
        if (day != null && found.none { it.day == day }) found.add(Reading(ordered.order, day))
    }
    return found
}

/** A day as `YYYY-MM-DD`; null where the calendar has none. */
private fun day(year: String, month: Int, day: Int, years: IntRange): String? {
    val full = year.toInt() + if (year.length == 2) 2000 else 0
    if (full !in years || month !in 1..12) return null
    val last = GregorianCalendar(full, month - 1, 1).getActualMaximum(Calendar.DAY_OF_MONTH)
    if (day !in 1..last) return null
    return listOf(full.toString().padStart(4, '0'), two(month), two(day)).joinToString("-")
}

private fun two(number: Int): String = number.toString().padStart(2, '0')

private fun namedDates(plain: String, months: Map<String, Int>, years: IntRange): List<PrintedDate> {
    val found = ArrayList<PrintedDate>()
    for (start in 0 until plain.length - 2) {
        val inside = start > 0 && plain[start - 1].isAlpha()
        if (!plain[start].isAlnum() || inside || plain[start] in '1'..'9') continue
        dateOfMonth(plain, start, months, years)?.let { found.add(it) }
    }
    return found
}

/** Whether a month's name is a day of the week before a date that needs none (`mar 03.09.2024`). */
private fun isWeekday(named: PrintedDate, numeric: List<PrintedDate>): Boolean =
    numeric.any { it.longYear && named.start < it.start && it.start < named.end && named.end < it.end }

/** A whole word first; then short names: `Ju116'17` is the 16th of `Jul`, not the 6th of `Juli`. */
private fun dateOfMonth(plain: String, start: Int, months: Map<String, Int>, years: IntRange): PrintedDate? {
    var ends = ArrayList<Int>() as List<Int>
    for (end in start + 3..minOf(start + LONGEST_MONTH, plain.length)) {
        if (!plain[end - 1].isAlnum()) break
        ends = ends + end
    }
    if (ends.isNotEmpty() && plain.part(start, ends.last()).isAlpha()) ends = listOf(ends.last()) + ends.dropLast(1)
    for (end in ends) {
        val month = months[squash(plain.part(start, end))] ?: continue
        around(plain, start, end, month, years)?.let { return it }
    }
    return null
}

/** The date a month's name at [start, end) belongs to: day before, year after; or day and year after. */
private fun around(plain: String, start: Int, end: Int, month: Int, years: IntRange): PrintedDate? {
    val before = BEFORE_MONTH.matcher(plain.part(0, start))
    val year = YEAR.matchAt(plain, end)
    if (year != null && before.find(maxOf(start - BEHIND, 0))) {
        val number = before.group(1)!!.translated(TWINS)
        val printedYear = if (number.length == 4) number else year.group(1)!!
        val printedDay = if (number.length == 4) year.group(1)!! else number
        val day = day(printedYear, month, printedDay.toInt(), years)
        if (day != null) {
            val readings = listOf(Reading(DAY_FIRST, day))
            return PrintedDate(readings, before.start(1), year.end(), printedYear.length == 4, true)
        }
    }
    return AFTER_MONTH.matchAt(plain, end)?.let { monthFirst(plain, start, it, month, years) }
}

private fun monthFirst(plain: String, start: Int, printed: Matcher, month: Int, years: IntRange): PrintedDate? {
    val year = YEAR_AFTER_TIME.matchAt(plain, printed.end()) ?: YEAR.matchAt(plain, printed.end()) ?: return null
    val day = day(year.group(1)!!, month, printed.group(1)!!.translated(TWINS).toInt(), years) ?: return null
    val stop = if (plain.part(printed.end(), year.end()).none { it == ':' }) year.end() else printed.end()
    return PrintedDate(listOf(Reading(MONTH_FIRST, day)), start, stop, year.group(1)!!.length == 4, true)
}

private fun compactDates(plain: String, years: IntRange): List<PrintedDate> {
    val found = ArrayList<PrintedDate>()
    val match = COMPACT.matcher(plain)
    while (match.find()) {
        val day = day(match.group(1)!!, match.group(2)!!.toInt(), match.group(3)!!.toInt(), years) ?: continue
        found.add(PrintedDate(listOf(Reading(YEAR_FIRST, day)), match.start(), match.end(), true, false))
    }
    return found
}

private fun damagedDates(plain: String, years: IntRange): List<PrintedDate> {
    val found = ArrayList<PrintedDate>()
    for (start in plain.indices) {
        if (found.isNotEmpty() && start < found.last().end) continue
        val match = DAMAGED.matchAt(plain, start) ?: continue
        val first = match.group(1)!!
        val left = match.group(2)!!
        val alike = left.isNotEmpty() && left in "/.-" && left == match.group(4)
        val glued = plain.part(start - 1, start).isNumeral() || (first.length == 1 && left.isEmpty())
        if (glued && (first.length == 1 || !alike)) continue
        val readings = readings(first, match.group(3)!!, match.group(5)!!, years)
        if (readings.isNotEmpty()) found.add(PrintedDate(readings, start, match.end(), true, false, true))
    }
    return found
}
