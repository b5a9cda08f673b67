import CoreML
import Foundation
import ReceiptCore

/// What is being made ready, for a person to see: Core ML's first load on a device takes a while.
public struct Preparation: Sendable, Equatable {
    public enum Step: Sendable, Equatable {
        /// Once per bundle and device.
        case compiling
        /// The first time on a device a model is prepared for its chip; later it comes from the system's cache.
        case loading
    }

    public let step: Step
    /// The stage of reading that the model is for.
    public let stage: String
    /// 0...1, of all models.
    public let share: Double
}

/// How long a model took to be made ready.
public struct LoadTime: Sendable, Equatable, Identifiable {
    public let stage: String
    /// Nil where it was compiled already.
    public let compileSeconds: Double?
    public let loadSeconds: Double

    public var id: String { stage }
}

/// Core ML: the processor, the GPU or the Neural Engine.
///
/// Models are compiled and loaded before a reader is opened, since that takes a while and ought to show.
public struct CoreMLBackend: Backend {
    public static let name = "coreml"
    public var name: String { Self.name }
    public let units: ComputeUnits
    /// In the order of loading.
    public let loadTimes: [LoadTime]
    private let models: [String: LoadedModel]

    /// Compiles what is not yet compiled, and loads it.
    ///
    /// - Parameters:
    ///   - precision: of the graphs, but as `Stage.precision` says.
    ///   - store: a folder of the app's own, for compiled models; others in it are removed.
    ///   - report: called before each step.
    /// - Throws: an `EdgeKitError` where the bundle has no such graphs, or Core ML refuses them.
    public init(
        _ bundle: ReceiptBundle, precision: String, units: ComputeUnits, store: URL,
        report: @Sendable (Preparation) async -> Void
    ) async throws {
        self.units = units
        let graphs = Self.graphs(of: bundle, precision)
        let compiled = try converting("\(store.path)") { try CompiledModels(digest: bundle.digest, in: store) }
        var models: [String: LoadedModel] = [:]
        var times: [LoadTime] = []
        for (i, (stage, graph)) in graphs.enumerated() {
            let package = try ModelPackage(file: graph.file) { Data(try bundle.read($0)) }
            let loader = ModelLoader(graph: graph, package: package, compiled: compiled, units: units)
            let (model, compileSeconds, loadSeconds) = try await loader.load { step in
                await report(Preparation(step: step, stage: stage, share: Double(i) / Double(graphs.count)))
            }
            models[graph.file] = model
            times.append(LoadTime(stage: stage, compileSeconds: compileSeconds, loadSeconds: loadSeconds))
        }
        self.models = models
        loadTimes = times
    }

    /// The session of a graph that was loaded at the start. Core ML picks its threads itself, and `files` were read then.
    public func load(_ graph: Graph, files: [String: [UInt8]], threads: Int) throws -> any Session {
        guard let model = models[graph.file] else {
            throw EdgeKitError(.backend, "\(graph.file): was not loaded; prepare Core ML with this bundle")
        }
        return graph.inputs.first?.dtype == "uint8" ? PictureSession(model: model) : ArraySession(model: model)
    }

    /// By stage, in the order in which a read needs them. Where a stage lacks such a graph, opening a reader says so.
    private static func graphs(of bundle: ReceiptBundle, _ precision: String) -> [(stage: String, graph: Graph)] {
        ["detect", "recognize", "reread", "extract"].compactMap { stage in
            (try? bundle.graph(stage, backend: name, precision: precision)).map { (stage, $0) }
        }
    }
}

/// Errors of the system as EdgeKit's. `place`: what could not be made ready.
func converting<Found>(_ place: String, _ work: () throws -> Found) throws -> Found {
    do {
        return try work()
    } catch let error as EdgeKitError {
        throw error
    } catch {
        throw EdgeKitError(.backend, "\(place): \(firstLine(error))")
    }
}
