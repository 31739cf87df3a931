/// Decides which partition of a backfill runs next: events in, actions out; no clock, no files, no processes.
///
/// The machine never has more than `maximumRuns` runs under way, begins each partition at most once and in the order
/// given, begins none after a cancellation or after a failure of the store, and says `finish` exactly once, when
/// nothing is under way any more.
package struct BackfillMachine: Sendable {
    /// What the machine is told.
    package enum Event: Sendable, Hashable {
        /// Begin.
        case begin
        /// The run for a partition has ended.
        case ended(partition: Int, End)
        /// Begin no more runs; those under way are stopped by their own caller.
        case cancel
    }

    /// How a run has ended.
    package enum End: Sendable, Hashable {
        case finished, failed, cancelled
        /// It could not run at all, for a reason that keeps every other one from running.
        case impossible
    }

    /// What the machine wants done, in this order.
    package enum Action: Sendable, Hashable {
        /// Run a partition, and say `ended`.
        case start(partition: Int)
        /// All is over.
        case finish
    }

    /// What became of a partition.
    package enum State: Sendable, Hashable {
        case waiting, skipped, running
        case ended(End)
    }

    /// What became of each partition so far.
    package private(set) var states: [State]
    private let maximumRuns: Int
    private var next = 0
    private var active = 0
    private var isStopped = false
    private var isOver = false

    /// A backfill that has not begun.
    ///
    /// - Parameters:
    ///   - partitions: How many there are.
    ///   - skipped: Those that need not run.
    ///   - maximumRuns: How many may run at once, from 1.
    package init(partitions: Int, skipped: Set<Int>, maximumRuns: Int) {
        states = (0..<partitions).map { skipped.contains($0) ? .skipped : .waiting }
        self.maximumRuns = max(1, maximumRuns)
    }

    /// Takes one event in.
    ///
    /// - Returns: What is to be done, in this order.
    package mutating func handle(_ event: Event) -> [Action] {
        guard !isOver else { return [] }
        switch event {
        case .begin: break
        case .ended(let partition, let end):
            guard states[partition] == .running else { return [] }
            states[partition] = .ended(end)
            active -= 1
            if end == .impossible { isStopped = true }
        case .cancel: isStopped = true
        }
        return advance()
    }

    private mutating func advance() -> [Action] {
        var actions: [Action] = []
        while !isStopped, active < maximumRuns, next < states.count {
            if states[next] == .waiting {
                states[next] = .running
                active += 1
                actions.append(.start(partition: next))
            }
            next += 1
        }
        if active == 0 {
            isOver = true
            actions.append(.finish)
        }
        return actions
    }
}
