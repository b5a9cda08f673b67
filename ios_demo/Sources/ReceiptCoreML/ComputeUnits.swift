import CoreML

/// The parts of a chip that Core ML may use.
public enum ComputeUnits: String, Sendable, CaseIterable, Identifiable {
    case all
    case neuralEngine = "neural-engine"
    case gpu
    case cpu

    public var id: Self { self }

    var units: MLComputeUnits {
        switch self {
        case .all: .all
        case .neuralEngine: .cpuAndNeuralEngine
        case .gpu: .cpuAndGPU
        case .cpu: .cpuOnly
        }
    }
}
