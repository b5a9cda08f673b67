import ReceiptCore

/// A field as a list shows it.
public struct FieldRow: Identifiable, Sendable, Equatable {
    /// The fields that are shown, in their order; the raw value is what the receipt's JSON calls them.
    public enum Name: String, Sendable, CaseIterable {
        case vendor, date, time, currency, subtotal, tax, total
    }

    public let id: Name
    /// Nil where the receipt does not show it.
    public let value: String?
    /// 0...1.
    public let confidence: Double
    /// Whether a person should look before the value is used.
    public let needsReview: Bool
    /// Other readings of the same print.
    public let alternatives: [String]
    /// Numbers of the receipt's lines that it was read from.
    public let lines: [Int]

    init(_ name: Name, _ field: Field<String>?) {
        self.init(name, field, value: field?.value)
    }

    /// An amount is shown with the receipt's currency, where that is known.
    init(_ name: Name, _ field: Field<ExactDecimal>?, currency: String?) {
        let unit = currency.map { " \($0)" } ?? ""
        self.init(name, field, value: field.map { $0.value.description + unit })
    }

    private init<Value>(_ name: Name, _ field: Field<Value>?, value: String?) {
        id = name
        self.value = value
        confidence = field?.confidence ?? 0
        needsReview = field?.needsReview ?? false
        alternatives = field?.alternatives.map(\.description) ?? []
        lines = field?.lines ?? []
    }
}

/// All fields of a receipt, those that it does not show among them.
public func fieldRows(_ fields: Fields) -> [FieldRow] {
    let currency = fields.currency?.value
    return [
        FieldRow(.vendor, fields.vendor),
        FieldRow(.date, fields.date),
        FieldRow(.time, fields.time),
        FieldRow(.currency, fields.currency),
        FieldRow(.subtotal, fields.subtotal, currency: currency),
        FieldRow(.tax, fields.tax, currency: currency),
        FieldRow(.total, fields.total, currency: currency),
    ]
}

/// What a line is to the fields: the mark that the photo shows it with.
public enum Mark: Sendable, Equatable {
    /// Read, and part of no field.
    case plain
    case field
    /// Part of a field that a person should look at.
    case review
}

/// A mark for each line of a receipt.
public func marks(_ receipt: Receipt) -> [Mark] {
    var found = [Mark](repeating: .plain, count: receipt.lines.count)
    for row in fieldRows(receipt.fields) {
        for line in row.lines where found.indices.contains(line) && found[line] != .review {
            found[line] = row.needsReview ? .review : .field
        }
    }
    return found
}
