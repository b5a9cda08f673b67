import Foundation

@testable import ReceiptCore

// Values of the runtime as plain JSON, and the comparison that every port uses: floats near, all else exact.

/// What has a plain form: objects, quads as eight numbers, amounts as texts, sets sorted.
package protocol Plain {
    var plain: Json { get }
}

extension Json: Plain {
    package var plain: Json { self }
}

extension String: Plain {
    package var plain: Json { .text(self) }
}

extension Bool: Plain {
    package var plain: Json { .flag(self) }
}

extension Int: Plain {
    package var plain: Json { .integer(self) }
}

extension Int32: Plain {
    package var plain: Json { .integer(Int(self)) }
}

extension Double: Plain {
    package var plain: Json { .number(self) }
}

extension Float: Plain {
    package var plain: Json { .number(Double(self)) }
}

extension ExactDecimal: Plain {
    package var plain: Json { .text(description) }
}

extension Optional: Plain where Wrapped: Plain {
    package var plain: Json { self?.plain ?? .null }
}

extension Array: Plain where Element: Plain {
    package var plain: Json { .list(map(\.plain)) }
}

extension ArraySlice: Plain where Element: Plain {
    package var plain: Json { .list(map(\.plain)) }
}

extension Set: Plain where Element == Int {
    package var plain: Json { sorted().plain }
}

extension Dictionary: Plain where Key == String, Value: Plain {
    package var plain: Json { .object(JsonObject(map { (key: $0, value: $1.plain) })) }
}

extension Point: Plain {
    package var plain: Json { [.number(x), .number(y)] }
}

extension Quad: Plain {
    package var plain: Json { .list(points.flatMap { [.number($0.x), .number($0.y)] }) }
}

/// Where two plain values differ, and how; nil where they are equal.
package func difference(_ found: Json, _ expected: Json, _ tolerance: Double, _ place: String = "") -> String? {
    switch (found, expected) {
    case (.number(let a), .number(let b)):
        let near = abs(a - b) <= tolerance * max(1, abs(a), abs(b))
        return near ? nil : "\(place): \(a) is not \(b)"
    case (.object(let a), .object(let b)):
        let keys = (Set(a.members.map(\.key)), Set(b.members.map(\.key)))
        if keys.0 != keys.1 { return "\(place): keys \(keys.0.sorted()) are not \(keys.1.sorted())" }
        for (key, value) in b.members {
            if let problem = difference(a[key] ?? .null, value, tolerance, "\(place).\(key)") { return problem }
        }
        return nil
    case (.list(let a), .list(let b)):
        if a.count != b.count { return "\(place): \(a.count) items are not \(b.count)" }
        for i in b.indices {
            if let problem = difference(a[i], b[i], tolerance, "\(place)[\(i)]") { return problem }
        }
        return nil
    case (.text(let a), .text(let b)):
        return Spelling(a) == Spelling(b) ? nil : "\(place): \(shown(found)) is not \(shown(expected))"
    case (.null, .null), (.flag(true), .flag(true)), (.flag(false), .flag(false)): return nil
    case (.integer(let a), .integer(let b)) where a == b: return nil
    case (.huge(let a), .huge(let b)) where a == b: return nil
    default: return "\(place): \(shown(found)) is not \(shown(expected))"
    }
}

/// Throws where a plain value is not the expected one.
package func expect(_ found: Json, _ expected: Json, _ tolerance: Double) throws {
    if let problem = difference(found, expected, tolerance) { throw Failure(problem) }
}

private func shown(_ value: Json) -> String {
    let text = "\(value)"
    return text.count <= 120 ? text : text.prefix(117) + "..."
}

/// Reading golden cases, whose shape is known; another shape ends the run.
extension Json {
    package func at(_ key: String) -> Json {
        guard case .object(let object) = self, let value = object[key] else {
            fatalError("no '\(key)' in \(shown(self))")
        }
        return value
    }

    package var int: Int {
        guard case .integer(let number) = self else { fatalError("\(shown(self)) is no integer") }
        return number
    }

    package var double: Double {
        switch self {
        case .integer(let number): return Double(number)
        case .number(let number): return number
        default: fatalError("\(shown(self)) is no number")
        }
    }

    package var string: String {
        guard case .text(let text) = self else { fatalError("\(shown(self)) is no text") }
        return text
    }

    package var list: [Json] {
        guard case .list(let items) = self else { fatalError("\(shown(self)) is no list") }
        return items
    }

    package var ints: [Int] { list.map(\.int) }

    package var doubles: [Double] { list.map(\.double) }

    package var quad: Quad {
        let n = doubles
        return Quad(Point(n[0], n[1]), Point(n[2], n[3]), Point(n[4], n[5]), Point(n[6], n[7]))
    }

    package var line: TextLine {
        TextLine(text: at("text").string, quad: at("quad").quad, confidence: at("confidence").double)
    }

    package var bytes: [UInt8] {
        guard let data = Data(base64Encoded: string) else { fatalError("\(shown(self)) is no base64") }
        return [UInt8](data)
    }

    package var picture: Picture {
        let bytes = at("rgb").bytes
        return drawn(at("width").int, at("height").int) { [width = at("width").int] x, y in
            let start = 3 * (y * width + x)
            return UInt32(bytes[start]) << 16 | UInt32(bytes[start + 1]) << 8 | UInt32(bytes[start + 2])
        }
    }
}

extension Picture: Plain {
    package var plain: Json {
        ["width": .integer(width), "height": .integer(height), "rgb": .text(Data(toBytes()).base64EncodedString())]
    }
}
