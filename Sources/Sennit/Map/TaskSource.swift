internal import Synchronization

/// The input of one `map`, with what has been pulled from it and not yet been given out.
///
/// Everything happens in the iterating task: pulling, encoding, submitting, decoding.
struct TaskSource<Tasks: AsyncSequence> where Tasks.Element: PoolTask {
    let tasks: Tasks
    let core: PoolCore
    let lifetime: PoolLifetime
    let inFlight: Int?
    let chunkSize: Int
    let options: TaskOptions?
    /// The time for the whole iteration.
    var limit: Duration?

    /// Checks the numbers, which `map` itself cannot: it does not throw.
    func validated() throws -> (window: Int, chunk: Int) {
        guard chunkSize >= 1 else {
            throw PoolError(.invalidArgument, "chunkSize is \(chunkSize); it must be at least 1.")
        }
        if let inFlight {
            guard (1...PoolDefaults.largestWindow).contains(inFlight) else {
                throw PoolError(
                    .invalidArgument, "inFlight is \(inFlight); it must be from 1 to \(PoolDefaults.largestWindow).")
            }
            return (inFlight, min(chunkSize, inFlight))
        }
        let threads = core.threadCapacity
        let window = min(PoolDefaults.largestWindow, max(256, 4 * threads))
        return (window, min(chunkSize, window))
    }
}

/// One iteration over a source: keeps the window full and knows what is out.
final class TaskIteration<Tasks: AsyncSequence> where Tasks.Element: PoolTask {
    private let source: TaskSource<Tasks>
    private var iterator: Tasks.AsyncIterator
    private let collector = TaskCollector()
    private var limits: (window: Int, chunk: Int)?
    private var nextIndex = 0
    private var out: [Int: PendingTask] = [:]
    private var ended: [PendingTask] = []
    /// The input has ended, or failed with this.
    private var inputIsOver = false
    private(set) var inputError: (any Error)?
    /// When the time for the iteration is over, once it has begun.
    private var end: ContinuousClock.Instant?
    /// The time is over and something was still to be done.
    private(set) var isTimeUp = false

    init(_ source: TaskSource<Tasks>) {
        self.source = source
        iterator = source.tasks.makeAsyncIterator()
    }

    deinit { abandon() }

    /// Tasks that the pool has, or that have ended and were not taken.
    var outstanding: Int { out.count }

    var isExhausted: Bool { inputIsOver && out.isEmpty }

    /// Pulls and submits until the window is full or the input ends.
    ///
    /// `reserved`: tasks that have ended and wait for their turn; they count as in flight.
    func fill(reserved: Int = 0) async throws {
        let limits = try limits ?? begin()
        while !inputIsOver, !isTimeUp, limits.window - out.count - reserved >= (out.isEmpty ? 1 : limits.chunk) {
            for _ in 0..<limits.chunk where !inputIsOver && !isTimeUp && out.count + reserved < limits.window {
                try await submitNext()
            }
        }
    }

    private func begin() throws -> (window: Int, chunk: Int) {
        let limits = try source.validated()
        self.limits = limits
        end = source.limit.map { .now + $0 }
        return limits
    }

    private func submitNext() async throws {
        if let end, end <= .now {
            isTimeUp = true
            return
        }
        do {
            guard let task = try await iterator.next(isolation: nil) else {
                inputIsOver = true
                return
            }
            let index = nextIndex
            nextIndex += 1
            let pending: PendingTask
            do {
                pending = try source.core.prepare(task, options: source.options, sink: collector, index: index)
            } catch {
                // This task alone fails, as if its worker had said so.
                pending = source.core.failedTask(task, error, sink: collector, index: index)
                out[index] = pending
                pending.end(.failure(error))
                return
            }
            out[index] = pending
            do {
                try await submit(pending)
            } catch {
                // It may have got in just as the time was over.
                source.core.cancel(pending)
                pending.end(.failure(error))
            }
        } catch {
            inputIsOver = true
            inputError = error
        }
    }

    /// Hands the task in, waiting for room no longer than the iteration may last.
    private func submit(_ pending: PendingTask) async throws {
        guard let end else { return try await source.core.submit(pending) }
        do throws(SubmissionRefusal) {
            try source.core.submitNow(pending)
        } catch {
            guard error == .full else { throw source.core.describe(error, pending) }
            try await TimeLimit.run(end - .now) { [core = source.core] in try await core.submit(pending) }
        }
    }

    /// The next task that has ended, in whatever order; nil when none is out, the time is over, or the calling task is
    /// cancelled.
    func nextEnded() async -> PendingTask? {
        while !out.isEmpty {
            if let task = ended.popLast() {
                out[task.index] = nil
                return task
            }
            collector.take(into: &ended)
            if ended.isEmpty {
                guard !Task.isCancelled else { return nil }
                let isOver = await !collector.wait(until: end)
                collector.take(into: &ended)
                if isOver, ended.isEmpty {
                    isTimeUp = true
                    return nil
                }
                guard !ended.isEmpty else { continue }
            }
            ended.reverse()
        }
        return nil
    }

    /// Cancels what has not ended.
    func abandon() {
        collector.abandon()
        inputIsOver = true
        for task in out.values where !task.isFinished { source.core.cancel(task) }
        out = [:]
    }
}

extension PoolDefaults {
    static var largestWindow: Int { 1 << 20 }
}

extension PoolCore {
    /// Threads of all workers that the pool should have.
    package var threadCapacity: Int {
        state.withLock { $0.engine.targetProcesses * $0.engine.limits.threadsPerProcess }
    }

    /// The record of a task that could not even be encoded.
    func failedTask<Work: PoolTask>(
        _ task: Work, _ error: any Error, sink: any CompletionSink, index: Int
    ) -> PendingTask {
        let type = TaskTypeEntry(index: .max, name: String(reflecting: Work.self), reference: [])
        let nothing = EncodedArguments(bytes: .small(0, 0, count: 0), segment: nil, count: 0, attachments: [])
        return PendingTask(type: type, arguments: nothing, specification: TaskSpecification(), sink: sink, index: index)
    }
}
