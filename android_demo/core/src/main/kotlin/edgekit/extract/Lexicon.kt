package edgekit.extract

import edgekit.Node
import edgekit.loadJson
import edgekit.parsing.Anchors
import edgekit.parsing.DAY_FIRST
import edgekit.parsing.MONTH_FIRST
import edgekit.parsing.Spelling
import edgekit.parsing.YEAR_FIRST
import edgekit.parsing.squash
import java.util.regex.Pattern

/*
 * The words the extractor knows: anchors, currencies, regions and months, read from the bundle's `lexicon.json`.
 */

/** Kinds of anchors that say what an amount is. */
val MONEY_KINDS = (
    "total_final total_strong total amount subtotal tax incl excl quantity rounding discount payment change " +
        "tip suggestion service points tax_id tax_name price"
    ).split(" ")
val DATE_KINDS = listOf("date", "other_date")

/** Kinds of anchors that say what a line at the top of a receipt is. */
val NAME_KINDS = listOf("legal", "company", "address", "contact", "document", "tax_id")
private val CODE = Pattern.compile("[A-Z]{3}")
private val ORDERS = listOf(DAY_FIRST, MONTH_FIRST, YEAR_FIRST)

/** A currency, the marks it is printed with (upper case), and the order dates have where it is used. */
class Currency(val code: String, val marks: List<String>, val dateOrder: String)

/** A country or a group of countries: the order its dates are printed in, and its currency. */
class Region(val dateOrder: String, val currency: String)

/**
 * All words, ready to be looked for. Immutable.
 *
 * [money], [dates], [names]: anchors by what they are looked up for. [regionWords]: words that receipts of some regions
 * show; the kind is the numbers of these [regions], with commas. [marks]: currency mark in upper case to ISO code.
 * [months]: folded name to 1..12.
 */
class Lexicon(text: String, where: String) {
    private val root = loadJson(text, where).members(listOf("anchors", "currencies", "regions", "months"))
    private val anchors = anchorsOf(root.getValue("anchors"))
    val currencies: Map<String, Currency> =
        root.getValue("currencies").items().map { currency(it) }.associateBy { it.code }
    val marks: Map<String, String> = LinkedHashMap<String, String>().also { marks ->
        for (currency in currencies.values.reversed()) for (mark in currency.marks) marks[mark] = currency.code
    }
    val money = group(MONEY_KINDS)
    val dates = group(DATE_KINDS)
    val names = group(NAME_KINDS)
    val months: Map<String, Int> = monthsOf(root.getValue("months"))
    val regions: List<Region> = root.getValue("regions").items().map { region(it, currencies.keys.sorted()) }
    val regionWords: Anchors = regionWordsOf(root.getValue("regions"))

    private fun group(kinds: List<String>) =
        Anchors(kinds.flatMap { kind -> anchors.getValue(kind).map { Spelling(kind, it) } })
}

private fun anchorsOf(node: Node): Map<String, List<String>> {
    val kinds = MONEY_KINDS + DATE_KINDS + NAME_KINDS.filter { it !in MONEY_KINDS }
    return node.members(kinds).mapValues { (_, languages) -> languages.mapping().values.flatMap { phrases(it) } }
}

private fun phrases(node: Node): List<String> = node.items().map { item ->
    if (squash(item.text()).length < 2) throw item.error("has fewer than two letters", "write a phrase as printed")
    item.text()
}

private fun currency(node: Node): Currency {
    val keys = node.members(listOf("code", "marks", "date_order"))
    val code = keys.getValue("code").matching(CODE, "an ISO 4217 code")
    val marks = keys.getValue("marks").items().map { it.text().uppercase() }
    return Currency(code, marks, keys.getValue("date_order").oneOf(ORDERS))
}

private val REGION_KEYS = listOf("date_order", "currency", "words")

private fun region(node: Node, codes: List<String>): Region {
    val keys = node.members(REGION_KEYS)
    return Region(keys.getValue("date_order").oneOf(ORDERS), keys.getValue("currency").oneOf(codes))
}

private fun regionWordsOf(node: Node): Anchors {
    val numbers = LinkedHashMap<String, ArrayList<Int>>()
    node.items().forEachIndexed { number, region ->
        for (phrase in phrases(region.members(REGION_KEYS).getValue("words"))) {
            numbers.getOrPut(squash(phrase)) { ArrayList() }.add(number)
        }
    }
    return Anchors(numbers.map { (phrase, found) -> Spelling(found.joinToString(","), phrase) }, forgiving = false)
}

private fun monthsOf(node: Node): Map<String, Int> {
    val months = LinkedHashMap<String, Int>()
    val members = node.members((1..12).map { it.toString() })
    for ((number, names) in members) for (name in phrases(names)) months[squash(name)] = number.toInt()
    return months
}
