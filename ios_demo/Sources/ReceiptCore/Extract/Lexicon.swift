// The words the extractor knows: anchors, currencies, regions and months, read from the bundle's `lexicon.json`.

/// Kinds of anchors that say what an amount is.
let moneyKinds = words(
    """
    total_final total_strong total amount subtotal tax incl excl quantity rounding discount payment change \
    tip suggestion service points tax_id tax_name price
    """)
let dateKinds = ["date", "other_date"]

/// Kinds of anchors that say what a line at the top of a receipt is.
let nameKinds = ["legal", "company", "address", "contact", "document", "tax_id"]

/// Kinds of all anchors, each once.
let allKinds = moneyKinds + dateKinds + nameKinds.filter { !moneyKinds.contains($0) }

/// The words of a text that spaces part.
func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }

/// A currency, the marks it is printed with (upper case), and the order dates have where it is used.
struct Currency: Sendable {
    let code: String
    let marks: [Letters]
    let dateOrder: DateOrder

    init(_ node: Node) throws {
        let keys = try node.members(["code", "marks", "date_order"])
        code = try keys["code"].matching(isCode, "an ISO 4217 code")
        marks = try keys["marks"].items().map { try $0.text().letters.upper }
        dateOrder = try order(keys["date_order"])
    }
}

/// A country or a group of countries: the order its dates are printed in, and its currency.
struct Region: Sendable {
    let dateOrder: DateOrder
    let currency: String

    init(_ node: Node, codes: [String]) throws {
        let keys = try node.members(regionKeys)
        dateOrder = try order(keys["date_order"])
        currency = try keys["currency"].oneOf(codes)
    }
}

/// All words, ready to be looked for. Immutable.
public struct Lexicon: Sendable {
    let money: Anchors
    let dates: Anchors
    let names: Anchors
    /// Words that receipts of some regions show; the kind is the numbers of these `regions`, with commas.
    let regionWords: Anchors
    let regions: [Region]
    /// In the order of the document.
    let currencies: [Currency]
    /// Currency mark in upper case to ISO code.
    let marks: [Letters: String]
    /// Folded name to 1..12.
    let months: [Letters: Int]

    /// The lexicon that a JSON text holds; `place` names it in errors. Throws a `manifest` error.
    public init(_ text: String, _ place: String) throws {
        let root = try loadJson(text, place).members(["anchors", "currencies", "regions", "months"])
        let anchors = try anchorsOf(root["anchors"])
        func group(_ kinds: [String]) -> Anchors {
            Anchors(kinds.flatMap { kind in (anchors[kind] ?? []).map { Wording(kind: kind, phrase: $0) } })
        }
        let listed = try root["currencies"].items().map { try Currency($0) }
        money = group(moneyKinds)
        dates = group(dateKinds)
        names = group(nameKinds)
        // Of several currencies of one code the last counts, in the place of the first; of one mark the first.
        let byCode = Dictionary(listed.map { ($0.code, $0) }) { $1 }
        currencies = listed.distinct(by: \.code).compactMap { byCode[$0.code] }
        let printed = listed.flatMap { currency in currency.marks.map { ($0, currency.code) } }
        marks = Dictionary(printed) { first, _ in first }
        months = try monthsOf(root["months"])
        let codes = byCode.keys.sorted()
        regions = try root["regions"].items().map { try Region($0, codes: codes) }
        regionWords = try regionWordsOf(root["regions"])
    }

    /// The currency of a code, if there is one.
    func currency(_ code: String) -> Currency? { currencies.first { $0.code == code } }
}

private let regionKeys = ["date_order", "currency", "words"]

private func isCode(_ text: String) -> Bool {
    text.utf8.count == 3 && text.utf8.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
}

private func order(_ node: Node) throws -> DateOrder {
    let orders: [DateOrder] = [.dayFirst, .monthFirst, .yearFirst]
    let text = try node.oneOf(orders.map(\.rawValue))
    return orders.first { $0.rawValue == text } ?? .dayFirst
}

private func anchorsOf(_ node: Node) throws -> [String: [String]] {
    let members = try node.members(allKinds)
    return try Dictionary(
        uniqueKeysWithValues: allKinds.map { kind in
            (kind, try members[kind].mapping().flatMap { try phrases($0.value) })
        })
}

private func phrases(_ node: Node) throws -> [String] {
    try node.items().map { item in
        let text = try item.text()
        if squash(text.letters).count < 2 {
            throw item.error("has fewer than two letters", "write a phrase as printed")
        }
        return text
    }
}

private func regionWordsOf(_ node: Node) throws -> Anchors {
    var order: [Letters] = []
    var numbers: [Letters: [String]] = [:]
    for (number, region) in try node.items().enumerated() {
        for phrase in try phrases(try region.members(regionKeys)["words"]) {
            let letters = squash(phrase.letters)
            if numbers[letters] == nil { order.append(letters) }
            numbers[letters, default: []].append("\(number)")
        }
    }
    let wordings = order.map { Wording(kind: (numbers[$0] ?? []).joined(separator: ","), phrase: String($0)) }
    return Anchors(wordings, forgiving: false)
}

private func monthsOf(_ node: Node) throws -> [Letters: Int] {
    let members = try node.members((1...12).map { "\($0)" })
    var months: [Letters: Int] = [:]
    for number in 1...12 { for name in try phrases(members["\(number)"]) { months[squash(name.letters)] = number } }
    return months
}
