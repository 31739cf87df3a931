import CSennit

extension AdaptiveSpin {
    /// Looks at the clock once in this many looks at the condition: about a microsecond.
    private static var looksPerClock: Int { 16 }

    /// Spins until `condition` holds or the budget is used up; true when it held.
    ///
    /// Reads the real clock. After false, sleep and then call `wake(at:)`.
    package mutating func spin(until condition: () -> Bool) -> Bool {
        guard begin(at: sennit_monotonic_ns()) else { return false }
        repeat {
            for _ in 0..<Self.looksPerClock {
                if condition() {
                    succeed()
                    return true
                }
                sennit_cpu_pause()
            }
        } while shouldContinue(at: sennit_monotonic_ns())
        return false
    }
}
