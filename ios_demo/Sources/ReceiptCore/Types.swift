import Foundation

// What a read returns. Immutable.
//
// Coordinates are pixels of the picture as a viewer shows it (EXIF orientation applied): x to the right, y down, the
// centre of the first pixel at (0.5, 0.5). Whatever way up the receipt lies in it, a quad starts at the corner where
// its text starts.

/// A place in a picture, in pixels.
public struct Point: Sendable, Hashable {
    public let x: Double
    public let y: Double

    public init(_ x: Double, _ y: Double) {
        self.x = x
        self.y = y
    }
}

/// Four corners, clockwise from the corner where the text starts (top-left in reading direction).
public struct Quad: Sendable, Hashable {
    public let topLeft: Point
    public let topRight: Point
    public let bottomRight: Point
    public let bottomLeft: Point

    public init(_ topLeft: Point, _ topRight: Point, _ bottomRight: Point, _ bottomLeft: Point) {
        self.topLeft = topLeft
        self.topRight = topRight
        self.bottomRight = bottomRight
        self.bottomLeft = bottomLeft
    }

    public var points: [Point] { [topLeft, topRight, bottomRight, bottomLeft] }

    /// The quad whose corners are those of this one, each put through `place`.
    public func map(_ place: (Point) throws -> Point) rethrows -> Quad {
        Quad(try place(topLeft), try place(topRight), try place(bottomRight), try place(bottomLeft))
    }

    /// The same area read the other way up.
    public func flipped() -> Quad { Quad(bottomRight, bottomLeft, topLeft, topRight) }

    /// Eight numbers `x1 y1 ... x4 y4`, rounded to a tenth of a pixel.
    public func toList() -> [Double] { points.flatMap { [rounded($0.x, 1), rounded($0.y, 1)] } }
}

/// One run of text as read: its characters, where it stands, and the recogniser's confidence in 0..1.
public struct TextLine: Sendable, Hashable {
    public let text: String
    public let quad: Quad
    public let confidence: Double

    public init(text: String, quad: Quad, confidence: Double) {
        self.text = text
        self.quad = quad
        self.confidence = confidence
    }

    public var json: Json {
        [
            "text": .text(text), "quad": .list(quad.toList().map { .number($0) }),
            "confidence": .number(rounded(confidence, 4)),
        ]
    }
}

/// One answer.
///
/// A value is an amount as `ExactDecimal`, or a text: a date as ISO `YYYY-MM-DD`, a time as `HH:MM` or `HH:MM:SS`, a
/// currency as its ISO 4217 code, a vendor as printed.
public struct Field<Value: Sendable & Hashable & CustomStringConvertible>: Sendable, Hashable {
    public let value: Value
    /// The characters on the receipt that the value was read from; empty where it was inferred.
    public let text: String
    /// 0..1, comparable between fields.
    public let confidence: Double
    /// Indices into `Receipt.lines`.
    public let lines: [Int]
    /// Whether a person should look before the value is used.
    public let needsReview: Bool
    /// Other readings of the same print, best first, without `value` ("03/04/2018" has two).
    public let alternatives: [Value]

    public init(
        value: Value, text: String, confidence: Double, lines: [Int], needsReview: Bool, alternatives: [Value] = []
    ) {
        self.value = value
        self.text = text
        self.confidence = confidence
        self.lines = lines
        self.needsReview = needsReview
        self.alternatives = alternatives
    }

    public var json: Json {
        [
            "value": .text(value.description),
            "text": .text(text),
            "confidence": .number(rounded(confidence, 4)),
            "lines": .list(lines.map { .integer($0) }),
            "needs_review": .flag(needsReview),
            "alternatives": .list(alternatives.map { .text($0.description) }),
            "source": .text("local"),
        ]
    }
}

/// One thing bought, as printed.
public struct Item: Sendable, Hashable {
    public let description: String
    /// nil where it is not printed, and so is `unitPrice`.
    public let quantity: ExactDecimal?
    public let unitPrice: ExactDecimal?
    /// Of the whole line.
    public let amount: ExactDecimal
    /// Indices into `Receipt.lines`.
    public let lines: [Int]
    /// 0..1, what the network says of its words; not calibrated.
    public let confidence: Double

    public init(
        description: String, quantity: ExactDecimal?, unitPrice: ExactDecimal?, amount: ExactDecimal, lines: [Int],
        confidence: Double
    ) {
        self.description = description
        self.quantity = quantity
        self.unitPrice = unitPrice
        self.amount = amount
        self.lines = lines
        self.confidence = confidence
    }

    public var json: Json {
        [
            "description": .text(description),
            "quantity": quantity.map { .text($0.description) } ?? .null,
            "unit_price": unitPrice.map { .text($0.description) } ?? .null,
            "amount": .text(amount.description),
            "lines": .list(lines.map { .integer($0) }),
            "confidence": .number(rounded(confidence, 4)),
        ]
    }
}

/// The fields found; nil where the receipt does not show one (or it could not be read).
public struct Fields: Sendable, Hashable {
    public var vendor: Field<String>?
    public var date: Field<String>?
    public var time: Field<String>?
    public var currency: Field<String>?
    public var subtotal: Field<ExactDecimal>?
    public var tax: Field<ExactDecimal>?
    public var total: Field<ExactDecimal>?

    public init() {}

    /// By name, in the order they are shown.
    public var json: Json {
        [
            "vendor": vendor?.json ?? .null,
            "date": date?.json ?? .null,
            "time": time?.json ?? .null,
            "currency": currency?.json ?? .null,
            "subtotal": subtotal?.json ?? .null,
            "tax": tax?.json ?? .null,
            "total": total?.json ?? .null,
        ]
    }
}

/// What was read from one picture. A picture without text has no lines, and every field is nil.
public struct Receipt: Sendable, Hashable {
    /// In reading order: top row first, left to right within a row.
    public let lines: [TextLine]
    /// Indices into `lines`, one list per printed row.
    public let rows: [[Int]]
    /// Of the picture the quads refer to, in pixels; so is `height`.
    public let width: Int
    public let height: Int
    public var fields = Fields()
    /// Degrees (0, 90, 180, 270) the picture must be turned clockwise for the text to stand upright.
    public let rotation: Int
    /// Remaining tilt in degrees, clockwise positive.
    public let skew: Double
    /// What was bought, top to bottom; empty without the extraction network.
    public var items: [Item] = []
    /// What the caller may want to know of the picture.
    public let warnings: [String]

    public init(
        lines: [TextLine], rows: [[Int]], width: Int, height: Int, rotation: Int = 0, skew: Double = 0,
        warnings: [String] = []
    ) {
        self.lines = lines
        self.rows = rows
        self.width = width
        self.height = height
        self.rotation = rotation
        self.skew = skew
        self.warnings = warnings
    }

    /// The whole receipt as text, a printed row a line.
    public var text: String {
        rows.map { row in row.map { lines[$0].text }.joined(separator: " ") }.joined(separator: "\n")
    }

    /// Plain JSON types; amounts stay decimal strings so that no cent is lost to binary floats.
    public var json: Json {
        [
            "fields": fields.json,
            "items": .list(items.map(\.json)),
            "lines": .list(lines.map(\.json)),
            "rows": .list(rows.map { .list($0.map { .integer($0) }) }),
            "width": .integer(width),
            "height": .integer(height),
            "rotation": .integer(rotation),
            "skew": .number(rounded(skew, 2)),
            "warnings": .list(warnings.map { .text($0) }),
        ]
    }

    /// The JSON that every port writes.
    public func toJson() -> String { writeJson(json) }
}

/// A number rounded to some decimals, half to even, by its exact binary value.
package func rounded(_ value: Double, _ decimals: Int) -> Double {
    Double(String(format: "%.\(decimals)f", value)) ?? value
}
