/// One iteration over a source: keeps the window full, and knows how many tasks are out.
///
/// Everything happens in the iterating task: pulling, encoding, submitting; only an asynchronous input that may be
/// iterated anywhere is pulled in a task of its own. Tasks of a sequence are handed in in batches: the window is filled
/// up again when a sixteenth of it is free.
final class TaskIteration {
    private let source: TaskSource
    private let pull: TaskPull
    private let collector = TaskCollector()
    private var encoder: ArgumentEncoder
    private var template: TaskTemplate?
    private(set) var window = 0
    private var batch = 1
    private var nextIndex = 0
    /// Tasks pulled and not yet given out by `nextEnded`.
    private(set) var outstanding = 0
    /// Tasks pulled and encoded for which the pool's queue had no room.
    private var unsubmitted: [PendingTask] = []
    private var ended: [PendingTask] = []
    /// The chunk that is being given out, task by task.
    private var unpacked: UnpackedChunk?
    private var sizing = ChunkSizing.alone
    private var chunk = OpenChunk()
    private var chunkSize = 1
    private var chunkFlags: UInt32 = 0
    /// The input has ended, or failed with this.
    private var inputIsOver = false
    private(set) var inputError: (any Error)?
    /// Brings an input that is pulled in a task of its own.
    private var feed: InputFeed?
    /// When the time for the iteration is over, once it has begun.
    private var end: WaitEnd?
    /// The time is over and something was still to be done.
    private(set) var isTimeUp = false
    private var isAbandoned = false
    /// Results given out since the iterating task was last suspended.
    private var givenInARow = 0

    init(_ source: TaskSource) {
        self.source = source
        pull = source.pull()
        encoder = ArgumentEncoder(source.core.options)
    }

    deinit { abandon() }

    /// Checks the settings, once.
    func begin() throws {
        guard window == 0 else { return }
        let limits = try source.validated()
        template = try source.template()
        window = limits.window
        batch = max(limits.chunk, limits.window / 16)
        sizing = source.sizing(window: window, batch: batch, template)
        end = source.limit.map { WaitEnd(after: $0, by: source.core.driver) }
        guard case .live(let input) = pull.way else { return }
        let feed = InputFeed(collector)
        feed.start(input, on: source.core.driver.executor)
        self.feed = feed
    }

    // MARK: Filling

    /// Pulls and submits until the window is full or the input ends, if that can be done without suspending.
    ///
    /// - Parameter reserved: Tasks that have ended and wait for their turn; they count as in flight.
    /// - Returns: False when `fill` must go on with it.
    func fillNow(reserved: Int = 0) -> Bool {
        guard unsubmitted.isEmpty else { return false }
        guard !inputIsOver, !isTimeUp, let template else { return true }
        chunkSize = source.core.observers.watchTasks ? 1 : sizing.size
        let room = window - outstanding - reserved
        switch pull.way {
        case .now(let next):
            guard room >= (outstanding == 0 ? 1 : batch), !checkTime() else { return true }
            for _ in 0..<room {
                guard let pulled = next(&encoder, template) else {
                    inputIsOver = true
                    break
                }
                take(pulled)
            }
            return submitBatch()
        case .later:
            return room <= 0
        case .live:
            guard let feed, !checkTime() else { return true }
            takeArrivals(from: feed, template)
            feed.want(window - outstanding - reserved)
            return submitBatch()
        }
    }

    /// Takes what the input's own task has pulled.
    private func takeArrivals(from feed: InputFeed, _ template: TaskTemplate) {
        // First: what comes from here on is told anew.
        collector.clearPoke()
        let (arrived, isOver, failure) = feed.take()
        for arrival in arrived { take(arrival(&encoder, template)) }
        inputIsOver = isOver
        inputError = failure
    }

    /// Does what `fillNow` could not: waits for room in the pool's queue, and for one task of the input.
    func fill(reserved: Int = 0) async {
        while !unsubmitted.isEmpty {
            let task = unsubmitted.removeFirst()
            do {
                try await submit(task)
            } catch {
                // It may have got in just as the time was over.
                source.core.cancel(task)
                task.end(.failure(error))
            }
        }
        // What has ended is given out before more is waited for.
        guard wantsMore(reserved: reserved), !collector.hasEnded, ended.isEmpty, case .later(let next) = pull.way,
            let template, !checkTime()
        else { return }
        do {
            guard let arrival = try await next() else {
                inputIsOver = true
                return
            }
            take(arrival(&encoder, template))
            if !submitBatch(), let task = unsubmitted.popLast() { try await submit(task) }
        } catch {
            inputIsOver = true
            inputError = error
        }
    }

    /// Whether there is room for another task of an input that the iterating task waits for.
    func wantsMore(reserved: Int = 0) -> Bool {
        guard case .later = pull.way else { return false }
        return !inputIsOver && !isTimeUp && outstanding + reserved < window
    }

    /// Notes a task that has been pulled; one that could not be encoded has ended with that error.
    private func take(_ pulled: PulledTask) {
        let index = nextIndex
        nextIndex += 1
        outstanding += 1
        switch pulled.arguments {
        case .success(let arguments):
            if chunkSize > 1, !pulled.hasOwnTemplate, !arguments.holdsSegments, gather(arguments, index) { return }
            closeChunk()
            unsubmitted.append(pulled.template.task(arguments, sink: collector, index: index))
        case .failure(let error):
            pulled.template.task(.none, sink: collector, index: index).end(.failure(error))
        }
    }

    /// Puts a task to those that travel together; false when it has to travel alone.
    private func gather(_ arguments: EncodedArguments, _ index: Int) -> Bool {
        if chunk.count == chunkSize || chunkFlags != arguments.flags { closeChunk() }
        chunkFlags = arguments.flags
        if chunk.append(arguments.bytes, index: index) { return true }
        closeChunk()
        return chunk.append(arguments.bytes, index: index)
    }

    /// Lets the tasks go that have been put together.
    private func closeChunk() {
        guard !chunk.isEmpty, let template else { return }
        unsubmitted.append(chunk.close(template, chunkFlags, sink: collector))
    }

    /// Hands in what has been encoded.
    ///
    /// - Returns: False when the pool's queue is full and something is left.
    private func submitBatch() -> Bool {
        closeChunk()
        var done = 0
        while done < unsubmitted.count {
            let (taken, refusal) = source.core.submitNow(unsubmitted[done...])
            done += taken
            guard let refusal else { break }
            guard refusal != .full else {
                unsubmitted.removeFirst(done)
                return false
            }
            let task = unsubmitted[done]
            task.end(.failure(source.core.describe(refusal, task)))
            done += 1
        }
        unsubmitted.removeAll(keepingCapacity: true)
        return true
    }

    /// Hands one task in, waiting for room no longer than the iteration may last.
    private func submit(_ task: PendingTask) async throws {
        guard let end else { return try await source.core.submit(task) }
        try await end.run { [core = source.core] in try await core.submit(task) }
    }

    private func checkTime() -> Bool {
        if let end, end.left == .zero { isTimeUp = true }
        return isTimeUp
    }

    // MARK: Taking

    /// The next task that has ended, in whatever order, if there is one already: its place in the input and its
    /// outcome.
    func nextEndedNow() -> (index: Int, outcome: TaskOutcome)? {
        if let next = unpacked?.next() {
            outstanding -= 1
            givenInARow += 1
            return next
        }
        if ended.isEmpty {
            collector.take(into: &ended)
            unsubmitted += collector.takeReturned()
            ended.reverse()
        }
        guard let task = ended.popLast(), let outcome = task.outcome else { return nil }
        if let chunk = task.chunk {
            sizing.observe(runTime: task.runTime, tasks: chunk.outcomes.count)
            unpacked = UnpackedChunk(chunk, firstIndex: task.index)
            return nextEndedNow()
        }
        sizing.observe(runTime: task.runTime, tasks: 1)
        outstanding -= 1
        givenInARow += 1
        return (task.index, outcome)
    }

    /// Tasks wait for room in the pool's queue.
    var hasUnsubmitted: Bool { !unsubmitted.isEmpty }

    /// Lets other Swift tasks run now and then: results that are always there would keep them from it.
    func yieldInTurn() async {
        guard givenInARow >= Self.longestTurn else { return }
        givenInARow = 0
        await Task.yield()
    }

    private static var longestTurn: Int { 2048 }

    /// Waits until a task has ended, or one of the input has come.
    ///
    /// - Returns: False when there is nothing to wait for, the time is over, or the calling task is cancelled.
    func waitForEnd() async -> Bool {
        guard outstanding > 0 || (feed != nil && !inputIsOver), !isTimeUp, !Task.isCancelled else { return false }
        let core = source.core
        // Nobody else has tasks in this pool who might want the processor.
        let isAlone = core.tasksInFlight <= outstanding
        core.driver.look(in: core, mayWait: isAlone) { collector.hasEnded }
        if collector.hasEnded { return true }
        givenInARow = 0
        defer { if isAlone { core.driver.lookedTooShort() } }
        guard await collector.wait(until: end) else {
            isTimeUp = true
            return false
        }
        return true
    }

    /// Cancels what has not ended.
    func abandon() {
        guard !isAbandoned else { return }
        isAbandoned = true
        collector.abandon()
        feed?.abandon()
        inputIsOver = true
        unsubmitted = []
        if outstanding > 0 { source.core.cancel(allOf: collector) }
        outstanding = 0
    }
}

/// The outcomes of a chunk, one after the other.
struct UnpackedChunk {
    private let chunk: TaskChunk
    private let firstIndex: Int
    private var place = 0

    init(_ chunk: TaskChunk, firstIndex: Int) {
        self.chunk = chunk
        self.firstIndex = firstIndex
    }

    /// The next task's place in the input and its outcome.
    mutating func next() -> (index: Int, outcome: TaskOutcome)? {
        guard place < chunk.outcomes.count else { return nil }
        defer { place += 1 }
        return (firstIndex + chunk.range.lowerBound + place, chunk.outcomes[place])
    }
}
