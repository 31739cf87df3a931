import Sennit

/// What a set of processes holds at one moment, summed.
///
/// Its memory is counted in MiB, 2^20 bytes.
package struct ProcessUse: Sendable, Hashable {
    /// Memory, what is shared with other processes included.
    package var residentMiB = 0.0
    /// Memory that no other process shares: what would be free if they ended.
    package var uniqueMiB = 0.0
    package var processes = 0
    package var threads = 0

    /// Nothing.
    package init() {}

    /// Looks the processes up; those that have ended count for nothing.
    package static func of(_ pids: [Int32]) -> ProcessUse {
        var use = ProcessUse()
        for pid in pids {
            guard let resident = try? ProcessMemory.resident(pid), let unique = try? ProcessMemory.unique(pid) else {
                continue
            }
            use.residentMiB += Double(resident) / 1_048_576
            use.uniqueMiB += Double(unique) / 1_048_576
            use.processes += 1
            use.threads += Directory.names(in: "/proc/\(pid)/task").count
        }
        return use
    }

    /// The processor time that the processes have used so far, in seconds.
    package static func processorSeconds(of pids: [Int32]) -> Double {
        pids.reduce(0) { $0 + Double(ProcessorTime.ofProcess($1) ?? 0) / 1e9 }
    }
}

extension ProcessThreadPool {
    /// This process and the pool's workers, each once: with `processes: 0` they are the same.
    var allProcessIDs: [Int32] {
        let own = ProcessIdentity.current
        return [own] + Set(statistics.processIDs.compactMap { $0 }).filter { $0 != own }
    }
}
