/// What a measurement was made on: `edgekit/bench/device.py`, for Apple's systems.
public struct Device: Encodable, Sendable {
    @OrNull public var model: String?
    public let emulated: Bool
    public let emulation: [String]
    @OrNull public var virtual: Bool?
    public let cpu: Processor
    @OrNull public var memoryBytes: Int?
    @OrNull public var system: String?
    @OrNull public var kernel: String?
    @OrNull public var container: String? = nil
    public let limits = Limits()

    /// - Parameter emulation: what gave away that this is no device of its own; empty where it is one.
    public init(
        model: String?, emulation: [String], cpu: Processor, memoryBytes: Int?, system: String?, kernel: String?
    ) {
        _model = OrNull(wrappedValue: model)
        emulated = !emulation.isEmpty
        self.emulation = emulation
        _virtual = OrNull(wrappedValue: emulation.isEmpty ? nil : true)
        self.cpu = cpu
        _memoryBytes = OrNull(wrappedValue: memoryBytes)
        _system = OrNull(wrappedValue: system)
        _kernel = OrNull(wrappedValue: kernel)
    }
}

/// Of a control group, which Apple's systems do not have.
public struct Limits: Encodable, Sendable {
    @OrNull public var cores: Double? = nil
    @OrNull public var memoryBytes: Int? = nil
}

public struct Processor: Encodable, Sendable {
    @OrNull public var model: String?
    public let architecture: String
    public let parts: [String] = []
    public let features: Features
    @OrNull public var cores: Int?
    @OrNull public var usable: Int?

    public init(model: String?, architecture: String, features: Features, cores: Int?, usable: Int?) {
        _model = OrNull(wrappedValue: model)
        self.architecture = architecture
        self.features = features
        _cores = OrNull(wrappedValue: cores)
        _usable = OrNull(wrappedValue: usable)
    }
}

/// Instructions that speed networks up; null where the system does not tell.
public struct Features: Encodable, Sendable {
    @OrNull public var dotprod: Bool?
    @OrNull public var i8mm: Bool?
    @OrNull public var fp16: Bool?
    @OrNull public var bf16: Bool?
    @OrNull public var sve: Bool? = nil
    @OrNull public var sme: Bool?
    @OrNull public var avx2: Bool? = nil
    @OrNull public var avx512: Bool? = nil
    @OrNull public var vnni: Bool? = nil
    @OrNull public var amx: Bool? = nil

    /// - Parameter told: what the system says of a name of `sysctl`.
    public init(told: (String) -> Bool?) {
        _dotprod = OrNull(wrappedValue: told("hw.optional.arm.FEAT_DotProd"))
        _i8mm = OrNull(wrappedValue: told("hw.optional.arm.FEAT_I8MM"))
        _fp16 = OrNull(wrappedValue: told("hw.optional.arm.FEAT_FP16"))
        _bf16 = OrNull(wrappedValue: told("hw.optional.arm.FEAT_BF16"))
        _sme = OrNull(wrappedValue: told("hw.optional.arm.FEAT_SME"))
    }
}
