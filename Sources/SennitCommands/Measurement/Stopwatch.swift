import Sennit

/// Time that has passed on the monotonic clock.
struct Stopwatch {
    private let start = MonotonicClock.now()

    var nanoseconds: UInt64 { MonotonicClock.now() - start }
    var seconds: Double { Double(nanoseconds) / 1e9 }
    var milliseconds: Double { Double(nanoseconds) / 1e6 }
    var microseconds: Double { Double(nanoseconds) / 1e3 }
}
