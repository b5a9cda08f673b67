#if canImport(UIKit)
    import UIKit
#endif

/// Whether the device runs on its battery, which may hold its clock back.
@MainActor enum Battery {
    /// Nil where that is not told.
    static var isInUse: Bool? {
        #if canImport(UIKit)
            UIDevice.current.isBatteryMonitoringEnabled = true
            return switch UIDevice.current.batteryState {
            case .unplugged: true
            case .charging, .full: false
            default: nil
            }
        #else
            return nil
        #endif
    }
}
