/// One iteration over a source: keeps the window full, and knows how many tasks are out.
///
/// Everything happens in the iterating task: pulling, encoding, submitting. Tasks are handed in in batches: the window
/// is filled up again when a sixteenth of it is free.
final class TaskIteration<Work: PoolTask> {
    private let source: TaskSource<Work>
    private let pull: TaskPull<Work>
    private let collector = TaskCollector()
    private let encoder: ArgumentEncoder
    private var template: TaskTemplate?
    private(set) var window = 0
    private var batch = 1
    private var nextIndex = 0
    /// Tasks pulled and not yet given out by `nextEnded`.
    private(set) var outstanding = 0
    /// Tasks pulled and encoded for which the pool's queue had no room.
    private var unsubmitted: [PendingTask] = []
    private var ended: [PendingTask] = []
    /// The input has ended, or failed with this.
    private var inputIsOver = false
    private(set) var inputError: (any Error)?
    /// When the time for the iteration is over, once it has begun.
    private var end: WaitEnd?
    /// The time is over and something was still to be done.
    private(set) var isTimeUp = false
    private var isAbandoned = false

    init(_ source: TaskSource<Work>) {
        self.source = source
        pull = source.pull()
        encoder = ArgumentEncoder(source.core.options)
    }

    deinit { abandon() }

    /// Checks the settings, once.
    func begin() throws {
        guard window == 0 else { return }
        let limits = try source.validated()
        template = try source.core.template(for: Work.self, options: source.options)
        window = limits.window
        batch = max(limits.chunk, limits.window / 16)
        end = source.limit.map { WaitEnd(after: $0, by: source.core.driver) }
    }

    // MARK: Filling

    /// Pulls and submits until the window is full or the input ends, if that can be done without suspending.
    ///
    /// - Parameter reserved: Tasks that have ended and wait for their turn; they count as in flight.
    /// - Returns: False when `fill` must go on with it.
    func fillNow(reserved: Int = 0) -> Bool {
        guard unsubmitted.isEmpty else { return false }
        guard !inputIsOver, !isTimeUp else { return true }
        let room = window - outstanding - reserved
        guard room >= (outstanding == 0 ? 1 : batch) else { return true }
        guard let now = pull.now else { return false }
        guard !checkTime() else { return true }
        for _ in 0..<room {
            guard let work = now() else {
                inputIsOver = true
                break
            }
            take(work)
        }
        return submitBatch()
    }

    /// Does what `fillNow` could not.
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
        while pull.now == nil, !inputIsOver, !isTimeUp,
            window - outstanding - reserved >= (outstanding == 0 ? 1 : batch)
        {
            for _ in 0..<batch where !inputIsOver && outstanding + reserved < window && !checkTime() {
                do {
                    guard let work = try await pull.later() else {
                        inputIsOver = true
                        break
                    }
                    take(work)
                    if !submitBatch(), let task = unsubmitted.popLast() { try await submit(task) }
                } catch {
                    inputIsOver = true
                    inputError = error
                }
            }
        }
    }

    /// Encodes one task; one that cannot be encoded has ended with that error.
    private func take(_ work: Work) {
        guard let template else { return }
        let index = nextIndex
        nextIndex += 1
        outstanding += 1
        do {
            let arguments = try encoder.encode(work, with: template.metadata)
            unsubmitted.append(template.task(arguments, sink: collector, index: index))
        } catch {
            let nothing = EncodedArguments(bytes: .small(0, 0, count: 0), segment: nil, count: 0, attachments: [])
            template.task(nothing, sink: collector, index: index).end(.failure(error))
        }
    }

    /// Hands in what has been encoded.
    ///
    /// - Returns: False when the pool's queue is full and something is left.
    private func submitBatch() -> Bool {
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

    /// The next task that has ended, in whatever order, if there is one already.
    func nextEndedNow() -> PendingTask? {
        if ended.isEmpty {
            collector.take(into: &ended)
            ended.reverse()
        }
        guard let task = ended.popLast() else { return nil }
        outstanding -= 1
        return task
    }

    /// Waits until a task has ended.
    ///
    /// - Returns: False when none is out, the time is over, or the calling task is cancelled.
    func waitForEnd() async -> Bool {
        guard outstanding > 0, !isTimeUp, !Task.isCancelled else { return false }
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
        inputIsOver = true
        unsubmitted = []
        if outstanding > 0 { source.core.cancel(allOf: collector) }
        outstanding = 0
    }
}
