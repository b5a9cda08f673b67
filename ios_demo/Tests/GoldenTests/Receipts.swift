import Foundation
import TestSupport

@testable import ReceiptCore

/// What is read from the tape of a golden receipt, as JSON.
func replayed(_ bundle: ReceiptBundle, _ picture: URL, _ golden: Json) async throws -> String {
    let tape = Tape(golden.at("tape").list)
    let receipt = try await ReceiptReader(bundle, backend: tape).read(decoded(picture))
    try check(tape.left == 0, "\(tape.left) runs of networks were not asked for")
    return receipt.toJson()
}

/// An engine that says what a tape holds, and refuses other inputs than those it was recorded with.
private final class Tape: Backend, @unchecked Sendable {  // the lock guards what changes
    let name = "onnxruntime"
    private let lock = NSLock()
    private var entries: ArraySlice<Json>

    init(_ entries: [Json]) { self.entries = entries[...] }

    var left: Int { lock.withLock { entries.count } }

    func load(_ graph: Graph, files: [String: [UInt8]], threads: Int) throws -> any Session {
        Reel(tape: self, stage: String(graph.file.prefix { $0.isLetter }))  // "detect.onnx", "reread_int8.onnx"
    }

    func next() throws -> Json {
        guard let entry = lock.withLock({ entries.popFirst() }) else { throw Failure("the tape is at its end") }
        return entry
    }
}

private struct Reel: Session {
    let tape: Tape
    let stage: String

    func run(_ inputs: [Tensor]) throws -> [Tensor] {
        let entry = try tape.next()
        let found: Json = .list([.text(stage)] + inputs.map(told))
        let expected: Json = .list([entry.at("stage")] + entry.at("inputs").list)
        if let problem = difference(found, expected, 0) {
            throw Failure("\(tape.left) runs before the end, the network is given \(problem)")
        }
        return outputs(entry)
    }
}

/// What a network was given: shape, and the CRC-32 of the numbers as little-endian bytes, integers only.
private func told(_ tensor: Tensor) -> Json {
    let crc: Json
    switch tensor {
    case .bytes(_, let data): crc = .integer(crc32(data))
    case .ints(_, let data): crc = .integer(crc32(data.flatMap { withUnsafeBytes(of: $0.littleEndian, Array.init) }))
    case .floats: crc = .null
    }
    return ["shape": tensor.shape.plain, "crc32": crc]
}

private func outputs(_ entry: Json) -> [Tensor] {
    switch entry.at("stage").string {
    case "detect":
        let pairs = entry.at("heat").bytes
        let shape = entry.at("shape").ints
        var heat: [Float] = []
        for i in stride(from: 0, to: pairs.count, by: 2) {
            heat += [Float](repeating: Float(pairs[i + 1]) / 15, count: Int(pairs[i]))
        }
        heat += [Float](repeating: 0, count: shape.reduce(1, *) - heat.count)
        return [.floats(shape: shape, heat)]
    case "recognize", "reread":
        let rows = entry.at("indices").list.map(\.ints)
        let indices = rows.joined().map { Int32($0) }
        var mils = entry.at("mils").ints.makeIterator()
        let scores = indices.map { $0 == 0 ? 0 : Float(mils.next() ?? 0) / 1000 }
        let shape = [rows.count, rows[0].count]
        return [.ints(shape: shape, indices), .floats(shape: shape, scores)]
    default:
        let bucket = entry.at("inputs").list[0].at("shape").ints[1]
        let cents = entry.at("cents").ints.map { Float($0) / 100 }
        let padding = [Float](repeating: 0, count: bucket * tagNames.count - cents.count)
        return [.floats(shape: [1, bucket, tagNames.count], cents + padding)]
    }
}
