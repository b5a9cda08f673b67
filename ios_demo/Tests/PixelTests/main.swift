import Foundation
import ReceiptOrt
import TestSupport

@testable import ReceiptCore

// Reads the golden receipts from their pixels with ONNX Runtime; prints what failed, and `N passed, N failed`.
//
// Every field must have the value and the alternatives that Python read; engines may differ in the last bits of a
// confidence, and so in a line that a field does not need. Arguments: the folder of the golden cases, of the bundle.

/// An engine, and how long its graphs ran, in seconds of processor time.
private final class Watched: Backend, @unchecked Sendable {  // the lock guards what changes
    let engine = OrtBackend()
    private let lock = NSLock()
    private var seconds = 0.0

    var name: String { engine.name }

    var spent: Double {
        get { lock.withLock { seconds } }
        set { lock.withLock { seconds = newValue } }
    }

    func load(_ graph: Graph, files: [String: [UInt8]], threads: Int) throws -> any Session {
        Clocked(watch: self, session: try engine.load(graph, files: files, threads: threads))
    }
}

private struct Clocked: Session {
    let watch: Watched
    let session: any Session

    func run(_ inputs: [Tensor]) throws -> [Tensor] {
        let start = processorTime()
        defer { watch.spent += processorTime() - start }
        return try session.run(inputs)
    }
}

/// Seconds that this process has computed, whatever else the machine did meanwhile.
private func processorTime() -> Double { Double(clock()) / Double(CLOCKS_PER_SEC) }

/// Value and alternatives of each field.
private func answers(_ fields: Json) throws -> Json {
    guard case .object(let fields) = fields else { throw Failure("no fields") }
    return .object(
        JsonObject(
            fields.members.map { name, field in
                (name, field == .null ? .null : [field.at("value"), field.at("alternatives")])
            }))
}

private func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 3 else { throw Failure("give the folder of the golden cases, and that of the bundle") }
    let engine = Watched()
    let reader = try ReceiptReader(URL(fileURLWithPath: arguments[2]), backend: engine)
    try await reader.warmUp()
    let files = try pictures(URL(fileURLWithPath: arguments[1]))
    let suite = Suite()
    var (lines, same, spent) = (0, 0, 0.0)
    engine.spent = 0
    for file in files {
        let name = file.deletingPathExtension().lastPathComponent
        await suite.test("receipt \(name) from its pixels") {
            let picture = try decoded(file)
            let start = processorTime()
            let found = try await reader.read(picture)
            spent += processorTime() - start
            let expected = try read(file.deletingPathExtension().appendingPathExtension("json")).at("pixels")
            let texts = expected.at("lines").list.map(\.string)
            lines += texts.count
            same += zip(found.lines, texts).filter { Spelling($0.text) == Spelling($1) }.count
            try expect(answers(found.fields.json), answers(expected.at("fields")), 0)
        }
    }
    print("lines that read the same: \(same) of \(lines)")
    let (core, networks) = ((spent - engine.spent) / Double(files.count), engine.spent / Double(files.count))
    let shown = [core, networks].map { String(format: "%.0f ms", 1000 * $0) }
    print("processor time of a receipt: \(shown[0]) in the core, \(shown[1]) in the networks")
    suite.end(expected: files.count)
}

do {
    try await main()
} catch {
    print("FAILED: \(error)")
    exit(2)
}
