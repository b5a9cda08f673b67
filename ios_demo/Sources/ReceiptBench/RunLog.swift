import Foundation
import ReceiptCore

/// What the sessions of a reader were given, and how long they took: `edgekit/bench/watched.py`.
public final class RunLog: @unchecked Sendable {
    private let lock = NSLock()
    private var noted: [Ran] = []

    public init() {}

    /// What was noted since this was last asked.
    public func taken() -> [Ran] {
        lock.lock()
        defer { lock.unlock() }
        defer { noted.removeAll(keepingCapacity: true) }
        return noted
    }

    func note(_ ran: Ran) {
        lock.lock()
        defer { lock.unlock() }
        noted.append(ran)
    }
}

/// Another engine, whose sessions note each run.
public struct WatchedBackend: Backend {
    public var name: String { backend.name }
    private let backend: any Backend
    private let log: RunLog

    public init(_ backend: any Backend, _ log: RunLog) {
        self.backend = backend
        self.log = log
    }

    public func load(_ graph: Graph, files: [String: [UInt8]], threads: Int) throws -> any Session {
        WatchedSession(
            session: try backend.load(graph, files: files, threads: threads), stage: stage(of: graph), log: log)
    }

    /// A graph knows its file, and files are named after stages: "detect_fp16.mlpackage/Manifest.json", "detect.onnx".
    private func stage(of graph: Graph) -> String { String(graph.file.prefix { $0.isLetter }) }
}

private struct WatchedSession: Session {
    let session: any Session
    let stage: String
    let log: RunLog

    func run(_ inputs: [Tensor]) throws -> [Tensor] {
        let start = ContinuousClock.now
        let outputs = try session.run(inputs)
        let seconds = start.duration(to: .now) / .seconds(1)
        log.note(Ran(stage: stage, shapes: inputs.map(\.shape), seconds: seconds))
        return outputs
    }
}
