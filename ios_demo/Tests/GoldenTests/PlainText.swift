import TestSupport

@testable import ReceiptCore

// Values of parsing and extraction as plain JSON.

/// Members of a value by their name.
func object(_ members: [(String, any Plain)]) -> Json {
    .object(JsonObject(members.map { (key: $0.0, value: $0.1.plain) }))
}

/// Values of several types.
func list(_ items: any Plain...) -> Json { .list(items.map(\.plain)) }

extension Range: Plain where Bound == Int {
    package var plain: Json { list(lowerBound, upperBound) }
}

extension DateReading: Plain {
    package var plain: Json { list(order.rawValue, day) }
}

extension Amount: Plain {
    package var plain: Json {
        object([
            ("value", value), ("start", start), ("end", end), ("decimals", decimals), ("grouped", grouped),
            ("code", code), ("mark", mark), ("percent", percent), ("noisy", noisy),
        ])
    }
}

extension PrintedDate: Plain {
    package var plain: Json {
        object([
            ("readings", readings), ("start", start), ("end", end), ("long_year", longYear),
            ("named_month", namedMonth), ("damaged", damaged),
        ])
    }
}

extension PrintedTime: Plain {
    package var plain: Json {
        object([("value", value), ("start", start), ("end", end), ("half_day", halfDay), ("clear", clear)])
    }
}

extension Mark: Plain {
    package var plain: Json {
        object([("kind", kind), ("start", start), ("end", end), ("errors", errors), ("phrase", phrase)])
    }
}

extension Skeleton: Plain {
    package var plain: Json { object([("letters", String(letters)), ("sources", sources), ("edges", edges)]) }
}

extension Piece: Plain {
    package var plain: Json {
        object([
            ("start", start), ("end", end), ("line", line), ("left", left), ("right", right), ("height", height),
        ])
    }
}

extension PageRow: Plain {
    package var plain: Json {
        object([
            ("index", index), ("text", String(text)), ("pieces", pieces), ("height", height),
            ("amounts", amounts), ("marks", marks), ("dates", dates), ("times", times),
        ])
    }
}

extension Entry: Plain {
    package var plain: Json {
        object([
            ("kind", kind), ("amount", amount), ("is_money", isMoney), ("text", text), ("row", row),
            ("order", order), ("siblings", siblings), ("adopted", adopted), ("errors", errors), ("height", height),
            ("confidence", confidence), ("lines", lines),
        ])
    }
}

extension RegionFound: Plain {
    package var plain: Json {
        let orders = Dictionary(uniqueKeysWithValues: orders.map { ($0.rawValue, $1) })
        return object([
            ("currency", currency), ("mark", mark), ("lines", lines), ("agreement", agreement), ("orders", orders),
        ])
    }
}

extension Base: Plain {
    package var plain: Json { list(value, row) }
}

extension Parts: Plain {
    package var plain: Json {
        object([
            ("bases", bases), ("taxes", taxes), ("extras", extras), ("roundings", roundings),
            ("corrections", corrections), ("paid", paid), ("change", change),
        ])
    }
}

extension Name: Plain {
    package var plain: Json { object([("text", String(text)), ("lines", lines), ("score", score)]) }
}

extension WordSpan: Plain {
    package var plain: Json {
        object([("row", row), ("line", line), ("start", start), ("end", end), ("left", left), ("right", right)])
    }
}

extension Answer: Plain where Value: Plain {
    package var plain: Json {
        object([
            ("value", value), ("text", text), ("confidence", confidence), ("lines", lines),
            ("alternatives", alternatives),
        ])
    }
}

extension Answers: Plain {
    package var plain: Json {
        object([
            ("vendor", vendor), ("date", date), ("time", time), ("currency", currency), ("subtotal", subtotal),
            ("tax", tax), ("total", total),
        ])
    }
}

extension Item: Plain {
    /// Its JSON, with all digits of its confidence.
    package var plain: Json {
        guard case .object(let shown) = json else { return json }
        let members = shown.members.map { key, value in
            (key: key, value: key == "confidence" ? .number(confidence) : value)
        }
        return .object(JsonObject(members))
    }
}
