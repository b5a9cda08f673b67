/// The seam between EdgeKit and an inference engine: numbers in row-major order.
public enum Tensor: Sendable {
    case bytes(shape: [Int], [UInt8])
    case ints(shape: [Int], [Int32])
    case floats(shape: [Int], [Float])

    public var shape: [Int] {
        switch self {
        case .bytes(let shape, _), .ints(let shape, _), .floats(let shape, _): shape
        }
    }

    /// Floats, or a `backend` error where the engine gave something else.
    public func floats(_ stage: String) throws -> [Float] {
        guard case .floats(_, let numbers) = self else { throw other(stage, "floats") }
        return numbers
    }

    /// Integers of 32 bits, or a `backend` error where the engine gave something else.
    public func ints(_ stage: String) throws -> [Int32] {
        guard case .ints(_, let numbers) = self else { throw other(stage, "integers") }
        return numbers
    }

    private func other(_ stage: String, _ wanted: String) -> EdgeKitError {
        EdgeKitError(.backend, "stage '\(stage)': an output without \(wanted); export the bundle again")
    }
}

/// A loaded graph. `run` is safe to call from several threads at once.
public protocol Session: Sendable {
    /// Tensors in the order of the graph's inputs; returns its outputs in order.
    ///
    /// Throws a `backend` error if the engine fails.
    func run(_ inputs: [Tensor]) throws -> [Tensor]
}

/// An engine: what its adapter offers.
public protocol Backend: Sendable {
    /// As bundles write it: "onnxruntime", "coreml".
    var name: String { get }

    /// A session for a serialised graph, using so many intra-operator threads.
    ///
    /// `files`: the graph's file by its name; where that is the entry of a package (`.mlpackage`, which is a folder),
    /// all files of the package, by their names inside the bundle.
    func load(_ graph: Graph, files: [String: [UInt8]], threads: Int) throws -> any Session
}

/// The session of one stage of a bundle. Throws a `missingGraph` error where the bundle has no such graph.
func openSession(
    _ bundle: ReceiptBundle, _ stage: String, _ backend: any Backend, precision: String, threads: Int
) throws -> any Session {
    let graph = try bundle.graph(stage, backend: backend.name, precision: precision)
    return try backend.load(graph, files: try files(of: graph, bundle), threads: threads)
}

private func files(of graph: Graph, _ bundle: ReceiptBundle) throws -> [String: [UInt8]] {
    let parts = graph.file.split(separator: "/").dropLast()
    guard let package = parts.last, package.hasSuffix(".mlpackage") else {
        return [graph.file: try bundle.read(graph.file)]
    }
    let folder = parts.joined(separator: "/") + "/"
    let names = bundle.manifest.files.keys.filter { $0.hasPrefix(folder) }
    return Dictionary(uniqueKeysWithValues: try names.map { ($0, try bundle.read($0)) })
}
