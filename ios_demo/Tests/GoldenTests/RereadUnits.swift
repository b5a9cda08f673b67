import Foundation
import TestSupport

@testable import ReceiptCore

/// Reading again: which lines, which of both readings is kept; bundles with the stage, without it, with a wrong one.
func rereadUnits(_ suite: Suite, _ bundle: ReceiptBundle) async {
    await lines(suite)
    await constants(suite)
    await readers(suite, bundle)
}

private let high = 40  // pixels of a line; it is `grey` times its number, plus `grey`, in each channel
private let grey = 30
private typealias Said = [Int: (step: Int32, chance: Float)]

/// What was seen or run, in order.
private final class Noted<Item: Sendable>: @unchecked Sendable {  // the lock guards what changes
    private let lock = NSLock()
    private var found: [Item] = []

    var items: [Item] { lock.withLock { found } }

    func add(_ more: [Item]) { lock.withLock { found += more } }
}

/// A recogniser that sees the grey of a line, and reads one character from it: class and probability by line.
private struct Grey: Session {
    let said: Said
    let seen = Noted<Int>()

    func run(_ inputs: [Tensor]) throws -> [Tensor] {
        guard case .bytes(let shape, let crops) = inputs[0] else { throw Failure("no crops") }
        let lines = (0..<shape[0]).map { i in
            Int(crops[((i * shape[1] + shape[1] / 2) * shape[2] + shape[1] / 2) * 3]) / grey - 1
        }
        seen.add(lines)
        let answers = try lines.map { line in
            guard let answer = said[line] else { throw Failure("line \(line) is not to be read") }
            return answer
        }
        return [
            .ints(shape: [shape[0], 1], answers.map(\.step)), .floats(shape: [shape[0], 1], answers.map(\.chance)),
        ]
    }
}

private let shapes = #"{"height": 48, "widths": [160], "padding": 127, "batch": 2, "blank": 0}"#

private func readAgain(
    _ params: String, _ confidences: [Double], order: [Int], _ said: Said
) async throws -> (lines: [TextLine], seen: [Int]) {
    let page = drawn(100, high * max(confidences.count, 1)) { _, y in UInt32((y / high + 1) * grey * 0x10101) }
    let lines = confidences.enumerated().map { i, confidence in
        let (top, bottom) = (Double(i * high), Double((i + 1) * high))
        let quad = Quad(Point(0, top), Point(100, top), Point(100, bottom), Point(0, bottom))
        return TextLine(text: "?\(i)", quad: quad, confidence: confidence)
    }
    let network = Grey(said: said)
    let recognizer = try Recognizer(
        session: network, params: RecognizeParams(loadJson(shapes, "x")), charset: ["a", "b", " "], workers: 1)
    let rereader = Rereader(recognizer: recognizer, params: try RereadParams(loadJson(params, "x")))
    let found = try await rereader.read(page, lines, order: order)
    try check(found.map(\.quad) == lines.map(\.quad), "the quads are others")
    return (found, network.seen.items.sorted())
}

private func params(lines: Int = 3, most: Int = 9) -> String {
    #"{"lines": \#(lines), "confidence": 0.9, "most": \#(most), "batch": 1, "precision": "int8"}"#
}

private func lines(_ suite: Suite) async {
    let sure = Said(uniqueKeysWithValues: (0..<5).map { ($0, (1, 0.95)) })
    let confidences = [0.5, 0.4, 0.9, 0.6, 0.1]
    let order = [2, 0, 3, 1, 4]  // the first is sure enough, the last two are too far down
    await suite.test("doubtful lines among the first are read again, and no others") {
        let (found, seen) = try await readAgain(params(), confidences, order: order, sure)
        try check(seen == [0, 3], "\(seen)")
        try check(found.map(\.text) == ["a", "?1", "?2", "a", "?4"], "\(found)")
        try check(found[0].confidence == Double(Float(0.95)) && found[1].confidence == 0.4, "\(found)")
    }
    await suite.test("no more lines are read again than may be, the first ones first") {
        for (most, expected) in [[], [0], [0, 3], [0, 1, 3]].enumerated() {
            let (_, seen) = try await readAgain(params(lines: 4, most: most), confidences, order: order, sure)
            try check(seen == expected, "\(most): \(seen)")
        }
        try check(try await readAgain(params(lines: 0), confidences, order: order, sure).seen.isEmpty)
        try check(try await readAgain(params(), [], order: [], sure).lines.isEmpty)
        try check(try await readAgain(params(), [0.9, 0.99], order: [1, 0], [:]).seen.isEmpty)
    }
    await suite.test("the surer reading is kept; the first where both are as sure, or the second has no text") {
        let said: Said = [0: (1, 0.4), 1: (1, 0.5), 2: (2, 0.75), 3: (3, 0.8), 4: (0, 1)]
        let five = [Double](repeating: 0.5, count: 5)
        let (found, seen) = try await readAgain(params(lines: 5), five, order: [0, 1, 2, 3, 4], said)
        try check(seen == [0, 1, 2, 3, 4], "\(seen)")
        try check(found.map(\.text) == ["?0", "?1", "b", "?3", "?4"], "\(found)")
        try check(found.map(\.confidence) == [0.5, 0.5, 0.75, 0.5, 0.5], "\(found)")
    }
}

private func constants(_ suite: Suite) async {
    await suite.test("constants of reading again that are wrong") {
        let good = params()
        func other(_ old: String, _ new: String) -> String { good.replacingOccurrences(of: old, with: new) }
        let wrong = [
            (other("3", "3.0"), "x: lines: 3.0 is not an integer"), (other("3", "-1"), "x: lines: -1 is too small"),
            (other(": 9", ": true"), "x: most: True is not an integer"),
            (other(": 1,", ": 0,"), "x: batch: 0 is too small; write at least 1"),
            (other("0.9", "\"0.9\""), "x: confidence: '0.9' is not a number"),
            (other("\"int8\"", "8"), "x: precision: 8 is not a string"),
            (other("\"int8\"", "\"\""), "x: precision: empty string"),
            (other("{", "{\"more\": 1, "), "x: more: unknown key"),
            (other("\"confidence\": 0.9, ", ""), "x: confidence: missing"),
        ]
        for (text, said) in wrong {
            try refused(.manifest, said) { _ = try RereadParams(loadJson(text, "x")) }
        }
        try check(try RereadParams(loadJson(other("0.9", "1"), "x")).confidence == 1)
        func recognizing(_ precision: String) throws -> RecognizeParams {
            let text = shapes.replacingOccurrences(of: "{", with: "{\"precision\": \(precision), ")
            return try RecognizeParams(loadJson(text, "x"))
        }
        try check(try recognizing("\"int8\"").batch == 2 && recognizing("null").batch == 2)
        for (precision, said) in [("8", "x: precision: 8 is not a string"), ("\"\"", "x: precision: empty string")] {
            try refused(.manifest, said) { _ = try recognizing(precision) }
        }
    }
}

/// An engine that finds no text, and notes which graphs are opened and run.
private struct Blank: Backend {
    let name = "onnxruntime"
    let opened = Noted<String>()
    let ran = Noted<String>()

    func load(_ graph: Graph, files: [String: [UInt8]], threads: Int) throws -> any Session {
        opened.add(["\(graph.file.prefix { $0.isLetter }) \(graph.precision)"])
        return BlankSession(graph: graph, ran: ran)
    }
}

private struct BlankSession: Session {
    let graph: Graph
    let ran: Noted<String>

    func run(_ inputs: [Tensor]) throws -> [Tensor] {
        ran.add([graph.file])
        let shape = inputs[0].shape
        func zeros(_ count: Int) -> [Float] { [Float](repeating: 0, count: count) }
        if graph.outputs.count == 1 { return [.floats(shape: Array(shape[..<3]), zeros(shape[1] * shape[2]))] }
        let steps = [shape[0], 1]
        return [
            .ints(shape: steps, [Int32](repeating: 0, count: shape[0])), .floats(shape: steps, zeros(shape[0])),
        ]
    }
}

/// The bundle with another stage of reading again, or none, in a folder that goes when `use` is done.
private func changed(
    _ bundle: ReceiptBundle, _ stage: (Json) -> Json?, _ use: (ReceiptBundle) async throws -> Void
) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.copyItem(at: URL(fileURLWithPath: bundle.path), to: folder)
    let file = folder.appendingPathComponent(manifestName)
    let manifest = with(try read(file), "stages") { with($0, "reread", stage) }
    try Data(writeJson(manifest).utf8).write(to: file)
    try await use(ReceiptBundle(folder))
}

/// The same object with another value for a key, or without it.
private func with(_ object: Json, _ key: String, _ value: (Json) -> Json?) -> Json {
    guard case .object(let found) = object else { fatalError("no object") }
    return .object(
        JsonObject(found.members.compactMap { $0.key == key ? value($0.value).map { (key: key, value: $0) } : $0 }))
}

private func readers(_ suite: Suite, _ bundle: ReceiptBundle) async {
    await suite.test("the stage's own precision is opened, and the stage is run to warm up") {
        let engine = Blank()
        try await ReceiptReader(bundle, backend: engine).warmUp()
        let opened = engine.opened.items
        try check(opened.prefix(3) == ["detect fp32", "recognize int8", "reread int8"], "\(opened)")
        let last = try bundle.graph("reread", backend: engine.name, precision: "int8").file
        try check(engine.ran.items.last == last, "\(engine.ran.items)")
        try check(try bundle.graph("reread", backend: engine.name, precision: "fp16").file == last)
        try refused(.missingGraph, "stage 'detect' has no graph for onnxruntime fp16") {
            _ = try bundle.graph("detect", backend: engine.name, precision: "fp16")
        }
    }
    await suite.test("a graph of the precision asked for comes before the stage's own") {
        func halved(_ graphs: Json) -> Json {
            guard case .list(let items) = graphs, let graph = items.first else { fatalError("no graph") }
            return .list([graph, with(graph, "precision") { _ in .text("fp16") }])
        }
        try await changed(bundle, { with($0, "graphs") { halved($0) } }) { both in
            for precision in ["fp16", "int8"] {
                let found = try both.graph("reread", backend: "onnxruntime", precision: precision)
                try check(found.precision == precision, found.precision)
            }
        }
    }
    await suite.test("a bundle without the stage reads without it") {
        try await changed(bundle, { _ in nil }) { without in
            let engine = Blank()
            let reader = try ReceiptReader(without, backend: engine)
            try await reader.warmUp()
            try check(await reader.read(drawn(64, 64) { _, _ in 0xffffff }).lines.isEmpty)
            let named = engine.opened.items + engine.ran.items
            try check(!named.contains { $0.hasPrefix("reread") }, "\(named)")
        }
    }
    await suite.test("a stage without its graph, or with wrong constants, is refused") {
        try await changed(bundle, { with($0, "graphs") { _ in .list([]) } }) { without in
            try refused(.missingGraph, "stage 'reread' has no graph for onnxruntime int8: it has none") {
                _ = try ReceiptReader(without, backend: Blank())
            }
        }
        try await changed(bundle, { with($0, "params") { with($0, "most") { _ in nil } } }) { wrong in
            try refused(.manifest, "stages.reread.params.most: missing") {
                _ = try ReceiptReader(wrong, backend: Blank())
            }
        }
    }
}
