import CoreML
import CoreVideo
import Foundation
import ReceiptCore

/// A model that takes images, each by itself.
///
/// A picture of a size that the model does not list is filled up with white, right and below, to the smallest listed one
/// that holds it, and what was added is cut off the outputs again.
struct PictureSession: Session {
    let model: LoadedModel

    /// - Parameter inputs: one tensor: pictures, uint8 RGB [N, height, width, 3]; N is 1 or more.
    func run(_ inputs: [Tensor]) throws -> [Tensor] {
        guard inputs.count == 1, case .bytes(let shape, let bytes) = inputs[0], shape.count == 4, shape[3] == 3,
            shape[0] > 0, bytes.count == shape.reduce(1, *)
        else {
            throw EdgeKitError(.backend, "\(model.graph.file): give pictures alone: uint8 [N, height, width, 3]")
        }
        let graph = model.graph
        let size = PictureSize(height: shape[1], width: shape[2])
        let full = try listed(size)
        let found = try model.predict { buffers in
            try buffers.filled(bytes, count: shape[0], size: size, full: full).map {
                let value = MLFeatureValue(pixelBuffer: $0)
                return try MLDictionaryFeatureProvider(dictionary: [graph.inputs[0].name: value])
            }
        } take: { outputs in
            try graph.outputs.map { spec in try tensor(outputs, spec) { kept($0, of: spec, size) } }
        }
        return try graph.outputs.indices.map { i in try joined(found.map { $0[i] }, graph.file) }
    }

    private func listed(_ size: PictureSize) throws -> PictureSize {
        let axes = Set(model.graph.inputs[0].shape.compactMap(\.name))
        let canCut = model.graph.outputs.allSatisfy { $0.shape.compactMap(\.name).allSatisfy(axes.contains) }
        if let found = sizeFor(size, of: model.sizes, canCut: canCut) { return found }
        let near = nearest(to: size, of: model.sizes)
        throw EdgeKitError(
            .backend,
            """
            \(model.graph.file): takes no picture of \(size) pixels (height x width); the nearest is \
            \(near.map(\.description) ?? "none, as the model lists no sizes; export the bundle again")
            """)
    }

    /// Values to keep along each axis of an output: those of an axis that the picture has, too, as many as it has.
    private func kept(_ found: [Int], of spec: TensorSpec, _ size: PictureSize) -> [Int] {
        let sides = [1, size.height, size.width]
        let axes = zip(model.graph.inputs[0].shape, sides).compactMap { axis, side in axis.name.map { ($0, side) } }
        let known = Dictionary(axes, uniquingKeysWith: { first, _ in first })
        guard found.count == spec.shape.count else { return spec.shape.map { _ in 0 } }
        return zip(found, spec.shape).map { there, axis in axis.name.flatMap { known[$0] } ?? there }
    }
}

/// A model that takes arrays, of sizes within its bounds.
struct ArraySession: Session {
    let model: LoadedModel

    func run(_ inputs: [Tensor]) throws -> [Tensor] {
        let graph = model.graph
        guard inputs.count == graph.inputs.count else {
            let names = graph.inputs.map { "'\($0.name)'" }.joined(separator: " and ")
            throw EdgeKitError(.backend, "\(graph.file): \(inputs.count) inputs given; pass \(names) alone")
        }
        let found = try model.predict { _ in
            let values = try zip(graph.inputs, inputs).map { spec, tensor in
                (spec.name, MLFeatureValue(multiArray: try array(tensor, spec)))
            }
            return [try MLDictionaryFeatureProvider(dictionary: Dictionary(uniqueKeysWithValues: values))]
        } take: { outputs in
            try graph.outputs.map { spec in try tensor(outputs, spec) { $0 } }
        }
        return found[0]
    }
}
