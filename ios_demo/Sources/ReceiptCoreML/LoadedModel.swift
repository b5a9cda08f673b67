import CoreML
import Foundation
import ReceiptCore

/// One model of Core ML. It wants one caller at a time, so that calls from several threads wait for one another.
final class LoadedModel: @unchecked Sendable {
    let graph: Graph
    /// Sizes of pictures that it lists; empty where it takes arrays.
    let sizes: [PictureSize]
    private let model: MLModel
    private let buffers = PixelBuffers()
    private let lock = NSLock()

    /// - Throws: `EdgeKitError` where its inputs or outputs are not those that the manifest names.
    init(_ model: MLModel, _ graph: Graph) throws {
        let described = model.modelDescription
        guard Set(described.inputDescriptionsByName.keys) == Set(graph.inputs.map(\.name)),
            Set(described.outputDescriptionsByName.keys) == Set(graph.outputs.map(\.name))
        else {
            let problem = "the manifest names other inputs or outputs"
            throw EdgeKitError(.bundle, "\(graph.file): \(problem); export the bundle again")
        }
        let constraint = graph.inputs.first.flatMap { described.inputDescriptionsByName[$0.name]?.imageConstraint }
        sizes =
            constraint?.sizeConstraint.enumeratedImageSizes.map {
                PictureSize(height: $0.pixelsHigh, width: $0.pixelsWide)
            } ?? []
        self.model = model
        self.graph = graph
    }

    /// What `take` makes of the outputs of each set of inputs that `fill` gives, in order. Both run while no other call
    /// can, so buffers may be used again.
    func predict<Found>(
        _ fill: (PixelBuffers) throws -> [any MLFeatureProvider], take: (any MLFeatureProvider) throws -> Found
    ) throws -> [Found] {
        lock.lock()
        defer { lock.unlock() }
        do {
            let given = try fill(buffers)
            guard given.count > 1 else { return try given.map { try take(model.prediction(from: $0)) } }
            let found = try model.predictions(fromBatch: MLArrayBatchProvider(array: given))
            return try (0..<found.count).map { try take(found.features(at: $0)) }
        } catch let error as EdgeKitError {
            throw error
        } catch {
            throw EdgeKitError(.backend, "Core ML failed: \(firstLine(error))")
        }
    }
}

/// Why Core ML, or the disk, refused something.
func firstLine(_ error: any Error) -> String {
    let text = error.localizedDescription
    return text.split(whereSeparator: \.isNewline).first.map(String.init) ?? "\(type(of: error))"
}
