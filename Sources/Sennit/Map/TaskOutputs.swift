/// The outputs of a `map`, in the order of its input.
public struct TaskOutputs<Tasks: AsyncSequence>: AsyncSequence where Tasks.Element: PoolTask {
    /// The tasks' output.
    public typealias Element = Tasks.Element.Output

    private let source: TaskSource

    init(_ source: TaskSource) { self.source = source }

    /// Runs the tasks as it is asked for outputs.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private let iteration: TaskIteration
        /// Tasks that have ended before their turn, by index modulo the window.
        private var early: [TaskOutcome?] = []
        private var earlyCount = 0
        private var nextIndex = 0
        private var isOver = false

        init(_ source: TaskSource) { iteration = TaskIteration(source) }

        /// The output of the next task of the input.
        ///
        /// - Throws: What the task ended with, or what the input threw; then the iteration is over and tasks that have
        ///   not ended are cancelled. `CancellationError` when the iterating task is cancelled; ``PoolError`` with
        ///   `timedOutWaiting` when the time given for the map is over.
        public mutating func next() async throws -> Element? {
            guard !isOver else { return nil }
            do {
                return try await output()
            } catch {
                isOver = true
                iteration.abandon()
                throw error
            }
        }

        /// The output of the next task of the input; see `next()`.
        ///
        /// The input is pulled on the actor that iterates, whose closures it may call.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> Element? { try await next() }

        private mutating func output() async throws -> Element? {
            try iteration.begin()
            await iteration.yieldInTurn()
            if early.isEmpty { early = Array(repeating: nil, count: iteration.window) }
            while true {
                try Task.checkCancellation()
                let place = nextIndex % early.count
                if let outcome = early[place] {
                    early[place] = nil
                    earlyCount -= 1
                    nextIndex += 1
                    return try TaskResult.decode(outcome, as: Element.self)
                }
                if !iteration.fillNow(reserved: earlyCount) { await iteration.fill(reserved: earlyCount) }
                if let (index, outcome) = iteration.nextEndedNow() {
                    early[index % early.count] = outcome
                    earlyCount += 1
                } else if iteration.hasUnsubmitted || iteration.wantsMore(reserved: earlyCount) {
                    continue
                } else if await !iteration.waitForEnd() {
                    try Task.checkCancellation()
                    isOver = true
                    if let error = iteration.inputError { throw error }
                    if iteration.isTimeUp { throw PoolError(.timedOutWaiting, "The time given for the map is over.") }
                    return nil
                }
            }
        }
    }

    /// Runs every task and gives all outputs, in the order of the input.
    ///
    /// Everything is kept in memory; iterate instead over an input that is long or endless.
    ///
    /// - Returns: The outputs.
    /// - Throws: As `AsyncIterator.next()`: the first error in the order of the input. What has not ended then is
    ///   cancelled, and the outputs before it are gone; see ``TaskOutcomes/collect()`` for all of them.
    public func collect() async throws -> [Element] {
        var outputs: [Element] = []
        var iterator = makeAsyncIterator()
        while let output = try await iterator.next() { outputs.append(output) }
        return outputs
    }

    /// Begins the iteration; nothing runs before.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(source) }
}

@available(*, unavailable)
extension TaskOutputs.AsyncIterator: Sendable {}
