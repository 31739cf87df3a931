#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Ends of processes, of this one and of others.
enum ProcessSignal {
    /// Sends SIGKILL to a process.
    ///
    /// - Returns: Whether there was such a process to kill.
    @discardableResult
    static func kill(_ pid: Int32) -> Bool { systemKill(pid, SIGKILL) == 0 }

    /// The number of the signal that nothing can hold back.
    static var killNumber: Int32 { SIGKILL }

    /// Ends this process, with what C's `atexit` has been given.
    static func leave(_ code: Int32) -> Never { exit(code) }
}

private func systemKill(_ pid: Int32, _ signal: Int32) -> Int32 { kill(pid, signal) }
