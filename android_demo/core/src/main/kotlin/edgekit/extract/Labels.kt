package edgekit.extract

import edgekit.parsing.Amount
import edgekit.parsing.Mark
import edgekit.parsing.part
import java.math.BigDecimal

/*
 * What an amount is, by the anchors printed with it.
 */

/** Kinds whose amounts are never the total. */
val NOT_TOTALS = setOf(
    "tax", "quantity", "rounding", "discount", "change", "tip", "suggestion", "service", "points", "tax_id",
)
private val TOTALS = setOf("total", "total_strong", "total_final", "amount", "subtotal")

/** Kinds whose label may stand on a row of its own; headings of columns ("QTY PRICE") lend nothing. */
private val LENDERS = TOTALS +
    setOf("mixed", "tax", "rounding", "discount", "payment", "change", "tip", "service")
private const val LEAST_CENTS = 3 // digits of a number that may have lost the point before its cents
private const val MOST_CENTS = 6

/**
 * An amount with the kind its label gives it (empty where nothing is printed with it).
 *
 * [isMoney]: printed like a price of this receipt. [text]: as printed. [order]: rank among the amounts of its row, from
 * the left; [siblings]: how many the row has. [adopted]: the label stands alone on the row above or below. [errors]:
 * letters off in the label. [height]: of the text, in median heights. [confidence]: the recogniser's on the amount.
 * [lines]: those of label and amount.
 */
data class Entry(
    val kind: String,
    val amount: Amount,
    val isMoney: Boolean,
    val text: String,
    val row: Int,
    val order: Int,
    val siblings: Int,
    val adopted: Boolean,
    val errors: Int,
    val height: Double,
    val confidence: Double,
    val lines: List<Int>,
)

/** The one kind that a label's anchors, in order of print, add up to. */
fun kindOf(marks: List<Mark>): String {
    val kinds = marks.map { it.kind }
    val present = kinds.toSet()
    for (kind in listOf("suggestion", "change", "tax_id", "points")) if (kind in present) return kind
    if ("rounding" in present && present.none { it in setOf("total", "total_strong", "total_final") }) return "rounding"
    if ("discount" in present) return "discount"
    if (present.any { it in TOTALS }) return kindOfTotal(kinds, present)
    for (kind in listOf("tip", "service")) if (kind in present && "tax" !in present) return kind
    if ("tax" in present) return if ("excl" !in present) "tax" else "subtotal"
    return listOf("payment", "quantity", "tax_name", "price", "excl").firstOrNull { it in present } ?: ""
}

private fun kindOfTotal(kinds: List<String>, present: Set<String>): String {
    val first = kinds.indexOfFirst { it in TOTALS }
    return when {
        "tax" in kinds.take(first) && "incl" in present -> "tax"
        "subtotal" in present -> "subtotal"
        "quantity" in present -> "quantity"
        "excl" in present -> "subtotal"
        "total_final" in present -> "total_final"
        "tax" in present -> "mixed"
        "total_strong" in present || "incl" in present -> "total_strong"
        "tip" in present -> "tip"
        "service" in present -> "service"
        "payment" in present -> "payment"
        "rounding" in present -> "total_final"
        else -> if ("total" in present) "total" else "amount"
    }
}

/** Every number on the page that can be an amount, top to bottom, with its kind; what magnitude tells included. */
fun entries(page: Page, params: ExtractParams): List<Entry> {
    var found = labelled(page)
    if (found.count { it.amount.decimals == 2 } * 2 > found.size) found = found.map { withPoint(it) }
    val money = found.filter { it.isMoney && it.kind != "payment" && it.kind != "change" }
    val named = money.filter { it.kind in TOTALS }
    val largest = named.ifEmpty { money }.maxOfOrNull { it.amount.value.abs() } ?: ZERO
    val bound = largest * BigDecimal.valueOf(params.mixedShare)
    return found.map { settled(it, bound) }
}

/** `8091` beside a label, where other prices have cents, lost its point. */
private fun withPoint(entry: Entry): Entry {
    val amount = entry.amount
    val digits = amount.value.abs().toPlainString().length
    val isWhole = amount.decimals == 0 && !amount.grouped
    if (!isWhole || entry.kind !in LENDERS || digits !in LEAST_CENTS..MOST_CENTS) return entry
    val cents = amount.copy(value = amount.value.divide(BigDecimal(100)), decimals = 2, noisy = true)
    return entry.copy(amount = cents, isMoney = true)
}

/** Labels that fit two kinds: a total "incl. GST" or the GST in it, a rounding or the rounded total, by size. */
private fun settled(entry: Entry, bound: BigDecimal): Entry {
    val value = entry.amount.value.abs()
    if (entry.kind == "mixed") return entry.copy(kind = if (value > bound) "total_strong" else "tax")
    if (entry.kind == "rounding" && entry.isMoney && value >= BigDecimal.ONE) return entry.copy(kind = "total_final")
    return entry
}

private fun labelled(page: Page): List<Entry> {
    val found = ArrayList<Entry>()
    val lent = HashSet<Int>()
    for (row in page.rows) {
        var usable = row.amounts.filter { !it.percent }
        if (usable.any { isMoney(it, page) }) usable = usable.filter { isMoney(it, page) }
        var label = emptyList<Mark>()
        var source = row
        usable.forEachIndexed { order, amount ->
            val before = if (order > 0) usable[order - 1].end else 0
            label = row.marks.filter { it.start >= before && it.start < amount.start }.ifEmpty { label }
            if (label.isEmpty()) label = row.marks.filter { it.start >= usable.last().end }
            val lender = if (label.isEmpty()) lender(page, row, usable, lent) else null
            if (lender != null) {
                source = lender
                label = lender.marks
                lent.add(lender.index)
            }
            found.add(entry(page, row, source, order, usable.size, amount, label))
        }
    }
    return found
}

/** Where no price has cents (rupiah, yen), thousands make a price: `25.000`. */
private fun isMoney(amount: Amount, page: Page): Boolean =
    amount.isMoney || (page.wholePrices && amount.grouped && !amount.percent)

/** The row above, else below, whose label has no amount of its own, for a row that is one bare amount. */
private fun lender(page: Page, row: PageRow, usable: List<Amount>, lent: Set<Int>): PageRow? {
    if (row.text.count { it.isLetter() } > 4 || usable.map { isMoney(it, page) } != listOf(true)) return null
    for (index in listOf(row.index - 1, row.index + 1)) {
        val other = page.rows.getOrNull(index)
        if (other == null || index in lent) continue
        if (kindOf(other.marks) in LENDERS && other.amounts.none { isMoney(it, page) }) return other
    }
    return null
}

private fun entry(
    page: Page,
    row: PageRow,
    source: PageRow,
    order: Int,
    siblings: Int,
    amount: Amount,
    marks: List<Mark>,
): Entry {
    var lines = row.linesOf(amount.start, amount.end)
    if (marks.isNotEmpty()) lines = (source.linesOf(marks.first().start, marks.last().end) + lines).distinct()
    return Entry(
        kind = kindOf(marks),
        amount = amount,
        isMoney = isMoney(amount, page),
        text = row.text.part(amount.start, amount.end),
        row = row.index,
        order = order,
        siblings = siblings,
        adopted = source !== row,
        errors = marks.sumOf { it.errors },
        height = row.pieces.filter { it.line in lines }.maxOfOrNull { it.height } ?: 1.0,
        confidence = page.confidence(row.linesOf(amount.start, amount.end)),
        lines = lines,
    )
}
