import CoreML
import Foundation
import ReceiptCore

/// Tensors to Core ML's arrays and back, each copied once.

/// An output as a tensor, cut to a corner of it.
///
/// - Parameter kept: how many values along each axis of an array of this shape.
func tensor(_ found: any MLFeatureProvider, _ spec: TensorSpec, kept: ([Int]) -> [Int]) throws -> Tensor {
    guard let array = found.featureValue(for: spec.name)?.multiArrayValue else {
        throw EdgeKitError(.backend, "Core ML gave no array '\(spec.name)'; export the bundle again")
    }
    let shape = array.shape.map(\.intValue)
    let kept = kept(shape)
    guard kept.count == shape.count, zip(kept, shape).allSatisfy({ $0 <= $1 }) else {
        let problem = "an array '\(spec.name)' of shape \(shape), not \(kept)"
        throw EdgeKitError(.backend, "Core ML gave \(problem); export the bundle again")
    }
    let strides = array.strides.map(\.intValue)
    switch array.dataType {
    case .float32:
        return .floats(
            shape: kept, array.withUnsafeBufferPointer(ofType: Float.self) { corner($0, kept: kept, strides: strides) })
    case .int32:
        return .ints(
            shape: kept, array.withUnsafeBufferPointer(ofType: Int32.self) { corner($0, kept: kept, strides: strides) })
    default:
        throw EdgeKitError(.backend, "Core ML gave '\(spec.name)' as another type than it declares; export it again")
    }
}

/// Core ML's array of a tensor's numbers.
func array(_ tensor: Tensor, _ spec: TensorSpec) throws -> MLMultiArray {
    func filled<Number>(_ type: MLMultiArrayDataType, _ numbers: [Number]) throws -> MLMultiArray {
        let array = try MLMultiArray(shape: tensor.shape.map { NSNumber(value: $0) }, dataType: type)
        array.withUnsafeMutableBytes { target, _ in numbers.withUnsafeBytes { target.copyMemory(from: $0) } }
        return array
    }
    switch tensor {
    case .ints(_, let numbers): return try filled(.int32, numbers)
    case .floats(_, let numbers): return try filled(.float32, numbers)
    case .bytes: throw EdgeKitError(.backend, "Core ML has no arrays of bytes for '\(spec.name)'; give floats")
    }
}

/// Outputs of one picture each as one tensor, in order. At least one.
func joined(_ parts: [Tensor], _ stage: String) throws -> Tensor {
    let shape = [parts.count] + parts[0].shape.dropFirst()
    if case .ints = parts[0] { return .ints(shape: shape, try parts.flatMap { try $0.ints(stage) }) }
    return .floats(shape: shape, try parts.flatMap { try $0.floats(stage) })
}
