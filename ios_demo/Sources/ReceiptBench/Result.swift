import ReceiptCore

/// What one run measured, as `edgekit/bench/schema.json` has it; property names become its keys in snake case.
public struct BenchResult: Encodable, Sendable {
    public let schema = "edgekit.bench/1"
    /// UTC, ISO 8601.
    public let started: String
    public let seconds: Double
    public let complete: Bool
    public let quick: Bool
    @OrNull public var label: String?
    public let software: Software
    public let device: Device
    public let before: DeviceState
    public let after: DeviceState
    public let rules: Rules
    public let pictures: Pictures
    public let variants: [Variant]
    /// Nothing is: the app measures what it has loaded.
    public let leftOut: [String] = []
    /// Not measured: an app has one process, and one network runs at a time.
    public let throughput: [String] = []
    @OrNull public var probe: String? = nil
    @OrNull public var energy: String? = nil

    public init(
        started: String, seconds: Double, complete: Bool, quick: Bool, label: String, software: Software,
        device: Device, before: DeviceState, after: DeviceState, rules: Rules, pictures: Pictures, variants: [Variant]
    ) {
        self.started = started
        self.seconds = rounded(seconds, 1)
        self.complete = complete
        self.quick = quick
        _label = OrNull(wrappedValue: label)
        self.software = software
        self.device = device
        self.before = before
        self.after = after
        self.rules = rules
        self.pictures = pictures
        self.variants = variants
    }
}

/// Which versions ran.
public struct Software: Encodable, Sendable {
    public let producer: String
    @OrNull public var edgekit: String?
    @OrNull public var runtime: String?
    public let packages: [String: String]
    @OrNull public var git: String? = nil

    /// - Parameters:
    ///   - producer: the app and its version.
    ///   - runtime: what it runs on.
    ///   - packages: version by name, the engine among them.
    public init(producer: String, runtime: String, packages: [String: String]) {
        self.producer = producer
        _edgekit = OrNull(wrappedValue: nil)
        _runtime = OrNull(wrappedValue: runtime)
        self.packages = packages
    }
}

/// How much is read; the schema's `rules`.
public struct Rules: Encodable, Sendable, Equatable {
    public let scenario = "single stream"
    public let warmUp: Int
    public let enoughReads: Int
    public let enoughS: Double
    /// One: an app cannot start fresh processes of itself.
    public let passes = 1
    public let pauseS = 0.0
    public let noiseLimit = 0.05

    public init(warmUp: Int, enoughReads: Int, enoughS: Double) {
        self.warmUp = warmUp
        self.enoughReads = enoughReads
        self.enoughS = enoughS
    }

    /// As `edgekit bench --quick` and `edgekit bench` have them, less their passes.
    public static let quick = Rules(warmUp: 1, enoughReads: 96, enoughS: 14)
    public static let full = Rules(warmUp: 6, enoughReads: 1024, enoughS: 60)
}

/// What was read.
public struct Pictures: Encodable, Sendable {
    public enum Source: String, Encodable, Sendable { case synthetic, folder }

    public struct Item: Encodable, Sendable {
        public let name: String
        @OrNull public var width: Int?
        @OrNull public var height: Int?
        @OrNull public var bytes: Int?
        public let sha256: String

        public init(name: String, width: Int?, height: Int?, bytes: Int?, sha256: String) {
            self.name = name
            _width = OrNull(wrappedValue: width)
            _height = OrNull(wrappedValue: height)
            _bytes = OrNull(wrappedValue: bytes)
            self.sha256 = sha256
        }
    }

    public let source: Source
    public let note: String
    public let items: [Item]

    public init(source: Source, note: String, items: [Item]) {
        self.source = source
        self.note = note
        self.items = items
    }
}
