import Foundation

/// What the system tells of this process and this machine.
public enum System {
    /// Seconds of processor time that this process has had, all threads together.
    public static var cpuSeconds: Double {
        var time = timespec()
        guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return 0 }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    static var architecture: String {
        #if arch(arm64)
            return "arm64"
        #elseif arch(x86_64)
            return "x86_64"
        #else
            return "unknown"
        #endif
    }

    /// Name and release: "Darwin 24.1.0".
    static var kernel: String? {
        var names = utsname()
        guard uname(&names) == 0 else { return nil }
        return "\(string(names.sysname)) \(string(names.release))"
    }

    private static func string<Characters>(_ characters: Characters) -> String {
        withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}

#if canImport(Darwin)
    extension System {
        /// Footprint and its peak: what the system counts against an app, Core ML's share among it.
        public static var memory: Memory {
            var info = task_vm_info_data_t()
            let words = MemoryLayout<task_vm_info_data_t>.size / MemoryLayout<integer_t>.size
            var count = mach_msg_type_number_t(words)
            let status = withUnsafeMutablePointer(to: &info) { place in
                place.withMemoryRebound(to: integer_t.self, capacity: words) {
                    task_info(mach_task_self_, task_flavor_t(TASK_VM_INFO), $0, &count)
                }
            }
            guard status == KERN_SUCCESS else { return Memory(footprint: nil, peak: nil, threads: threads) }
            let footprint = Int(exactly: info.phys_footprint)
            // Older systems fill in fewer words: the peak came with the third revision of this structure.
            let hasPeak = info.ledger_phys_footprint_peak > 0
            let peak = hasPeak ? Int(exactly: info.ledger_phys_footprint_peak) : nil
            return Memory(footprint: footprint, peak: peak, threads: threads)
        }

        private static var threads: Int? {
            var list: thread_act_array_t?
            var count: mach_msg_type_number_t = 0
            guard task_threads(mach_task_self_, &list, &count) == KERN_SUCCESS, let list else { return nil }
            for i in 0..<Int(count) { mach_port_deallocate(mach_task_self_, list[i]) }
            let bytes = vm_size_t(Int(count) * MemoryLayout<thread_act_t>.stride)
            vm_deallocate(mach_task_self_, vm_address_t(UInt(bitPattern: list)), bytes)
            return Int(count)
        }

        static func text(_ name: String) -> String? {
            var size = 0
            guard sysctlbyname(name, nil, &size, nil, 0) == 0, size > 1 else { return nil }
            var bytes = [UInt8](repeating: 0, count: size)
            guard sysctlbyname(name, &bytes, &size, nil, 0) == 0 else { return nil }
            return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }

        static func flag(_ name: String) -> Bool? {
            var value: Int32 = 0
            var size = MemoryLayout<Int32>.size
            guard sysctlbyname(name, &value, &size, nil, 0) == 0 else { return nil }
            return value != 0
        }
    }
#else
    extension System {
        public static var memory: Memory { Memory(footprint: nil, peak: nil, threads: nil) }
        static func text(_ name: String) -> String? { nil }
        static func flag(_ name: String) -> Bool? { nil }
    }
#endif
