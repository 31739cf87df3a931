#if os(Linux)
    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Musl)
        import Musl
    #endif

    /// How much memory a process has.
    package enum ProcessMemory {
        /// The bytes in memory, what it shares with other processes included; costs microseconds.
        package static func resident(_ pid: Int32) throws(SystemError) -> UInt64 {
            let path = "/proc/\(pid)/statm"
            let fields = try ProcFile.contents(of: path).split(separator: " ")
            guard fields.count > 1, let pages = UInt64(fields[1]) else {
                throw SystemError(code: EINVAL, operation: "parsing of \(path)")
            }
            return pages * UInt64(sysconf(Int32(_SC_PAGESIZE)))
        }

        /// The bytes that would be free if it ended: its private pages.
        ///
        /// Dearer than `resident(_:)`: the system walks the page tables.
        package static func unique(_ pid: Int32) throws(SystemError) -> UInt64 {
            let path = "/proc/\(pid)/smaps_rollup"
            let lines = try ProcFile.contents(of: path).split(separator: "\n").filter { $0.hasPrefix("Private_") }
            guard !lines.isEmpty else { throw SystemError(code: EINVAL, operation: "parsing of \(path)") }
            return lines.reduce(0) { total, line in
                let fields = line.split(separator: " ")
                return total + (fields.count > 1 ? UInt64(fields[1]) ?? 0 : 0) * 1024
            }
        }
    }

    /// What a process is doing, as the system sees it.
    package enum ProcessState: Character, Sendable, Hashable {
        case running = "R"
        case sleeping = "S"
        /// Waiting for a device, and deaf to signals meanwhile.
        case uninterruptible = "D"
        /// Stopped by a signal such as SIGSTOP until SIGCONT comes.
        case stopped = "T"
        /// Stopped by a debugger.
        case traced = "t"
        /// Ended and not reaped.
        case zombie = "Z"
        case dead = "X"
        case idle = "I"

        /// Looks a process up; nil if there is none.
        package static func of(_ pid: Int32) -> ProcessState? {
            guard let line = try? ProcFile.contents(of: "/proc/\(pid)/stat"),
                let bracket = line.lastIndex(of: ")"),
                let state = line[line.index(after: bracket)...].first(where: { $0 != " " })
            else { return nil }
            return ProcessState(rawValue: state)
        }
    }
#endif
