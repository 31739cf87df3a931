#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The machine's clock that never goes back, the same in every process.
package enum MonotonicClock {
    /// Nanoseconds since some fixed moment, without a system call.
    package static func now() -> UInt64 {
        var time = timespec()
        // Safety: the call fills a local variable of this thread and keeps no pointer; this clock is always there.
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }
}
