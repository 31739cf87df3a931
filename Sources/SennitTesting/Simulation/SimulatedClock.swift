internal import Sennit

/// The clock of a simulation: sleeping on it costs no real time.
///
/// While anything in the simulation can run, it stands still; then it jumps to the next moment that somebody waits for.
/// The pool's own timers, such as timeouts and pauses before a restart, go by it too.
///
/// ```swift
/// try await SimulatedClock.current?.sleep(for: .seconds(3600))
/// ```
public struct SimulatedClock: Clock, Sendable {
    /// A moment of the simulation.
    public struct Instant: InstantProtocol {
        /// The time since the simulation began.
        public let offset: Duration

        /// The moment that lies so much later.
        public func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }

        /// The time from this moment to the other.
        public func duration(to other: Instant) -> Duration { other.offset - offset }

        /// Whether the left moment is earlier.
        public static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    /// The clock of the simulation that the calling task belongs to, or nil outside of one.
    public static var current: SimulatedClock? { Simulation.current?.clock }

    private let time: SimulatedTime
    private let epoch: ContinuousClock.Instant

    init(_ time: SimulatedTime) {
        self.time = time
        // Far beyond every real deadline, so that the two are told apart.
        epoch = ContinuousClock.now.advanced(by: Self.century)
    }

    private static var century: Duration { .seconds(100 * 365 * 86_400) }

    /// The present moment; it begins at zero.
    public var now: Instant { Instant(offset: .nanoseconds(Int64(time.now - SimulatedTime.start))) }

    /// One nanosecond.
    public var minimumResolution: Duration { .nanoseconds(1) }

    /// Waits until the moment has come.
    ///
    /// A simulation lasts a century at most. A sleep until a later moment never ends, and once nothing else can run,
    /// the simulation ends with ``SimulationError``.
    ///
    /// - Throws: `CancellationError` when the waiting task is cancelled, or the simulation ends.
    public func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
        try await time.sleep(until: SimulatedTime.start &+ deadline.offset.clampedNanoseconds)
    }

    /// A moment for `TaskOptions.deadline` that lies on this clock.
    ///
    /// An instant made from `ContinuousClock.now` works too, but what becomes of it depends on how fast the machine is.
    public func deadline(after duration: Duration) -> ContinuousClock.Instant {
        epoch.advanced(by: now.offset + duration)
    }

    /// The time left until a moment that a task's options name.
    func remainingTime(until deadline: ContinuousClock.Instant) -> Duration {
        let real = deadline - ContinuousClock.now
        return real > Self.century / 2 ? (deadline - epoch) - now.offset : real
    }
}
