/// Decides when the next worker may start after starts have failed.
///
/// One policy for the whole pool: the cause of a failed start, such as a database that is down, usually affects every
/// worker. After the first failed start, workers start one at a time, with a pause before each that doubles up to a
/// bound, so that a thousand places retry no more often than one. The first worker that becomes ready ends that.
package struct StartPolicy: Sendable {
    package let delay: Nanoseconds
    package let maximumDelay: Nanoseconds
    /// Attempts that have failed since a worker last became ready.
    ///
    /// Starts that were under way when one of them failed are one attempt together with it.
    package private(set) var failures = 0
    /// The earliest moment of the next start; meaningless without failures.
    package private(set) var nextStart: Nanoseconds = 0
    /// All attempts that have ever failed.
    package private(set) var attempts = 0
    private var lastCounted: Nanoseconds = 0

    /// Even without a delay, failed starts must not follow each other as fast as they can.
    package static var shortestDelay: Nanoseconds { 1_000_000 }

    package init(delay: Nanoseconds, maximumDelay: Nanoseconds) {
        self.delay = max(delay, Self.shortestDelay)
        self.maximumDelay = max(maximumDelay, Self.shortestDelay)
    }

    /// The time between the last failed attempt and the next.
    package var pause: Nanoseconds {
        guard failures > 0 else { return 0 }
        let shift = min(failures - 1, delay.leadingZeroBitCount - 1)
        return min(maximumDelay, delay << Nanoseconds(shift))
    }

    package func mayStart(at now: Nanoseconds) -> Bool { failures == 0 || nextStart <= now }

    package mutating func workerStarted(at now: Nanoseconds) {
        // The next start waits as well, whether this one fails or hangs.
        if failures > 0 { nextStart = now &+ pause }
    }

    package mutating func startFailed(startedAt: Nanoseconds, at now: Nanoseconds) {
        if failures == 0 || startedAt > lastCounted {
            failures += 1
            attempts += 1
            lastCounted = now
        }
        nextStart = max(nextStart, now &+ pause)
    }

    /// A worker has become ready, or the attempts count anew for another reason.
    package mutating func reset() {
        failures = 0
        nextStart = 0
    }

    /// The next attempt does not wait for the pause.
    package mutating func skipPause() { nextStart = 0 }
}
