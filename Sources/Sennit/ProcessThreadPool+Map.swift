extension ProcessThreadPool {
    /// Runs every task of a sequence and yields the outputs in the order of the input.
    ///
    /// The input is pulled in the iterating task, never ahead by more than the tasks in flight, so it may be endless
    /// and need not be `Sendable`. The first error ends the iteration; it appears when its place in the order is
    /// reached. When the iteration ends early, for whatever reason, tasks that have not ended are cancelled: those that
    /// wait never start, those that run are told.
    ///
    /// Short tasks are sent to workers in batches by themselves, and tiny ones (below 15 µs) travel several in a slot:
    /// no chunking is needed for speed. Each task ends alone, with its own output or error, however it travelled.
    ///
    /// - Parameters:
    ///   - tasks: The tasks, pulled as they are needed.
    ///   - inFlight: How many tasks may be with the pool at once; nil takes four for each thread, at least 256.
    ///   - chunkSize: How many tasks are pulled from the input at a time, at least. It changes when the input is
    ///     pulled, not how tasks run: each of them is a task of its own.
    ///   - options: What holds for each task; nil takes the options of the task's type.
    ///   - optionsFor: What holds for one task in place of `options`, such as its key, priority or deadline; nil for
    ///     `options`. Called in the iterating task when the task is pulled. Options that make no sense end their
    ///     task alone, with ``PoolError`` and `invalidArgument`.
    ///   - limit: The time for the whole iteration, from its beginning; nil for as long as it takes. When it is over,
    ///     the outputs that are there are still yielded; then ``PoolError`` with `timedOutWaiting` is thrown and what
    ///     has not ended is cancelled. It is looked at between two pulls of the input: it does not interrupt one.
    /// - Returns: The outputs, as an asynchronous sequence for one iteration.
    @inlinable
    public func map<Tasks: Sequence>(
        _ tasks: Tasks, inFlight: Int? = nil, chunkSize: Int = 1, options: TaskOptions? = nil,
        optionsFor: ((Tasks.Element) -> TaskOptions?)? = nil, within limit: Duration? = nil
    ) -> TaskOutputs<SequenceInput<Tasks>> where Tasks.Element: PoolTask {
        outputs(inFlight, chunkSize, options, optionsFor, limit) {
            var iterator = tasks.makeIterator()
            return { iterator.next() }
        }
    }

    /// Runs every task of an asynchronous sequence and yields the outputs in the order of the input; see the function
    /// for sequences.
    ///
    /// Outputs are yielded as soon as it is their turn, but while the iteration waits for this input, which it pulls in
    /// the iterating task. An input that is `Sendable` does not have that limit. An error of the input appears after
    /// the outputs of all tasks before it.
    public func map<Tasks: AsyncSequence>(
        _ tasks: Tasks, inFlight: Int? = nil, chunkSize: Int = 1, options: TaskOptions? = nil,
        optionsFor: (@Sendable (Tasks.Element) -> TaskOptions?)? = nil, within limit: Duration? = nil
    ) -> TaskOutputs<Tasks> where Tasks.Element: PoolTask {
        let own = liveTemplate(optionsFor)
        return TaskOutputs(
            source(Tasks.Element.self, { TaskPull(tasks, own) }, inFlight, chunkSize, options, limit))
    }

    /// Runs every task of an asynchronous sequence and yields the outputs in the order of the input; see the function
    /// for sequences.
    ///
    /// The input is pulled in a Swift task of its own, which inherits priority and task-local values, no further ahead
    /// than the tasks in flight; so outputs of a live stream come while it pauses. The task is cancelled when the
    /// iteration ends early. An error of the input appears after the outputs of all tasks before it.
    public func map<Tasks: AsyncSequence & Sendable>(
        _ tasks: Tasks, inFlight: Int? = nil, chunkSize: Int = 1, options: TaskOptions? = nil,
        optionsFor: (@Sendable (Tasks.Element) -> TaskOptions?)? = nil, within limit: Duration? = nil
    ) -> TaskOutputs<Tasks> where Tasks.Element: PoolTask {
        let own = liveTemplate(optionsFor)
        return TaskOutputs(
            source(Tasks.Element.self, { TaskPull(live: tasks, own) }, inFlight, chunkSize, options, limit))
    }

    /// Runs every task of a sequence and yields each outcome as it comes: the task's place in the input, and its output
    /// or error.
    ///
    /// An error of a task ends nothing. Otherwise as `map`: the input is pulled in the iterating task, bounded in
    /// flight.
    ///
    /// - Parameters:
    ///   - tasks: The tasks, pulled as they are needed.
    ///   - inFlight: How many tasks may be with the pool at once; nil takes four for each thread, at least 256.
    ///   - chunkSize: How many tasks are pulled from the input at a time.
    ///   - options: What holds for each task; nil takes the options of the task's type.
    ///   - optionsFor: What holds for one task in place of `options`; see `map`.
    /// - Returns: The outcomes, as an asynchronous sequence for one iteration.
    @inlinable
    public func mapAsCompleted<Tasks: Sequence>(
        _ tasks: Tasks, inFlight: Int? = nil, chunkSize: Int = 1, options: TaskOptions? = nil,
        optionsFor: ((Tasks.Element) -> TaskOptions?)? = nil
    ) -> TaskOutcomes<SequenceInput<Tasks>> where Tasks.Element: PoolTask {
        outcomes(inFlight, chunkSize, options, optionsFor) {
            var iterator = tasks.makeIterator()
            return { iterator.next() }
        }
    }

    /// Runs every task of an asynchronous sequence and yields each outcome as it comes; see the function for sequences.
    public func mapAsCompleted<Tasks: AsyncSequence>(
        _ tasks: Tasks, inFlight: Int? = nil, chunkSize: Int = 1, options: TaskOptions? = nil,
        optionsFor: (@Sendable (Tasks.Element) -> TaskOptions?)? = nil
    ) -> TaskOutcomes<Tasks> where Tasks.Element: PoolTask {
        let own = liveTemplate(optionsFor)
        return TaskOutcomes(source(Tasks.Element.self, { TaskPull(tasks, own) }, inFlight, chunkSize, options))
    }

    /// Runs every task of an asynchronous sequence and yields each outcome as it comes; see the function for sequences,
    /// and `map` for how such an input is pulled.
    public func mapAsCompleted<Tasks: AsyncSequence & Sendable>(
        _ tasks: Tasks, inFlight: Int? = nil, chunkSize: Int = 1, options: TaskOptions? = nil,
        optionsFor: (@Sendable (Tasks.Element) -> TaskOptions?)? = nil
    ) -> TaskOutcomes<Tasks> where Tasks.Element: PoolTask {
        let own = liveTemplate(optionsFor)
        return TaskOutcomes(source(Tasks.Element.self, { TaskPull(live: tasks, own) }, inFlight, chunkSize, options))
    }

    // What a caller's module compiles anew for its own sequence ends here.

    @usableFromInline
    func outputs<Work: PoolTask, Tasks: Sequence<Work>>(
        _ inFlight: Int?, _ chunkSize: Int, _ options: TaskOptions?, _ optionsFor: ((Work) -> TaskOptions?)?,
        _ limit: Duration?, pulling: @escaping () -> () -> Work?
    ) -> TaskOutputs<SequenceInput<Tasks>> {
        let own = ownTemplate(optionsFor)
        return TaskOutputs(source(Work.self, { TaskPull(now: pulling(), own) }, inFlight, chunkSize, options, limit))
    }

    @usableFromInline
    func outcomes<Work: PoolTask, Tasks: Sequence<Work>>(
        _ inFlight: Int?, _ chunkSize: Int, _ options: TaskOptions?, _ optionsFor: ((Work) -> TaskOptions?)?,
        pulling: @escaping () -> () -> Work?
    ) -> TaskOutcomes<SequenceInput<Tasks>> {
        let own = ownTemplate(optionsFor)
        return TaskOutcomes(source(Work.self, { TaskPull(now: pulling(), own) }, inFlight, chunkSize, options))
    }

    /// Makes what holds for a task from the options that the caller gives it.
    private func ownTemplate<Work: PoolTask>(_ optionsFor: ((Work) -> TaskOptions?)?) -> TaskPull.OwnTemplate<Work>? {
        guard let optionsFor else { return nil }
        return { [core] work in
            guard let options = optionsFor(work) else { return nil }
            return try core.template(for: Work.self, options: options)
        }
    }

    /// As `ownTemplate`, for an input that a task of its own pulls.
    private func liveTemplate<Work: PoolTask>(
        _ optionsFor: (@Sendable (Work) -> TaskOptions?)?
    ) -> (@Sendable (Work) throws -> TaskTemplate?)? {
        guard let optionsFor else { return nil }
        return { [core] work in
            guard let options = optionsFor(work) else { return nil }
            return try core.template(for: Work.self, options: options)
        }
    }

    private func source<Work: PoolTask>(
        _ type: Work.Type, _ pull: @escaping () -> TaskPull, _ inFlight: Int?, _ chunkSize: Int,
        _ options: TaskOptions?, _ limit: Duration? = nil
    ) -> TaskSource {
        TaskSource(
            pull: pull, template: { [core] in try core.template(for: type, options: options) }, core: core,
            lifetime: lifetime, inFlight: inFlight, chunkSize: chunkSize, limit: limit)
    }
}

/// A sequence, iterated as an asynchronous one.
public struct SequenceInput<Base: Sequence>: AsyncSequence {
    let base: Base

    init(_ base: Base) { self.base = base }

    /// Iterates the sequence in the calling task.
    public struct AsyncIterator: AsyncIteratorProtocol {
        var base: Base.Iterator

        /// The sequence's next element.
        public mutating func next() async -> Base.Element? { base.next() }

        /// The sequence's next element.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(Never) -> Base.Element? {
            base.next()
        }
    }

    /// Begins an iteration.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(base: base.makeIterator()) }
}
