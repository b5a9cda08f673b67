import Foundation
import ReceiptBench
import TestSupport

@testable import ReceiptCore

/// Figures, quotas, and the JSON that `edgekit bench` writes, too.
func testMeasurements(_ suite: Suite, example: URL) async {
    await suite.test("percentiles lie between ranks") {
        let found = Percentiles(of: [4, 1, 3, 2])
        try check(
            found?.p50 == 2.5 && found?.p90 == 3.7 && found?.p95 == 3.85 && found?.p99 == 3.97,
            "\(String(describing: found))")
        try check(found?.mean == 2.5 && found?.min == 1 && found?.max == 4)
        try check(Percentiles(of: []) == nil && Percentiles(of: [7])?.p99 == 7)
    }
    await suite.test("noise: what few reads cannot tell is not told; a slow block is") {
        try check(Noise(of: [], limit: 0.05).noisy == nil)
        let even: [Sample] = (0..<64).map { i in sample(0, i % 2, i % 2 == 0 ? 100 : 300) }
        let steady = Noise(of: even, limit: 0.05)
        try check(steady.noisy == false && steady.blocks == 8 && steady.blockSpread == 0 && steady.p95Difference == nil)
        let slow = even.enumerated().map {
            $0 < 56 ? $1 : sample(0, $1.picture, $1.milliseconds["all", default: 0] * 1.2)
        }
        try check(Noise(of: slow, limit: 0.05).noisy == true)
    }
    await suite.test("every picture in turn, until there are enough reads; warm-up counts for nothing") {
        let reader = FakeReader(seconds: 0.5)
        let rules = Rules(warmUp: 2, enoughReads: 5, enoughS: 60)
        let run = await measure(
            pictures: 2, rules: rules, read: { try await reader.read($0) }, step: { await reader.note($0) })
        try check(run.samples.map(\.picture) == [0, 1, 0, 1, 0] && run.complete, "\(run.samples)")
        try check(await reader.asked == [0, 1, 0, 1, 0, 1, 0])
        try check(await reader.shares == [0.2, 0.4, 0.6, 0.8, 1])
    }
    await suite.test("time spent is enough, too") {
        let reader = FakeReader(seconds: 2)
        let rules = Rules(warmUp: 0, enoughReads: 1000, enoughS: 5)
        let run = await measure(pictures: 1, rules: rules, read: { try await reader.read($0) }, step: { _ in })
        try check(run.samples.count == 3, "\(run.samples.count)")
    }
    await suite.test("a picture that fails is noted, the others are read; where all fail, one round is enough") {
        let reader = FakeReader(seconds: 1, failing: [1])
        let rules = Rules(warmUp: 0, enoughReads: 6, enoughS: 60)
        let run = await measure(pictures: 3, rules: rules, read: { try await reader.read($0) }, step: { _ in })
        try check(run.samples.map(\.picture) == [0, 2, 0, 2] && run.failures == [1: "no picture"], "\(run.failures)")
        let none = FakeReader(seconds: 1, failing: [0, 1])
        let empty = await measure(pictures: 2, rules: rules, read: { try await none.read($0) }, step: { _ in })
        try check(empty.samples.isEmpty && empty.failures.count == 2 && empty.complete)
        try check(await none.asked == [0, 1])
    }
    await suite.test("a cancelled run keeps what it has, and says so") {
        let reader = FakeReader(seconds: 0.01)
        let rules = Rules(warmUp: 0, enoughReads: 1_000_000, enoughS: 1e6)
        let task = Task {
            await measure(
                pictures: 1, rules: rules, read: { try await reader.read($0) }, step: { await reader.note($0) })
        }
        while await reader.shares.count < 3 { await Task.yield() }
        task.cancel()
        let run = await task.value
        try check(!run.complete && run.samples.count >= 3)
    }
    await suite.test("a watched session notes shapes, in its stage's name, and passes results on") {
        let log = RunLog()
        let backend = WatchedBackend(Echo(), log)
        let graph = Graph(
            backend: "echo", precision: "fp16", file: "detect_fp16.mlpackage/Manifest.json", inputs: [], outputs: [],
            evidence: Evidence(
                status: "not run", reason: "a test", reference: nil, maxAbsDifference: nil, trial: nil, machine: nil,
                delegated: nil))
        let session = try backend.load(graph, files: [:], threads: 1)
        let found = try session.run([.floats(shape: [1, 2], [3, 4])])
        try check(try found[0].floats("detect") == [3, 4] && backend.name == "echo")
        let taken = log.taken()
        try check(taken.map(\.stage) == ["detect"] && taken[0].shapes == [[1, 2]] && log.taken().isEmpty)
    }
    await suite.test("hot, or saving power, is throttled") {
        try check(DeviceState(heat: .serious, savesPower: false, battery: nil).throttling.now == true)
        try check(DeviceState(heat: .fair, savesPower: false, battery: nil).throttling.now == false)
        let saving = DeviceState(heat: .nominal, savesPower: true, battery: true).throttling
        try check(saving.now == true && saving.raw == "thermalState nominal, Low Power Mode")
    }
    await suite.test("a result is written as the example, which follows the schema") {
        let written = try encoded(try await invented())
        try expectFile(written, example)
    }
    await suite.test("this process tells its processor time") {
        let before = cpuSeconds
        var sum = 0.0
        for i in 0..<2_000_000 { sum += Double(i).squareRoot() }
        try check(sum > 0 && cpuSeconds > before)
    }
}

private func sample(_ part: Int, _ picture: Int, _ whole: Double) -> Sample {
    Sample(part: part, picture: picture, milliseconds: ["all": whole], cpu: whole)
}

private struct Echo: Backend, Session {
    let name = "echo"
    func load(_ graph: Graph, files: [String: [UInt8]], threads: Int) throws -> any Session { self }
    func run(_ inputs: [Tensor]) throws -> [Tensor] { inputs }
}
