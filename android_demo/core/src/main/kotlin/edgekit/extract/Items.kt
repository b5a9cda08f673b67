package edgekit.extract

import edgekit.Item
import edgekit.parsing.Amount
import edgekit.parsing.DIGIT
import edgekit.parsing.part
import edgekit.parsing.pattern
import java.math.BigDecimal
import kotlin.math.exp

/*
 * Line items: words that the network takes for descriptions, quantities and amounts, put together row by row.
 */

private val NUMBER = pattern("[$DIGIT]{1,4}(?:[.,][$DIGIT]{1,3})?")
private const val MOST_ROWS = 2 // rows of description above or below the row of an amount
private val ITEM_TAGS = listOf("description", "quantity", "amount")

/** A row by what its words are taken for; [amount] is null where no word is one. */
private class ItemRow(
    val row: PageRow,
    val amount: Amount?,
    val amountWords: List<Int>,
    val description: List<Int>,
    val quantity: List<Int>,
)

/** What was bought, top to bottom: each row with an amount, and the rows of description that belong to it. */
fun findItems(page: Page, reading: Reading): List<Item> {
    // Without smudges and codes between the rows of an item.
    val rows = page.rows.map { itemRow(it, reading) }.filter { it.amount != null || it.description.isNotEmpty() }
    val owners = owners(rows)
    return rows.indices.filter { rows[it].amount != null }.mapNotNull { place ->
        item(page, reading, rows[place], rows.filterIndexed { i, _ -> owners[i] == place })
    }
}

/**
 * The place of the amount that each row belongs to.
 *
 * An amount without a description on its row takes the rows above, else those below; what is left then belongs to the
 * amount above it.
 */
private fun owners(rows: List<ItemRow>): Map<Int, Int> {
    val priced = rows.indices.filter { rows[it].amount != null }
    val owners = HashMap<Int, Int>()
    for (place in priced) owners[place] = place
    for (place in priced.filter { rows[it].description.isEmpty() }) {
        val above = free(rows, owners, place - 1 downTo place - MOST_ROWS)
        for (other in above.ifEmpty { free(rows, owners, place + 1..place + 1) }) owners[other] = place
    }
    for (place in priced) for (other in free(rows, owners, place + 1..place + MOST_ROWS)) owners[other] = place
    return owners
}

/** The places up to the first row without description, or that has an owner. */
private fun free(rows: List<ItemRow>, owners: Map<Int, Int>, places: IntProgression): List<Int> =
    places.takeWhile { it in rows.indices && it !in owners && rows[it].description.isNotEmpty() }

private fun itemRow(row: PageRow, reading: Reading): ItemRow {
    val kinds = ITEM_TAGS.associateWith { ArrayList<Int>() }
    for (word in reading.byRow[row.index] ?: emptyList()) {
        val tag = ITEM_TAGS.maxByOrNull { reading.odds.getValue(it)[word] }!!
        if (reading.odds.getValue(tag)[word] > 0) kinds.getValue(tag).add(word)
    }
    val amountWords = kinds.getValue("amount")
    val touched = row.amounts.map { Pair(it, touching(row, it, reading, amountWords)) }
    val priced = touched.lastOrNull { it.second.isNotEmpty() }
    val words = priced?.second ?: emptyList()
    return ItemRow(row, priced?.first, words, kinds.getValue("description"), kinds.getValue("quantity"))
}

private fun touching(row: PageRow, amount: Amount, reading: Reading, words: List<Int>): List<Int> {
    if (amount.percent) return emptyList()
    return reading.words(row.index, amount.start, amount.end).filter { it in words }
}

private fun item(page: Page, reading: Reading, own: ItemRow, group: List<ItemRow>): Item? {
    val described = group.flatMap { it.description }
    val counted = group.flatMap { it.quantity }
    val amount = own.amount
    if (amount == null || described.isEmpty()) return null
    val lines = (described + counted + own.amountWords).map { reading.spans[it].line }.toSortedSet().toList()
    val quantity = quantity(page, reading, counted)
    val priceOdds = reading.said("amount", own.amountWords).max()
    val nameOdds = reading.said("description", described).let { it.sum() / it.size }
    return Item(
        description = described.joinToString(" ") { text(page, reading, it) },
        quantity = quantity,
        unitPrice = unitPrice(group, amount, quantity),
        amount = amount.value,
        lines = lines,
        confidence = minOf(probability(priceOdds), probability(nameOdds)) * page.confidence(lines),
    )
}

internal fun probability(odds: Double): Double = 1.0 / (1.0 + exp(-odds))

private fun text(page: Page, reading: Reading, word: Int): String {
    val span = reading.spans[word]
    return page.rows[span.row].text.part(span.start, span.end)
}

/** The first number among the words of a quantity: `2`, `2x`, `x2`, `1,250`. */
private fun quantity(page: Page, reading: Reading, words: List<Int>): BigDecimal? {
    for (word in words) {
        val number = NUMBER.matcher(text(page, reading, word))
        if (number.find()) return BigDecimal(number.group().replace(",", "."))
    }
    return null
}

/** Another price of the item's rows which the quantity turns into its amount. */
private fun unitPrice(group: List<ItemRow>, total: Amount, quantity: BigDecimal?): BigDecimal? {
    if (quantity == null) return null
    val prices = group.flatMap { it.row.amounts }.filter { it !== total && !it.percent }.map { it.value }
    return prices.firstOrNull { near(it * quantity, total.value) }
}
