/// Decides when the next worker may start after one has died.
///
/// The first death is answered at once. Deaths that follow without a finished task in between double the delay, so
/// that a worker that cannot live never becomes a restart storm.
package struct RestartPolicy: Sendable {
    package let delay: Nanoseconds
    package let maximumDelay: Nanoseconds
    /// Deaths since a task last finished.
    package private(set) var streak = 0

    package init(delay: Nanoseconds, maximumDelay: Nanoseconds) {
        self.delay = delay
        self.maximumDelay = maximumDelay
    }

    /// Counts a death and gives the time to wait before the next start.
    package mutating func deathDelay() -> Nanoseconds {
        streak += 1
        guard streak > 1, delay > 0 else { return 0 }
        let shift = min(streak - 2, 30)
        return min(maximumDelay, delay &<< Nanoseconds(shift))
    }

    package mutating func taskFinished() {
        if streak != 0 { streak = 0 }
    }
}
