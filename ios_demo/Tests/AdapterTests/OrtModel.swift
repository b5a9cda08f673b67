import CoreML
import CoreVideo
import Foundation
@testable import ReceiptCore
import ReceiptOrt
import TestSupport

/// The published networks in Core ML's place: what the adapter hands over, run by ONNX Runtime.
///
/// The detector lists every size that the pipeline may ask for, so that nothing is filled up: the answers are those
/// of the networks alone.
func model(_ stage: String, _ bundle: ReceiptBundle) throws -> MLModel {
    let graph = try bundle.graph(stage, backend: "onnxruntime", precision: "fp32")
    let session = try OrtBackend().load(graph, files: [graph.file: try bundle.read(graph.file)], threads: 1)
    let description = MLModelDescription(
        inputs: Dictionary(uniqueKeysWithValues: graph.inputs.map { ($0.name, input($0.dtype, stage)) }),
        outputs: Dictionary(uniqueKeysWithValues: graph.outputs.map { ($0.name, MLFeatureDescription()) }))
    return MLModel(description) { given in
        let tensors = try graph.inputs.map { spec in
            guard let value = given.featureValue(for: spec.name) else { throw Failure("no '\(spec.name)'") }
            return try value.imageBufferValue.map(pixels) ?? tensor(value.multiArrayValue)
        }
        let values = zip(graph.outputs, try session.run(tensors)).map {
            ($0.name, MLFeatureValue(multiArray: array($1)))
        }
        return try MLDictionaryFeatureProvider(dictionary: Dictionary(uniqueKeysWithValues: values))
    }
}

private func input(_ dtype: String, _ stage: String) -> MLFeatureDescription {
    guard dtype == "uint8" else { return MLFeatureDescription() }
    var sizes: [MLImageSize] = []
    if stage == "detect" {
        for height in stride(from: 32, through: 22_000, by: 32) {
            for width in stride(from: 32, through: min(22_000, 700_000 / height), by: 32) {
                sizes.append(MLImageSize(pixelsWide: width, pixelsHigh: height))
            }
        }
    } else {
        for width in stride(from: 32, through: 1600, by: 32) {
            sizes.append(MLImageSize(pixelsWide: width, pixelsHigh: 48))
        }
    }
    return MLFeatureDescription(imageConstraint: MLImageConstraint(MLImageSizeConstraint(sizes)))
}

/// Red, green and blue of a buffer's pixels.
private func pixels(_ buffer: CVPixelBuffer) throws -> Tensor {
    guard let start = CVPixelBufferGetBaseAddress(buffer) else { throw Failure("no memory") }
    let (height, width) = (CVPixelBufferGetHeight(buffer), CVPixelBufferGetWidth(buffer))
    let rowBytes = CVPixelBufferGetBytesPerRow(buffer)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(3 * height * width)
    for y in 0..<height {
        for x in 0..<width {
            let pixel = start + (y * rowBytes + 4 * x)
            for channel in [2, 1, 0] { bytes.append(pixel.load(fromByteOffset: channel, as: UInt8.self)) }
        }
    }
    return .bytes(shape: [1, height, width, 3], bytes)
}

private func tensor(_ array: MLMultiArray?) throws -> Tensor {
    guard let array else { throw Failure("no array") }
    let shape = array.shape.map(\.intValue)
    if array.dataType == .int32 {
        return .ints(shape: shape, array.withUnsafeBufferPointer(ofType: Int32.self) { Array($0) })
    }
    return .floats(shape: shape, array.withUnsafeBufferPointer(ofType: Float.self) { Array($0) })
}

/// An array whose rows are longer than its shape says.
private func array(_ tensor: Tensor) -> MLMultiArray {
    func filled<Number>(_ numbers: [Number], _ type: MLMultiArrayDataType) -> MLMultiArray {
        let array = MLMultiArray(shape: tensor.shape.map { NSNumber(value: $0) }, dataType: type, padding: 5)
        let row = tensor.shape[tensor.shape.count - 1]
        array.withUnsafeMutableBytes { bytes, _ in
            let target = bytes.bindMemory(to: Number.self)
            for i in numbers.indices { target[i / row * (row + 5) + i % row] = numbers[i] }
        }
        return array
    }
    switch tensor {
    case .ints(_, let numbers): return filled(numbers, .int32)
    case .floats(_, let numbers): return filled(numbers, .float32)
    case .bytes(_, let numbers): return filled(numbers.map { Float($0) }, .float32)
    }
}
