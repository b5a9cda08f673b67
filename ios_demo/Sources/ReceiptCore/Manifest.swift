// What `manifest.json` says, as `ManifestReading.swift` reads it.

/// A dimension of a tensor: a size, or a name where it varies ("lines", "width").
public enum Dimension: Sendable, Hashable {
    case size(Int)
    case named(String)
}

/// An input or output of a graph.
public struct TensorSpec: Sendable, Hashable {
    public let name: String
    public let dtype: String
    public let shape: [Dimension]
}

/// A figure of the reference (`before`) and of this graph (`after`).
public struct Change: Sendable, Hashable {
    public let before: Double
    public let after: Double
}

/// How well receipts were read with a graph instead of its fp32 form.
public struct Trial: Sendable, Hashable {
    public let data: String
    public let pictures: Int
    public let characterReference: String
    public let characterError: Change
    public let fieldF1: Change
    public let bytes: Change
    public let latencyRatio: Double?
}

/// Whether a graph was compared with what it was made from. `status`: "passed" or "not run".
public struct Evidence: Sendable, Hashable {
    public let status: String
    public let reason: String?
    public let reference: String?
    public let maxAbsDifference: Double?
    public let trial: Trial?
    public let machine: String?
    public let delegated: Double?
}

/// One serialised network: for which engine, at which precision, in which file; tensors in the engine's order.
public struct Graph: Sendable, Hashable {
    public let backend: String
    public let precision: String
    public let file: String
    public let inputs: [TensorSpec]
    public let outputs: [TensorSpec]
    public let evidence: Evidence
}

/// The graphs of a stage (may be none) and the constants of its pre- and post-processing.
public struct Stage: Sendable {
    public let graphs: [Graph]
    public let params: Node

    /// The one that its constants name: of the graph that is taken where it has none of the precision asked for.
    public var precision: String? {
        guard case .object(let object) = params.value, case .text(let named) = object["precision"] else { return nil }
        return named
    }
}

/// Digest (lower-case hex) and size in bytes of one file.
public struct FileEntry: Sendable, Hashable {
    public let sha256: String
    public let size: Int
}

/// Where weights came from: `path` inside `origin`, its digest and licence, and what was changed since.
public struct Source: Sendable, Hashable {
    public let name: String
    public let origin: String
    public let path: String
    public let sha256: String
    public let licence: String
    public let changes: String
}

/// The whole of `manifest.json`. `files` lists every file of the bundle but the manifest itself.
public struct Manifest: Sendable {
    public let name: String
    public let version: String
    public let licence: String
    public let description: String
    public let sources: [Source]
    public let stages: [String: Stage]
    public let files: [String: FileEntry]
}
