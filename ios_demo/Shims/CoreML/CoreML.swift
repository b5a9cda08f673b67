/// What ReceiptCoreML uses of Apple's CoreML, for Linux. Nothing is computed here: `MLModel.engine` says what answers.
@_exported import AppleFoundation
import CoreVideo

public enum MLComputeUnits: Int, Sendable { case cpuOnly, cpuAndGPU, all, cpuAndNeuralEngine }

open class MLModelConfiguration {
    public init() {}
    open var computeUnits = MLComputeUnits.all
}

public protocol MLFeatureProvider {
    var featureNames: Set<String> { get }
    func featureValue(for featureName: String) -> MLFeatureValue?
}

public protocol MLBatchProvider {
    var count: Int { get }
    func features(at index: Int) -> any MLFeatureProvider
}

open class MLFeatureValue {
    public let multiArrayValue: MLMultiArray?
    public let imageBufferValue: CVPixelBuffer?

    public init(multiArray value: MLMultiArray) {
        multiArrayValue = value
        imageBufferValue = nil
    }

    public init(pixelBuffer value: CVPixelBuffer) {
        multiArrayValue = nil
        imageBufferValue = value
    }
}

open class MLDictionaryFeatureProvider: MLFeatureProvider {
    private let values: [String: MLFeatureValue]

    public init(dictionary: [String: Any]) throws { values = dictionary.compactMapValues { $0 as? MLFeatureValue } }

    public var featureNames: Set<String> { Set(values.keys) }
    public func featureValue(for featureName: String) -> MLFeatureValue? { values[featureName] }
}

open class MLArrayBatchProvider: MLBatchProvider {
    private let array: [any MLFeatureProvider]
    public init(array: [any MLFeatureProvider]) { self.array = array }
    public var count: Int { array.count }
    public func features(at index: Int) -> any MLFeatureProvider { array[index] }
}

open class MLImageSize {
    public let pixelsWide: Int
    public let pixelsHigh: Int

    public init(pixelsWide: Int, pixelsHigh: Int) {
        self.pixelsWide = pixelsWide
        self.pixelsHigh = pixelsHigh
    }
}

open class MLImageSizeConstraint {
    public let enumeratedImageSizes: [MLImageSize]
    public init(_ sizes: [MLImageSize]) { enumeratedImageSizes = sizes }
}

open class MLImageConstraint {
    public let sizeConstraint: MLImageSizeConstraint
    public init(_ sizeConstraint: MLImageSizeConstraint) { self.sizeConstraint = sizeConstraint }
}

open class MLFeatureDescription {
    public let imageConstraint: MLImageConstraint?
    public init(imageConstraint: MLImageConstraint? = nil) { self.imageConstraint = imageConstraint }
}

open class MLModelDescription {
    public let inputDescriptionsByName: [String: MLFeatureDescription]
    public let outputDescriptionsByName: [String: MLFeatureDescription]

    public init(inputs: [String: MLFeatureDescription], outputs: [String: MLFeatureDescription]) {
        inputDescriptionsByName = inputs
        outputDescriptionsByName = outputs
    }
}

open class MLModel {
    /// What opens a compiled model; set by tests.
    public nonisolated(unsafe) static var engine: (URL, MLModelConfiguration) throws -> MLModel = { place, _ in
        throw CocoaError(.fileReadUnsupportedScheme, userInfo: [NSFilePathErrorKey: place.path])
    }

    public let modelDescription: MLModelDescription
    private let answer: (any MLFeatureProvider) throws -> any MLFeatureProvider

    public init(
        _ modelDescription: MLModelDescription,
        answer: @escaping (any MLFeatureProvider) throws -> any MLFeatureProvider
    ) {
        self.modelDescription = modelDescription
        self.answer = answer
    }

    /// Copies the package, as if that compiled it.
    public class func compileModel(at modelURL: URL) async throws -> URL {
        let compiled = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).mlmodelc")
        try FileManager.default.copyItem(at: modelURL, to: compiled)
        return compiled
    }

    public class func load(
        contentsOf modelURL: URL, configuration: MLModelConfiguration = MLModelConfiguration()
    ) async throws -> MLModel {
        try engine(modelURL, configuration)
    }

    open func prediction(from input: any MLFeatureProvider) throws -> any MLFeatureProvider { try answer(input) }

    open func predictions(fromBatch inputBatch: any MLBatchProvider) throws -> any MLBatchProvider {
        MLArrayBatchProvider(array: try (0..<inputBatch.count).map { try answer(inputBatch.features(at: $0)) })
    }
}
