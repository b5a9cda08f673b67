import Foundation
import ReceiptBench
import ReceiptCore
import ReceiptCoreML

/// A result, and the file to share it as.
struct BenchReport: Sendable {
    let result: BenchResult
    let file: URL
}

extension Engine {
    /// Reads photos again and again, alone, and writes what `edgekit bench` would.
    ///
    /// - Parameter photos: none: the app's drawn receipt.
    func measure(
        _ photos: [PhotoFile], _ rules: Rules, isQuick: Bool, battery: Bool?,
        step: @escaping @Sendable (Double) async -> Void
    ) async throws -> BenchReport {
        let start = ContinuousClock.now
        let started = Date.now
        let files = photos.isEmpty ? [try PhotoFile.drawn()] : photos
        let before = DeviceState.here(battery: battery)
        let run = await ReceiptBench.measure(
            pictures: files.count, rules: rules, read: { try await timed(files[$0]) }, step: step)
        let result = BenchResult(
            started: started.formatted(.iso8601), seconds: start.duration(to: .now) / .seconds(1),
            complete: run.complete, quick: isQuick, label: "compute units: \(units.rawValue)",
            software: Self.software(), device: Device.here(), before: before,
            after: DeviceState.here(battery: battery), rules: rules,
            pictures: Pictures(
                source: photos.isEmpty ? .synthetic : .folder,
                note: photos.isEmpty ? "drawn by examples/make_receipt.py: easier than photos" : "the user's own",
                items: files.map(\.item)),
            variants: [Variant(facts, run, noiseLimit: rules.noiseLimit)])
        let file = FileManager.default.temporaryDirectory.appending(path: "edgekit-bench.json")
        try encoded(result).write(to: file, options: .atomic)
        return BenchReport(result: result, file: file)
    }

    private func timed(_ file: PhotoFile) async throws -> TimedRead {
        _ = log.taken()
        let before = cpuSeconds
        let start = ContinuousClock.now
        let times = try await read(file).times
        let seconds = start.duration(to: .now) / .seconds(1)
        return TimedRead(
            seconds: seconds, stages: Dictionary(uniqueKeysWithValues: times.map { ($0.name, $0.seconds) }),
            cpuSeconds: cpuSeconds - before, ran: log.taken(), memory: Kernel.memory)
    }

    private var facts: VariantFacts {
        let manifest = bundle.manifest
        return VariantFacts(
            id: "\(manifest.name) \(manifest.version), \(CoreMLBackend.name) \(Self.precision), \(units.rawValue)",
            bundle: BundleFacts(
                name: manifest.name, version: manifest.version, digest: bundle.digest, bytes: bundle.size),
            backend: CoreMLBackend.name, precision: Self.precision, threads: 1, extractor: reader.rung.rawValue,
            loadSeconds: [times.open], installedBytes: size(of: Bundle.main.bundleURL))
    }

    private static func software() -> Software {
        let version = Bundle.main.object(forInfoDictionaryKey: "CFBundleShortVersionString") as? String
        let system = ProcessInfo.processInfo.operatingSystemVersionString
        return Software(
            producer: "EdgeKit Receipts \(version ?? "without a version")", runtime: "Swift, \(system)",
            packages: ["Core ML": "of \(system)"])
    }
}

extension PhotoFile {
    /// The receipt that comes with the app.
    static func drawn() throws -> PhotoFile {
        guard let place = Bundle.main.url(forResource: "receipt", withExtension: "jpg") else {
            throw EdgeKitError(.usage, "the app was built without examples/receipt.jpg; choose photos of your own")
        }
        return PhotoFile(name: place.lastPathComponent, data: try Data(contentsOf: place))
    }

    var item: Pictures.Item {
        let header = try? header()
        return Pictures.Item(
            name: name, width: header?.width, height: header?.height, bytes: data.count, sha256: sha256([UInt8](data)))
    }
}

/// Bytes of all files in a folder; nil where it cannot be read.
private func size(of folder: URL) -> Int? {
    let found = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.fileSizeKey])
    guard let found else { return nil }
    var bytes = 0
    for case let file as URL in found {
        bytes += (try? file.resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0
    }
    return bytes
}
