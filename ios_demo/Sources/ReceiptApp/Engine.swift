import Foundation
import ReceiptBench
import ReceiptCore
import ReceiptCoreML
import ReceiptDisplay

/// A reader that is ready, and what its start took.
struct Engine: Sendable {
    static let precision = "fp16"

    let reader: ReceiptReader
    let bundle: ReceiptBundle
    let units: ComputeUnits
    let times: StartTimes
    /// What the networks were given; filled while a measurement listens.
    let log: RunLog

    /// Checks the bundle, loads its models and reads a blank page, so that the first photo is as quick as the next.
    ///
    /// - Parameter report: called before each step.
    static func open(units: ComputeUnits, report: @escaping @Sendable (StartStep) async -> Void) async throws -> Engine
    {
        let start = ContinuousClock.now
        await report(StartStep(.checking))
        let bundle = try ReceiptBundle(try place())
        let checked = ContinuousClock.now
        let backend = try await CoreMLBackend(bundle, precision: precision, units: units, store: try store()) {
            await report(StartStep($0))
        }
        try Task.checkCancellation()
        let log = RunLog()
        let reader = try ReceiptReader(
            bundle, backend: WatchedBackend(backend, log), options: Options(precision: precision))
        let opened = ContinuousClock.now
        await report(StartStep(.warming))
        try await reader.warmUp()
        try Task.checkCancellation()
        let times = StartTimes(
            check: start.duration(to: checked) / .seconds(1), models: backend.loadTimes,
            open: start.duration(to: opened) / .seconds(1), warmUp: opened.duration(to: .now) / .seconds(1))
        return Engine(reader: reader, bundle: bundle, units: units, times: times, log: log)
    }

    /// The bundle's folder among the app's resources.
    private static func place() throws -> URL {
        if let found = Bundle.main.url(forResource: "edgekit", withExtension: nil) { return found }
        throw EdgeKitError(.bundle, "the app was built without models; run python -m export receipt --app ios")
    }

    /// For compiled models: kept between starts, and not in backups, since they can be made again.
    private static func store() throws -> URL {
        let caches = try FileManager.default.url(
            for: .cachesDirectory, in: .userDomainMask, appropriateFor: nil, create: true)
        return caches.appending(path: "models", directoryHint: .isDirectory)
    }
}

/// Seconds.
struct StartTimes: Sendable {
    /// All files read and their digests compared.
    let check: Double
    let models: [LoadTime]
    /// From the start until the reader was open.
    let open: Double
    /// The first read, of a blank page.
    let warmUp: Double
}
