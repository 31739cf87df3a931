extension ControlGroupMemory {
    /// The tightest control group of this process as it is now; nil where none has a limit, or none can be read.
    package static func current() -> ControlGroupMemory? {
        #if os(Linux)
            guard let groups = file("/proc/self/cgroup"), let mounts = file("/proc/self/mountinfo") else { return nil }
            return tightest(groups: groups, mounts: mounts, swap: freeSwap, file: file)
        #else
            return nil
        #endif
    }

    #if os(Linux)
        private static func file(_ path: String) -> [UInt8]? { try? ProcFile.bytes(of: path, limit: 4 << 20) }

        private static var freeSwap: UInt64 {
            let name = Array("SwapFree:".utf8)
            let line = (file("/proc/meminfo") ?? []).split(separator: UInt8(ascii: "\n")).first {
                $0.starts(with: name)
            }
            let number = line?.dropFirst(name.count).split(separator: UInt8(ascii: " ")).first
            return number.flatMap { UInt64(String(decoding: $0, as: UTF8.self)) }.map { $0 << 10 } ?? 0
        }
    #endif
}
