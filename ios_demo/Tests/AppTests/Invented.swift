import Foundation
import ReceiptBench
import TestSupport

@testable import ReceiptCore

/// Answers at once, and says that it took so many seconds.
actor FakeReader {
    private(set) var asked: [Int] = []
    private(set) var shares: [Double] = []
    private let seconds: Double
    private let failing: Set<Int>

    init(seconds: Double, failing: Set<Int> = []) {
        self.seconds = seconds
        self.failing = failing
    }

    func read(_ picture: Int) throws -> TimedRead {
        asked.append(picture)
        if failing.contains(picture) { throw EdgeKitError(.image, "no picture") }
        // Unlike from read to read, so that percentiles differ, and the same every time.
        let unlike = Double(asked.count * 7 % 11) / 1000
        let seconds = seconds * (1 + Double(picture) / 4 + unlike)
        let ran = [
            Ran(stage: "detect", shapes: [[1, 640, 640, 3]], seconds: seconds / 4),
            Ran(stage: "recognize", shapes: [[4, 48, 320, 3]], seconds: seconds / 2),
            Ran(stage: "extract", shapes: [[1, 64, 16], [1, 64, 125]], seconds: seconds / 64),
        ]
        return TimedRead(
            seconds: seconds, stages: ["decode": seconds / 8, "detect": seconds / 4, "recognize": seconds / 2],
            cpuSeconds: seconds * 1.5, ran: ran,
            memory: Memory(footprint: 90_000_000 + asked.count, peak: 120_000_000, threads: 9))
    }

    func note(_ share: Double) { shares.append(share) }
}

/// A whole result, invented: measured nowhere.
func invented() async throws -> BenchResult {
    let reader = FakeReader(seconds: 0.1, failing: [2])
    let rules = Rules(warmUp: 1, enoughReads: 48, enoughS: 600)
    let run = await measure(pictures: 3, rules: rules, read: { try await reader.read($0) }, step: { _ in })
    let features = Features { $0.hasSuffix("SME") ? false : $0.hasSuffix("BF16") ? nil : true }
    let items = (1...3).map {
        Pictures.Item(
            name: "photo \($0)", width: $0 == 3 ? nil : 3024, height: $0 == 3 ? nil : 4032, bytes: 2_000_000,
            sha256: String(repeating: "\($0)", count: 64))
    }
    let facts = VariantFacts(
        id: "receipt 0.1.0, coreml fp16, all",
        bundle: BundleFacts(
            name: "receipt", version: "0.1.0", digest: String(repeating: "ab", count: 32), bytes: 3_000_000),
        backend: "coreml", precision: "fp16", threads: 1, extractor: "joint", loadSeconds: [1.25],
        installedBytes: 6_000_000)
    return BenchResult(
        started: "2026-01-01T12:00:00Z", seconds: 5.5, complete: true, quick: true,
        label: "an example of the format: invented, measured nowhere",
        software: Software(producer: "EdgeKit Receipts 0.1.0", runtime: "Swift", packages: ["Core ML": "iOS 18.1"]),
        device: Device(
            model: "iPhone17,1", emulation: [],
            cpu: Processor(model: nil, architecture: "arm64", features: features, cores: 6, usable: 6),
            memoryBytes: 8_000_000_000, system: "iOS 18.1", kernel: "Darwin 24.1.0"),
        before: DeviceState(heat: .nominal, savesPower: false, battery: true),
        after: DeviceState(heat: .serious, savesPower: false, battery: true), rules: rules,
        pictures: Pictures(source: .folder, note: "the user's own", items: items),
        variants: [Variant(facts, run, noiseLimit: rules.noiseLimit)])
}

/// Throws where a file says something else. Where there is none, and it may be written, it is written.
func expectFile(_ written: Data, _ file: URL) throws {
    let text = String(decoding: written, as: UTF8.self) + "\n"
    if ProcessInfo.processInfo.environment["EDGEKIT_WRITE_EXAMPLES"] != nil { try Data(text.utf8).write(to: file) }
    let expected = try parseJson(String(decoding: try Data(contentsOf: file), as: UTF8.self))
    try expect(try parseJson(text), expected, 1e-9)
}
