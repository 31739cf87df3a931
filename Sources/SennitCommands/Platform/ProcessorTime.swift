#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

// Safety: the clocks write to local values during the call only.

/// Processor time as the system's clocks tell it, to the nanosecond; the times under /proc are cut to ticks of 10 ms.
package enum ProcessorTime {
    /// What the calling thread has used, in nanoseconds.
    package static func ofThread() -> UInt64 { read(CLOCK_THREAD_CPUTIME_ID) ?? 0 }

    /// What a process has used in all its threads, in nanoseconds; nil if there is no such process.
    package static func ofProcess(_ pid: Int32) -> UInt64? {
        var clock = clockid_t()
        guard unsafe clock_getcpuclockid(pid, &clock) == 0 else { return nil }
        return read(clock)
    }

    private static func read(_ clock: clockid_t) -> UInt64? {
        var time = timespec()
        guard unsafe clock_gettime(clock, &time) == 0 else { return nil }
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
