#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

// Safety: nanosleep reads and writes local values during the call only.

/// Sleeping that blocks the thread, as a call to a slow server does.
enum Pause {
    /// Blocks the calling thread for at least this long, signals or not.
    static func block(nanoseconds: UInt64) {
        var left = timespec(
            tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
        while true {
            var rest = timespec()
            if unsafe nanosleep(&left, &rest) == 0 || errno != EINTR { return }
            left = rest
        }
    }
}
