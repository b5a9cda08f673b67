import CoreML
import Foundation
import ReceiptCore
import ReceiptCoreML
import TestSupport

/// Throws where an error of this kind, with these words in it, does not come.
func refused(_ kind: EdgeKitError.Kind, _ words: String, _ run: () async throws -> Void) async throws {
    do {
        try await run()
    } catch let error as EdgeKitError {
        return try check(error.kind == kind && error.message.contains(words), "\(error.kind): \(error.message)")
    }
    throw Failure("nothing was refused")
}

/// What was reported, in order.
actor Reports {
    private(set) var steps: [String] = []
    private(set) var shares: [Double] = []

    func note(_ preparation: Preparation) {
        steps.append("\(preparation.step)")
        shares.append(preparation.share)
    }
}

/// Opens models after it failed once, and remembers the compute units asked for.
final class Stale: @unchecked Sendable {
    private(set) var units = MLComputeUnits.all
    private var fails: Bool

    init(fails: Bool = true) { self.fails = fails }

    func open(_ place: URL, _ configuration: MLModelConfiguration) throws -> MLModel {
        defer { fails = false }
        if fails { throw CocoaError(.fileReadCorruptFile) }
        units = configuration.computeUnits
        return try StandIn.open(place, configuration)
    }
}
