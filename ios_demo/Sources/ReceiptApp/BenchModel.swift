import Foundation
import Observation
import ReceiptBench
import ReceiptCore

/// A measurement: what is measured, how far it is, and what came of it.
@MainActor @Observable final class BenchModel {
    enum Phase {
        case idle
        case running(Double)
        case done(BenchReport)
        case failed(String)
    }

    private(set) var phase = Phase.idle
    /// The user's own photos; where there are none, the app's drawn receipt is read.
    private(set) var photos: [PhotoFile] = []
    var isQuick = true
    private var task: Task<Void, Never>?

    /// Takes photos to measure with. Those that the library does not give are left out.
    func choose(_ loads: [@Sendable () async throws -> Data?]) async {
        var found: [PhotoFile] = []
        for load in loads {
            guard let data = try? await load() else { continue }
            found.append(PhotoFile(name: "photo \(found.count + 1)", data: data))
        }
        photos = found
    }

    /// Starts over, whatever was running.
    func start(with engine: Engine) {
        task?.cancel()
        phase = .running(0)
        let rules: Rules = isQuick ? .quick : .full
        let photos = photos
        let battery = Battery.isInUse
        task = Task {
            do {
                let report = try await engine.measure(photos, rules, isQuick: isQuick, battery: battery) { share in
                    await self.reach(share)
                }
                phase = .done(report)
            } catch {
                phase = .failed("\(error)")
            }
        }
    }

    /// Ends it; what was measured until now is kept, and marked as incomplete.
    func stop() { task?.cancel() }

    private func reach(_ share: Double) { phase = .running(share) }
}
