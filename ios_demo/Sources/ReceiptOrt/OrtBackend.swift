import COnnxRuntime
import Foundation
import ReceiptCore

/// ONNX Runtime on the CPU, set up as `backends/ort.py` does.
///
/// All graphs of the process share one arena: it holds the largest of their peaks, not the sum. Memory patterns are off:
/// they plan a block per input shape. Spinning is off: idle threads that spin take the core of the next stage. Weights
/// that are stored in 8 bits are multiplied in float32 (accuracy level 1).
public struct OrtBackend: Backend {
    public let name = "onnxruntime"

    public init() {}

    /// Throws a `bundle` error where the engine cannot load the graph, or the manifest names other tensors than it has.
    public func load(_ graph: Graph, files: [String: [UInt8]], threads: Int) throws -> any Session {
        guard let data = files[graph.file] else {
            throw EdgeKitError(.bundle, "\(graph.file): is missing; export the bundle again")
        }
        let environment = try OrtEnvironment.shared.get()
        let session: OrtSession
        do {
            session = try OrtSession(environment, data, threads: threads, graph)
        } catch let error as OrtFailure {
            throw EdgeKitError(.bundle, "\(graph.file): onnxruntime cannot load this graph (\(error.message))")
        }
        if session.names != [graph.inputs.map(\.name), graph.outputs.map(\.name)] {
            throw EdgeKitError(
                .bundle, "\(graph.file): the manifest names other inputs or outputs; export the bundle again")
        }
        return session
    }
}

/// What the engine says, up to its first line end.
private struct OrtFailure: Error {
    let message: String
}

/// The functions of the C interface.
private struct OrtCalls: @unchecked Sendable {  // a table of constants
    let table: UnsafePointer<OrtApi>

    var api: OrtApi { table.pointee }

    func check(_ status: OrtStatusPtr?) throws {
        guard let status else { return }
        defer { table.pointee.ReleaseStatus(status) }
        let message = table.pointee.GetErrorMessage(status).map { String(cString: $0) } ?? ""
        throw OrtFailure(message: message.split(separator: "\n").first.map(String.init) ?? "no reason given")
    }

    /// What a function of the interface makes.
    func made(_ make: (UnsafeMutablePointer<OpaquePointer?>) -> OrtStatusPtr?) throws -> OpaquePointer {
        var found: OpaquePointer?
        try check(make(&found))
        guard let found else { throw OrtFailure(message: "nothing was made") }
        return found
    }
}

/// The process's environment; it lives as long as the process.
private struct OrtEnvironment: @unchecked Sendable {  // the engine guards it itself
    let calls: OrtCalls
    let pointer: OpaquePointer

    static let shared = Result { try OrtEnvironment() }

    private init() throws {
        guard let base = OrtGetApiBase(), let table = base.pointee.GetApi(UInt32(ORT_API_VERSION)) else {
            let mend = "use version 1.\(ORT_API_VERSION) or later"
            throw EdgeKitError(.backend, "onnxruntime is older than the header it was compiled with; \(mend)")
        }
        let calls = OrtCalls(table: table)
        self.calls = calls
        do {
            pointer = try calls.made { table.pointee.CreateEnv(ORT_LOGGING_LEVEL_ERROR, "edgekit", $0) }
            try calls.check(table.pointee.DisableTelemetryEvents(pointer))
            let place = try calls.made {
                table.pointee.CreateCpuMemoryInfo(OrtArenaAllocator, OrtMemTypeDefault, $0)
            }
            defer { table.pointee.ReleaseMemoryInfo(place) }
            try calls.check(table.pointee.CreateAndRegisterAllocator(pointer, place, nil))
        } catch let error as OrtFailure {
            throw EdgeKitError(.backend, "onnxruntime does not start: \(error.message)")
        }
    }
}

/// A graph in the engine, whose `Run` may be called from several threads at once.
private final class OrtSession: Session, @unchecked Sendable {
    /// Of inputs, and of outputs.
    let names: [[String]]
    private let calls: OrtCalls
    private let pointer: OpaquePointer
    private let allocator: UnsafeMutablePointer<OrtAllocator>

    init(_ environment: OrtEnvironment, _ data: [UInt8], threads: Int, _ graph: Graph) throws {
        let calls = environment.calls
        let api = calls.api
        self.calls = calls
        let options = try calls.made { api.CreateSessionOptions($0) }
        defer { api.ReleaseSessionOptions(options) }
        try calls.check(api.SetIntraOpNumThreads(options, Int32(clamping: threads)))
        try calls.check(api.SetInterOpNumThreads(options, 1))
        try calls.check(api.DisableMemPattern(options))
        for (key, value) in [
            ("session.use_env_allocators", "1"), ("session.intra_op.allow_spinning", "0"),
            ("session.qdq_matmulnbits_accuracy_level", "1"),
        ] {
            try calls.check(api.AddSessionConfigEntry(options, key, value))
        }
        var allocator: UnsafeMutablePointer<OrtAllocator>?
        try calls.check(api.GetAllocatorWithDefaultOptions(&allocator))
        guard let allocator else { throw OrtFailure(message: "no memory") }
        self.allocator = allocator
        let session = try data.withUnsafeBytes { bytes in
            try calls.made {
                api.CreateSessionFromArray(environment.pointer, bytes.baseAddress, bytes.count, options, $0)
            }
        }
        pointer = session
        do {
            names = [
                try calls.names(
                    allocator, count: { api.SessionGetInputCount(session, $0) },
                    name: { api.SessionGetInputName(session, $0, allocator, $1) }),
                try calls.names(
                    allocator, count: { api.SessionGetOutputCount(session, $0) },
                    name: { api.SessionGetOutputName(session, $0, allocator, $1) }),
            ]
        } catch {
            api.ReleaseSession(session)
            throw error
        }
    }

    deinit { calls.api.ReleaseSession(pointer) }

    func run(_ inputs: [Tensor]) throws -> [Tensor] {
        precondition(inputs.count == names[0].count, "\(inputs.count) tensors for \(names[0].count) inputs")
        do {
            var given: [OpaquePointer?] = []
            var found = [OpaquePointer?](repeating: nil, count: names[1].count)
            defer { for value in given + found { value.map { calls.api.ReleaseValue($0) } } }
            for tensor in inputs { given.append(try value(of: tensor)) }
            try withNames { inputNames, outputNames in
                try calls.check(
                    calls.api.Run(
                        pointer, nil, inputNames, given, given.count, outputNames, found.count, &found))
            }
            return try found.map { value in
                guard let value else { throw OrtFailure(message: "an output is missing") }
                return try tensor(of: value)
            }
        } catch let error as OrtFailure {
            throw EdgeKitError(.backend, "onnxruntime failed: \(error.message)")
        }
    }

    private typealias Names = [UnsafePointer<CChar>?]

    private func withNames(_ body: (Names, Names) throws -> Void) throws {
        let copies = names.map { $0.map { strdup($0) } }
        defer { for copy in copies.joined() { free(copy) } }
        try body(copies[0].map { UnsafePointer($0) }, copies[1].map { UnsafePointer($0) })
    }

    private func value(of tensor: Tensor) throws -> OpaquePointer {
        switch tensor {
        case .bytes(let shape, let data): try value(shape, data, ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8)
        case .ints(let shape, let data): try value(shape, data, ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32)
        case .floats(let shape, let data): try value(shape, data, ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT)
        }
    }

    private func value<Number>(
        _ shape: [Int], _ data: [Number], _ type: ONNXTensorElementDataType
    ) throws -> OpaquePointer {
        precondition(shape.reduce(1, *) == data.count, "\(data.count) numbers for a tensor of \(shape)")
        let sides = shape.map(Int64.init)
        let value = try calls.made { calls.api.CreateTensorAsOrtValue(allocator, sides, sides.count, type, $0) }
        let memory = try memory(of: value)
        data.withUnsafeBytes { bytes in
            if let start = bytes.baseAddress { memory.copyMemory(from: start, byteCount: bytes.count) }
        }
        return value
    }

    private func memory(of value: OpaquePointer) throws -> UnsafeMutableRawPointer {
        var memory: UnsafeMutableRawPointer?
        try calls.check(calls.api.GetTensorMutableData(value, &memory))
        guard let memory else { throw OrtFailure(message: "a tensor without memory") }
        return memory
    }

    private func tensor(of value: OpaquePointer) throws -> Tensor {
        let info = try calls.made { calls.api.GetTensorTypeAndShape(value, $0) }
        defer { calls.api.ReleaseTensorTypeAndShapeInfo(info) }
        var type = ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED
        try calls.check(calls.api.GetTensorElementType(info, &type))
        var count = 0
        try calls.check(calls.api.GetDimensionsCount(info, &count))
        var sides = [Int64](repeating: 0, count: count)
        try calls.check(calls.api.GetDimensions(info, &sides, count))
        let shape = sides.map { Int($0) }
        func numbers<Number>(_: Number.Type) throws -> [Number] {
            let size = shape.reduce(1, *)
            if size == 0 { return [] }
            let start = try memory(of: value).assumingMemoryBound(to: Number.self)
            return Array(UnsafeBufferPointer(start: start, count: size))
        }
        switch type {
        case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32: return .ints(shape: shape, try numbers(Int32.self))
        case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT: return .floats(shape: shape, try numbers(Float.self))
        default: throw OrtFailure(message: "an output of type \(type.rawValue)")
        }
    }
}

extension OrtCalls {
    fileprivate func names(
        _ allocator: UnsafeMutablePointer<OrtAllocator>, count: (UnsafeMutablePointer<Int>) -> OrtStatusPtr?,
        name: (Int, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> OrtStatusPtr?
    ) throws -> [String] {
        var number = 0
        try check(count(&number))
        return try (0..<number).map { place in
            var text: UnsafeMutablePointer<CChar>?
            try check(name(place, &text))
            guard let text else { throw OrtFailure(message: "a tensor without a name") }
            defer { _ = api.AllocatorFree(allocator, text) }
            return String(cString: text)
        }
    }
}
