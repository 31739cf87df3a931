/// The outcomes of a `mapAsCompleted`, as they come.
public struct TaskOutcomes<Tasks: AsyncSequence>: AsyncSequence where Tasks.Element: PoolTask {
    /// A task's place in the input, from zero, and what it ended with.
    public typealias Element = (index: Int, result: Result<Tasks.Element.Output, any Error>)

    /// What the input can fail with; the tasks' own errors are in their results.
    public typealias Failure = Tasks.Failure

    private let source: TaskSource

    init(_ source: TaskSource) { self.source = source }

    /// Runs the tasks as it is asked for outcomes.
    public struct AsyncIterator: AsyncIteratorProtocol {
        /// A task's place in the input, from zero, and what it ended with.
        public typealias Element = TaskOutcomes.Element
        /// What the input can fail with.
        public typealias Failure = Tasks.Failure

        private let iteration: TaskIteration
        private var isOver = false

        init(_ source: TaskSource) { iteration = TaskIteration(source) }

        /// The next outcome, or nil when there are no more, the iterating task is cancelled or the time is over.
        ///
        /// - Throws: What the input threw, after the outcomes of all tasks before it.
        public mutating func next() async throws(Tasks.Failure) -> Element? {
            guard !isOver else { return nil }
            do {
                try iteration.begin()
            } catch {
                // The numbers given to `mapAsCompleted` make no sense: say so as the one outcome there is.
                isOver = true
                return (0, .failure(error))
            }
            await iteration.yieldInTurn()
            while true {
                if !iteration.fillNow() { await iteration.fill() }
                if let (index, outcome) = iteration.nextEndedNow() {
                    do {
                        let output = try TaskResult.decode(outcome, as: Tasks.Element.Output.self)
                        return (index, .success(output))
                    } catch {
                        return (index, .failure(error))
                    }
                }
                if iteration.hasUnsubmitted || iteration.wantsMore() { continue }
                guard await iteration.waitForEnd() else { break }
            }
            isOver = true
            iteration.abandon()
            if let error = iteration.inputError as? Tasks.Failure { throw error }
            return nil
        }

        /// The next outcome; see `next()`.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(Tasks.Failure) -> Element? {
            try await next()
        }
    }

    /// Runs every task and gives all results, in the order of the input.
    ///
    /// Everything is kept in memory; iterate instead over an input that is long or endless.
    ///
    /// - Returns: Each task's output or error.
    /// - Throws: What the input threw, or `CancellationError` when the calling task is cancelled before all have ended;
    ///   an error of a task is its result.
    public func collect() async throws -> [Result<Tasks.Element.Output, any Error>] {
        var results: [Result<Tasks.Element.Output, any Error>?] = []
        var iterator = makeAsyncIterator()
        while let (index, result) = try await iterator.next() {
            if index >= results.count {
                results.append(contentsOf: repeatElement(nil, count: index + 1 - results.count))
            }
            results[index] = result
        }
        let complete = results.compactMap { $0 }
        // The iteration ends early, without an error of its own, for a cancellation alone.
        try Task.checkCancellation()
        assert(complete.count == results.count, "an outcome was lost")
        return complete
    }

    /// Begins the iteration; nothing runs before.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(source) }
}

@available(*, unavailable)
extension TaskOutcomes.AsyncIterator: Sendable {}
