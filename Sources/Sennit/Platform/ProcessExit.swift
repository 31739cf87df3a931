import CSennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The ends of a worker process.
enum ProcessExit {
    /// Ends the process as a program does: what it has registered for its exit runs, and its output is flushed.
    static func leave(_ status: Int32) -> Never { exit(status) }

    /// Ends at once all that this process has started, and itself.
    static func endSession() -> Never {
        sennit_end_own_session()
        _exit(70)
    }
}
