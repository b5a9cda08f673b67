@preconcurrency import Darwin  // for a variable of C that never changes: mach_task_self_
import ReceiptBench

/// What the kernel tells of this process and this machine.
enum Kernel {
    /// Footprint and its peak: what the system counts against an app, Core ML's share among it.
    static var memory: Memory {
        var info = task_vm_info_data_t()
        let words = MemoryLayout<task_vm_info_data_t>.size / MemoryLayout<integer_t>.size
        var count = mach_msg_type_number_t(words)
        let status = withUnsafeMutablePointer(to: &info) { place in
            place.withMemoryRebound(to: integer_t.self, capacity: words) {
                task_info(mach_task_self_, task_flavor_t(TASK_VM_INFO), $0, &count)
            }
        }
        guard status == KERN_SUCCESS else { return Memory(footprint: nil, peak: nil, threads: threads) }
        // A system that fills in fewer words leaves the peak at 0: it came with this structure's third revision.
        let peak = info.ledger_phys_footprint_peak
        return Memory(
            footprint: Int(exactly: info.phys_footprint), peak: peak > 0 ? Int(exactly: peak) : nil, threads: threads)
    }

    private static var threads: Int? {
        var list: thread_act_array_t?
        var count: mach_msg_type_number_t = 0
        guard task_threads(mach_task_self_, &list, &count) == KERN_SUCCESS, let list else { return nil }
        for i in 0..<Int(count) { mach_port_deallocate(mach_task_self_, list[i]) }
        let bytes = Int(count) * MemoryLayout<thread_act_t>.stride
        vm_deallocate(mach_task_self_, vm_address_t(UInt(bitPattern: list)), vm_size_t(bytes))
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
