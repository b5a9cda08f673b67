/// What Apple's CoreFoundation and Foundation have and Linux' lacks, as far as the app uses it. The other stand-ins pass
/// it on, as Apple's frameworks pass on theirs.
@_exported import Foundation

public typealias OSType = UInt32

public struct CFString: Hashable, Sendable, ExpressibleByStringLiteral {
    let text: String
    public init(stringLiteral text: String) { self.text = text }
}

public final class CFAllocator: Sendable {}
public let kCFAllocatorDefault: CFAllocator? = nil

public typealias CFDictionary = NSDictionary
public typealias CFData = NSData

extension ProcessInfo {
    public enum ThermalState: Int, Sendable { case nominal, fair, serious, critical }
    public var thermalState: ThermalState { .nominal }
    public var isLowPowerModeEnabled: Bool { false }
}
