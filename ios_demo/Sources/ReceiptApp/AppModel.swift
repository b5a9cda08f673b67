import Foundation
import Observation
import ReceiptCoreML
import ReceiptDisplay

/// The app's state: how far the reader is, and what the user chose.
@MainActor @Observable final class AppModel {
    enum Phase {
        case starting(StartStep)
        case ready(Engine)
        case failed(String)
    }

    private(set) var phase = Phase.starting(StartStep(.checking))
    let reading = ReadModel()
    let bench = BenchModel()

    /// Kept for the next start; a change loads all models anew.
    var units: ComputeUnits {
        didSet { UserDefaults.standard.set(units.rawValue, forKey: Self.unitsKey) }
    }

    private static let unitsKey = "compute-units"

    init() {
        units = UserDefaults.standard.string(forKey: Self.unitsKey).flatMap(ComputeUnits.init) ?? .all
    }

    /// Opens a reader for the chosen units; shows each step on the way.
    func start() async {
        phase = .starting(StartStep(.checking))
        do {
            let engine = try await Engine.open(units: units) { step in await self.show(step) }
            if !Task.isCancelled { phase = .ready(engine) }
        } catch is CancellationError {
            return  // other units were chosen meanwhile, and the start for them goes on
        } catch {
            phase = .failed("\(error)")
        }
    }

    private func show(_ step: StartStep) {
        guard !Task.isCancelled else { return }
        phase = .starting(step)
    }
}
