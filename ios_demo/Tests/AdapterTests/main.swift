import AppSupport
import CoreML
import Foundation
@testable import ReceiptCore
import ReceiptCoreML
import TestSupport

// Reads the golden receipts from their pixels through the adapter for Core ML, the published networks in Core ML's place;
// prints what failed, and `N passed, N failed`.
//
// Every field must have the value and the alternatives that Python read. Arguments: the folder of the golden cases, of
// the bundle.

/// Value and alternatives of each field.
private func answers(_ fields: Json) throws -> Json {
    guard case .object(let fields) = fields else { throw Failure("no fields") }
    let shown = fields.members.map { name, field in
        (key: name, value: field == .null ? .null : [field.at("value"), field.at("alternatives")] as Json)
    }
    return .object(JsonObject(shown))
}

private func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 3 else { throw Failure("give the folder of the golden cases, and that of the bundle") }
    let source = URL(fileURLWithPath: arguments[2])
    let published = try ReceiptBundle(source)
    MLModel.engine = { place, _ in
        let name = place.deletingPathExtension().lastPathComponent
        return try model(String(name.prefix { $0.isLetter }), published)
    }
    let ios = try IosBundle(from: source)
    let engine = try await CoreMLBackend(ios.bundle, precision: "fp16", units: .all, store: ios.store) { _ in }
    let reader = try ReceiptReader(ios.bundle, backend: engine, options: Options(precision: "fp16"))
    let files = try pictures(URL(fileURLWithPath: arguments[1]))
    let suite = Suite()
    for file in files {
        let name = file.deletingPathExtension().lastPathComponent
        await suite.test("receipt \(name) through the adapter") {
            let found = try await reader.read(try decoded(file))
            let expected = try read(file.deletingPathExtension().appendingPathExtension("json")).at("pixels")
            try expect(answers(found.fields.json), answers(expected.at("fields")), 0)
        }
    }
    suite.end(expected: files.count)
}

do {
    try await main()
} catch {
    print("FAILED: \(error)")
    exit(2)
}
