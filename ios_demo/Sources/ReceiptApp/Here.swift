import Foundation
import ReceiptBench

#if canImport(UIKit)
    import UIKit
#endif

// This device, as a result of the bench describes it.

extension Device {
    static func here() -> Device {
        let process = ProcessInfo.processInfo
        let version = process.operatingSystemVersion
        let patch = version.patchVersion == 0 ? "" : ".\(version.patchVersion)"
        let simulated = process.environment["SIMULATOR_MODEL_IDENTIFIER"]
        let cpu = Processor(
            model: Kernel.text("machdep.cpu.brand_string"), architecture: architecture,
            features: Features(told: Kernel.flag), cores: process.processorCount, usable: process.activeProcessorCount)
        return Device(
            model: simulated ?? Kernel.text("hw.machine"),
            emulation: simulated == nil ? [] : ["the simulator: a Mac's processor in an iPhone's place"], cpu: cpu,
            memoryBytes: Int(exactly: process.physicalMemory),
            system: "iOS \(version.majorVersion).\(version.minorVersion)\(patch)",
            kernel: Kernel.text("kern.osrelease").map { "Darwin \($0)" })
    }

    private static var architecture: String {
        #if arch(arm64)
            return "arm64"
        #elseif arch(x86_64)
            return "x86_64"
        #else
            return "unknown"
        #endif
    }
}

extension Heat {
    static var now: Heat {
        switch ProcessInfo.processInfo.thermalState {
        case .nominal: .nominal
        case .fair: .fair
        case .serious: .serious
        default: .critical
        }
    }
}

extension DeviceState {
    static func here(battery: Bool?) -> DeviceState {
        DeviceState(heat: .now, savesPower: ProcessInfo.processInfo.isLowPowerModeEnabled, battery: battery)
    }
}

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
