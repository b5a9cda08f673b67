import CoreML
import Foundation
import ReceiptCore

/// From a package in the bundle to a model in memory.
struct ModelLoader {
    let graph: Graph
    let package: ModelPackage
    let compiled: CompiledModels
    let units: ComputeUnits

    /// The model, the seconds that compiling took (nil where it was compiled already), and those of loading.
    ///
    /// What was compiled by another version of the system may not load: it is compiled anew then, once.
    func load(
        _ report: (Preparation.Step) async -> Void
    ) async throws -> (model: LoadedModel, compileSeconds: Double?, loadSeconds: Double) {
        do {
            if compiled.has(package), let known = try? await loaded(report) { return (known.model, nil, known.seconds) }
            await report(.compiling)
            let start = ContinuousClock.now
            try await compiled.compile(package)
            let seconds = start.duration(to: .now) / .seconds(1)
            let fresh = try await loaded(report)
            return (fresh.model, seconds, fresh.seconds)
        } catch let error as EdgeKitError {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch {
            throw EdgeKitError(.bundle, "\(graph.file): Core ML cannot load this graph (\(firstLine(error)))")
        }
    }

    private func loaded(_ report: (Preparation.Step) async -> Void) async throws -> (
        model: LoadedModel, seconds: Double
    ) {
        await report(.loading)
        let start = ContinuousClock.now
        let configuration = MLModelConfiguration()
        configuration.computeUnits = units.units
        let model = try await MLModel.load(contentsOf: compiled.place(of: package), configuration: configuration)
        return (try LoadedModel(model, graph), start.duration(to: .now) / .seconds(1))
    }
}
