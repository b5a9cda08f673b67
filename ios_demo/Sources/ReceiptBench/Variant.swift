import ReceiptCore

/// From what was measured of a variant to its entry in the result: `edgekit/bench/rows.py`.
public struct Variant: Encodable, Sendable {
    public let id: String
    public let bundle: BundleFacts
    public let backend: String
    public let precision: String
    public let threads: Int
    @OrNull public var extractor: String?
    public let reads: Int
    public let failures: [Failure]
    public let start: Start
    public let latencyMs: [String: Percentiles]
    @OrNull public var cpuMs: Percentiles?
    public let memory: MemoryRow
    public let disk: Disk
    @OrNull public var osThreads: Int?
    @OrNull public var affinity: [Int]? = nil
    public let noise: Noise
    @OrNull public var joulesPerRead: Double? = nil
    public let runs: [RunRow]
    public let samples: Samples

    public init(_ facts: VariantFacts, _ run: Run, noiseLimit: Double) {
        id = facts.id
        bundle = facts.bundle
        backend = facts.backend
        precision = facts.precision
        threads = facts.threads
        _extractor = OrNull(wrappedValue: facts.extractor)
        reads = run.samples.count
        failures = run.failures.sorted { $0.key < $1.key }.map { Failure(picture: $0, error: $1) }
        start = Start(loadS: facts.loadSeconds.map { rounded($0, 4) })
        let stages = byStage(run.samples)
        latencyMs = stages.compactMapValues { Percentiles(of: $0) }
        _cpuMs = OrNull(wrappedValue: Percentiles(of: run.samples.map(\.cpu)))
        memory = MemoryRow(peak: run.memory?.peak, steady: run.memory?.footprint)
        disk = Disk(bundleBytes: facts.bundle.bytes, installedBytes: facts.installedBytes)
        _osThreads = OrNull(wrappedValue: run.memory?.threads)
        noise = Noise(of: run.samples, limit: noiseLimit)
        runs = run.runs.sorted { $0.key < $1.key }.map { RunRow($0, $1) }
        samples = Samples(run.samples, stages)
    }
}

/// What is known of a variant before anything is read.
public struct VariantFacts: Sendable {
    public let id: String
    public let bundle: BundleFacts
    public let backend: String
    public let precision: String
    public let threads: Int
    public let extractor: String?
    /// Of opening the bundle and loading its graphs, where that was done in this process's fresh state.
    public let loadSeconds: [Double]
    public let installedBytes: Int?

    public init(
        id: String, bundle: BundleFacts, backend: String, precision: String, threads: Int, extractor: String?,
        loadSeconds: [Double], installedBytes: Int?
    ) {
        self.id = id
        self.bundle = bundle
        self.backend = backend
        self.precision = precision
        self.threads = threads
        self.extractor = extractor
        self.loadSeconds = loadSeconds
        self.installedBytes = installedBytes
    }
}

public struct BundleFacts: Encodable, Sendable {
    public let name: String
    public let version: String
    public let digest: String
    public let bytes: Int

    public init(name: String, version: String, digest: String, bytes: Int) {
        self.name = name
        self.version = version
        self.digest = digest
        self.bytes = bytes
    }
}

public struct Failure: Encodable, Sendable {
    public let picture: Int
    public let error: String
}

/// Seconds of a fresh process. An app is started by a person, so there is no time from its start to its first receipt.
public struct Start: Encodable, Sendable {
    public let coldS: [Double] = []
    public let importS: [Double] = []
    public let loadS: [Double]
    public let firstReadS: [Double] = []
}

public struct MemoryRow: Encodable, Sendable {
    @OrNull public var peakBytes: Int?
    @OrNull public var steadyBytes: Int?

    init(peak: Int?, steady: Int?) {
        _peakBytes = OrNull(wrappedValue: peak)
        _steadyBytes = OrNull(wrappedValue: steady)
    }
}

public struct Disk: Encodable, Sendable {
    @OrNull public var bundleBytes: Int?
    @OrNull public var installedBytes: Int?

    init(bundleBytes: Int?, installedBytes: Int?) {
        _bundleBytes = OrNull(wrappedValue: bundleBytes)
        _installedBytes = OrNull(wrappedValue: installedBytes)
    }
}

/// Runs of one network on inputs of the same shapes.
public struct RunRow: Encodable, Sendable {
    public let stage: String
    public let shapes: [[Int]]
    public let count: Int
    public let seconds: Double

    init(_ given: Given, _ spent: Spent) {
        stage = given.stage
        shapes = given.shapes
        count = spent.count
        seconds = rounded(spent.seconds, 6)
    }
}

/// Every counted read, in the order of time.
public struct Samples: Encodable, Sendable {
    public let pass: [Int]
    public let picture: [Int]
    public let ms: [String: [Double]]
    @OrNull public var cpuMs: [Double]?

    init(_ samples: [Sample], _ stages: [String: [Double]]) {
        pass = samples.map(\.part)
        picture = samples.map(\.picture)
        ms = stages
        _cpuMs = OrNull(wrappedValue: samples.isEmpty ? nil : samples.map(\.cpu))
    }
}

/// Milliseconds of every read, stage by stage; a stage that a read went without took it none.
func byStage(_ samples: [Sample]) -> [String: [Double]] {
    let stages = Set(samples.flatMap { $0.milliseconds.keys })
    return Dictionary(
        uniqueKeysWithValues: stages.map { stage in (stage, samples.map { $0.milliseconds[stage] ?? 0 }) })
}
