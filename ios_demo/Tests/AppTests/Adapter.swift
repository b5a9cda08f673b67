import AppSupport
import CoreML
import Foundation
import ReceiptCore
import ReceiptCoreML
import TestSupport

/// The adapter for Core ML, with models in Core ML's place that answer with what they were given.
func testAdapter(_ suite: Suite, bundle source: URL) async {
    MLModel.engine = StandIn.open
    await suite.test("models are compiled once and loaded each time; both are reported, and timed") {
        let ios = try IosBundle(from: source)
        let first = Reports()
        let cold = try await backend(ios) { await first.note($0) }
        try check(cold.loadTimes.map(\.stage) == ["detect", "recognize", "reread", "extract"])
        try check(cold.loadTimes.allSatisfy { $0.compileSeconds != nil && $0.loadSeconds >= 0 })
        try check(await first.steps == (0..<4).flatMap { _ in ["compiling", "loading"] })
        let shares: [Int] = await first.shares.map { Int(($0 * 400).rounded()) }
        try check(shares == [0, 0, 100, 100, 200, 200, 300, 300], "\(shares)")
        let second = Reports()
        let warm = try await backend(ios) { await second.note($0) }
        try check(warm.loadTimes.allSatisfy { $0.compileSeconds == nil })
        try check(await second.steps == ["loading", "loading", "loading", "loading"])
    }
    await suite.test("what was compiled and does not load is compiled anew; other bundles' models are removed") {
        let ios = try IosBundle(from: source)
        let other = ios.store.appendingPathComponent("another")
        try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
        _ = try await backend(ios) { _ in }
        try check(!FileManager.default.fileExists(atPath: other.path))
        let stale = Stale()
        MLModel.engine = { try stale.open($0, $1) }
        defer { MLModel.engine = StandIn.open }
        let found = try await backend(ios) { _ in }
        try check(found.loadTimes.map { $0.compileSeconds != nil } == [true, false, false, false])
    }
    await suite.test("compute units reach Core ML") {
        let ios = try IosBundle(from: source)
        let seen = Stale(fails: false)
        MLModel.engine = { try seen.open($0, $1) }
        defer { MLModel.engine = StandIn.open }
        for (units, wanted) in zip(
            ComputeUnits.allCases, [.all, .cpuAndNeuralEngine, .cpuAndGPU, .cpuOnly] as [MLComputeUnits])
        {
            _ = try await CoreMLBackend(ios.bundle, precision: "fp16", units: units, store: ios.store) { _ in }
            try check(seen.units == wanted, "\(units): \(seen.units)")
        }
    }
    await suite.test("a model that Core ML refuses, or that is not the manifest's, is an error of the bundle") {
        let ios = try IosBundle(from: source)
        defer { MLModel.engine = StandIn.open }
        MLModel.engine = { _, _ in throw CocoaError(.fileReadCorruptFile) }
        try await refused(.bundle, "Core ML cannot load") { _ = try await backend(ios) { _ in } }
        MLModel.engine = { place, configuration in
            try StandIn.open(
                place.deletingLastPathComponent().appendingPathComponent("extract.mlmodelc"), configuration)
        }
        try await refused(.bundle, "other inputs or outputs") { _ = try await backend(ios) { _ in } }
    }
    await suite.test("the default bundle has no such graphs, and opening a reader says so") {
        let ios = try IosBundle(from: source)
        let plain = try ReceiptBundle(source)
        let none = try await CoreMLBackend(plain, precision: "fp16", units: .all, store: ios.store) { _ in }
        try check(none.loadTimes.isEmpty)
        try await refused(.missingGraph, "coreml fp16") {
            _ = try ReceiptReader(plain, backend: none, options: Options(precision: "fp16"))
        }
    }
    await testSessions(suite, source)
}

private func testSessions(_ suite: Suite, _ source: URL) async {
    await suite.test("a picture is filled up with white, and its answer cut back") {
        let detect = try await session("detect", source)
        for (height, width) in [(640, 640), (672, 608), (32, 64)] {
            var bytes = [UInt8](repeating: 0, count: height * width * 3)
            for i in bytes.indices { bytes[i] = UInt8(truncatingIfNeeded: i * 31 + i / 1920) }
            let found = try detect.run([.bytes(shape: [1, height, width, 3], bytes)])
            let heat = try found[0].floats("detect")
            try check(found.count == 1 && found[0].shape == [1, height, width] && heat.count == height * width)
            for i in heat.indices {
                var colour = 0
                for channel in 0..<3 { colour = colour << 8 | Int(bytes[3 * i + channel]) }
                if heat[i] != Float(colour) { throw Failure("pixel \(i): \(heat[i]) is not \(colour)") }
            }
        }
    }
    await suite.test("lines are run one by one, and their answers joined in order") {
        let recognize = try await session("recognize", source)
        var bytes: [UInt8] = []
        for line in 0..<3 {
            for pixel in 0..<(48 * 64) {
                let red = line * 50 + pixel % 64 / 8
                bytes += [UInt8(red), UInt8(red + 10), 0]
            }
        }
        let found = try recognize.run([.bytes(shape: [3, 48, 64, 3], bytes)])
        let indices = try found[0].ints("recognize")
        let scores = try found[1].floats("recognize")
        try check(found.map(\.shape) == [[3, 8], [3, 8]])
        for i in 0..<24 {
            let red = i / 8 * 50 + i % 8
            try check(
                indices[i] == Int32(red + 10) && scores[i] == Float(red) / 256, "\(i): \(indices[i]), \(scores[i])")
        }
    }
    await suite.test("a line of a width that is not listed is refused: its steps could not be told from the filling's")
    {
        let recognize = try await session("recognize", source)
        try await refused(.backend, "takes no picture of 48 x 96 pixels (height x width); the nearest is 48 x 64") {
            _ = try recognize.run([.bytes(shape: [1, 48, 96, 3], [UInt8](repeating: 0, count: 48 * 96 * 3))])
        }
    }
    await suite.test("arrays go in and out") {
        let extract = try await session("extract", source)
        let chars = [Int32](0..<(64 * 16))
        let places = chars.flatMap { [Float](repeating: Float($0) / 4, count: 125) }.prefix(64 * 125)
        let found = try extract.run([.ints(shape: [1, 64, 16], chars), .floats(shape: [1, 64, 125], Array(places))])
        try check(found[0].shape == [1, 64, 10])
        let scores = try found[0].floats("extract")
        for (i, score) in scores.enumerated() {
            let word = i / 10
            try check(score == Float(chars[word * 16]) + places[word * 125], "\(i): \(score)")
        }
    }
    await suite.test("what a model does not take is refused before Core ML sees it") {
        let detect = try await session("detect", source)
        try await refused(.backend, "uint8 [N, height, width, 3]") { _ = try detect.run([.floats(shape: [1], [0])]) }
        try await refused(.backend, "uint8 [N, height, width, 3]") {
            _ = try detect.run([.bytes(shape: [1, 640, 640, 3], [0])])
        }
        try await refused(.backend, "takes no picture of 1088 x 640") {
            _ = try detect.run([.bytes(shape: [1, 1088, 640, 3], [UInt8](repeating: 0, count: 1088 * 640 * 3))])
        }
        let extract = try await session("extract", source)
        try await refused(.backend, "pass 'chars' and 'places' alone") { _ = try extract.run([.ints(shape: [1], [0])]) }
    }
}

private func backend(_ ios: IosBundle, report: @Sendable (Preparation) async -> Void) async throws -> CoreMLBackend {
    try await CoreMLBackend(ios.bundle, precision: "fp16", units: .all, store: ios.store, report: report)
}

private func session(_ stage: String, _ source: URL) async throws -> any Session {
    let ios = try IosBundle(from: source)
    let graph = try ios.bundle.graph(stage, backend: "coreml", precision: "fp16")
    return try await backend(ios) { _ in }.load(graph, files: [:], threads: 1)
}
