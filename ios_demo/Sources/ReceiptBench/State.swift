/// How hot a device says it is. From serious on, the system holds the clock back.
public enum Heat: String, Sendable, Comparable, CaseIterable {
    case nominal, fair, serious, critical

    public static func < (one: Heat, other: Heat) -> Bool {
        allCases.firstIndex(of: one) ?? 0 < allCases.firstIndex(of: other) ?? 0
    }
}

/// The device at one moment: the schema's `state`. What an app is not told is null.
public struct DeviceState: Encodable, Sendable {
    @OrNull public var governors: [String]? = nil
    @OrNull public var clocksMhz: [Double]? = nil
    @OrNull public var temperaturesC: [String: Double]? = nil
    public let throttling: Throttling
    @OrNull public var load: Double? = nil
    @OrNull public var battery: Bool?

    /// - Parameters:
    ///   - savesPower: whether the user has Low Power Mode on, which holds the clock back.
    ///   - battery: whether it runs on its battery; nil where that is not known.
    public init(heat: Heat, savesPower: Bool, battery: Bool?) {
        let mode = savesPower ? ", Low Power Mode" : ""
        throttling = Throttling(now: heat >= .serious || savesPower, raw: "thermalState \(heat.rawValue)\(mode)")
        _battery = OrNull(wrappedValue: battery)
    }
}

public struct Throttling: Encodable, Sendable {
    @OrNull public var now: Bool?
    @OrNull public var sinceBoot: Bool? = nil
    @OrNull public var events: Int? = nil
    @OrNull public var raw: String?

    init(now: Bool, raw: String) {
        _now = OrNull(wrappedValue: now)
        _raw = OrNull(wrappedValue: raw)
    }
}
