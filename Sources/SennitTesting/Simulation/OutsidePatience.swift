package import Sennit
internal import Synchronization

/// Decides how long a simulation in which nothing can run waits for the world beside it.
///
/// What comes from there, such as a plain task's result or a cancellation, may be queued behind anything else that this
/// process does. So real time alone says nothing: a round of waiting counts only when a probe, queued behind all of
/// that, has had its turn meanwhile.
package struct OutsidePatience {
    /// How long one round lasts, in nanoseconds.
    package static var round: Nanoseconds { 100_000_000 }
    /// Rounds in which the outside had its turn and brought nothing.
    package static var mostSilentRounds: Int { 10 }
    /// Rounds in all: an outside that is blocked for ever must not keep a simulation for ever.
    package static var mostRounds: Int { 600 }

    private var silentRounds = 0
    private var rounds = 0

    package init() {}

    /// Whether nothing more is to be expected.
    package var isExhausted: Bool { silentRounds >= Self.mostSilentRounds || rounds >= Self.mostRounds }

    /// A round has passed in which the outside brought nothing.
    package mutating func roundPassed(outsideHadItsTurn: Bool) {
        rounds += 1
        if outsideHadItsTurn { silentRounds += 1 }
    }
}

/// Shows whether whatever was queued outside of the simulation before it was sent has had its turn.
final class OutsideProbe: Sendable {
    // Queues of different priority do not wait for one another.
    private static var priorities: [TaskPriority] { [.high, .medium, .low, .background] }

    private let awaited = Atomic<Int>(OutsideProbe.priorities.count)

    /// Sends it.
    init() {
        for priority in Self.priorities {
            Task.detached(priority: priority) { [self] in _ = awaited.subtract(1, ordering: .releasing) }
        }
    }

    /// Whether it has come back.
    var isBack: Bool { awaited.load(ordering: .acquiring) == 0 }
}
