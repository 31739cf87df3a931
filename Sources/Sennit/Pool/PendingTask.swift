internal import Synchronization

/// How a task ended, before anything of the user's is decoded.
package enum TaskOutcome: Sendable {
    /// The encoded output.
    case output(PayloadBytes)
    /// The envelope of an error that the task threw.
    case thrown(PayloadBytes)
    /// An error of the pool's own.
    case failure(any Error)
}

/// One submitted task in the parent: what the pool needs to run it, and who waits for it.
///
/// The pool's lock guards the fields of the first group. The second group has a lock of its own, so that whoever
/// waits never takes the pool's. No code of the user's runs under either, except a callback's after both are let go.
package final class PendingTask: @unchecked Sendable {
    // MARK: Guarded by the pool's lock

    package let type: TaskTypeEntry
    /// The encoded arguments; let go when they are no longer needed for a first or another try.
    package var arguments: EncodedArguments?
    package var id = TaskID(rawValue: 0)
    package var slot: SlotIndex?
    package var worker: WorkerID?
    package var specification: TaskSpecification
    /// What a worker sent, until the engine has said that the task is over.
    package var received: TaskOutcome?
    /// Kept only where metrics are.
    var times = TaskTimes()

    // MARK: Guarded by its own lock

    private struct Ending: ~Copyable {
        var outcome: TaskOutcome?
        var waiter: CheckedContinuation<Void, Never>?
        var moreWaiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var nextWaiter: UInt64 = 0
        /// Waiters that a cancellation of theirs may take away; they hear whether the task has ended.
        var cancellableWaiters: [UInt64: CheckedContinuation<Bool, Never>] = [:]
        var cancelledWaiters: Set<UInt64> = []
        /// Callbacks that have not been called yet, and whether a Swift task is at it.
        var callbacks: [@Sendable () -> Void] = []
        var callbackExecutor: (any TaskExecutor)?
        var isCallingBack = false
        var progress: TaskProgress?
        var progressWatchers: [UInt64: @Sendable (TaskProgress?) -> Void] = [:]
    }

    private let ending = Mutex(Ending())
    private let hasEnded = Atomic<Bool>(false)
    private let isRunning = Atomic<Bool>(false)
    /// The outcome of a task with a sink: written before the sink is told, read by whom the sink tells.
    private var sunkOutcome: TaskOutcome?

    /// Called instead of waking a waiter; set before the task is submitted.
    package let sink: (any CompletionSink)?
    /// The task's place among those of the same sink.
    package let index: Int

    package init(
        type: TaskTypeEntry, arguments: EncodedArguments, specification: TaskSpecification,
        sink: (any CompletionSink)? = nil, index: Int = 0
    ) {
        self.type = type
        self.arguments = arguments
        self.specification = specification
        self.sink = sink
        self.index = index
    }

    /// Whether the outcome is there.
    package var isFinished: Bool { hasEnded.load(ordering: .acquiring) }

    /// The outcome, or nil while the task goes on.
    package var outcome: TaskOutcome? {
        guard isFinished else { return nil }
        return sink == nil ? ending.withLock { $0.outcome } : sunkOutcome
    }

    /// Gives the outcome to everyone who waits; only the first call counts.
    ///
    /// - Returns: Whether this call was the first.
    @discardableResult
    package func end(_ outcome: TaskOutcome) -> Bool {
        if let sink {
            // Nobody else waits for such a task, and the sink's own lock hands the outcome over.
            guard !hasEnded.exchange(true, ordering: .acquiringAndReleasing) else { return false }
            sunkOutcome = outcome
            sink.tasksEnded([self])
            return true
        }
        typealias Waiters = (
            CheckedContinuation<Void, Never>?, [CheckedContinuation<Void, Never>],
            [CheckedContinuation<Bool, Never>], [@Sendable (TaskProgress?) -> Void], Bool
        )
        let waiters: Waiters? = ending.withLock { ending in
            guard ending.outcome == nil else { return nil }
            ending.outcome = outcome
            hasEnded.store(true, ordering: .releasing)
            defer {
                ending.waiter = nil
                ending.moreWaiters = [:]
                ending.cancellableWaiters = [:]
                ending.isCallingBack = !ending.callbacks.isEmpty
                ending.progressWatchers = [:]
            }
            return (
                ending.waiter, ending.moreWaiters.valuesInOrder, ending.cancellableWaiters.valuesInOrder,
                ending.progressWatchers.valuesInOrder, !ending.callbacks.isEmpty
            )
        }
        guard let (first, more, cancellable, watchers, hasCallbacks) = waiters else { return false }
        first?.resume()
        for waiter in more { waiter.resume() }
        for waiter in cancellable { waiter.resume(returning: true) }
        for watcher in watchers { watcher(nil) }
        if hasCallbacks { startCallingBack() }
        return true
    }

    /// Takes the outcome of a task with a sink, which the caller then tells.
    ///
    /// - Returns: Whether this was the first outcome.
    package func endQuietly(_ outcome: TaskOutcome) -> Bool {
        guard !hasEnded.exchange(true, ordering: .acquiringAndReleasing) else { return false }
        sunkOutcome = outcome
        return true
    }

    /// Waits for the end, whatever happens to the waiting task.
    package func wait() async {
        guard !isFinished else { return }
        await withCheckedContinuation { continuation in
            let isOver = ending.withLock { ending in
                guard ending.outcome == nil else { return true }
                if ending.waiter == nil {
                    ending.waiter = continuation
                } else {
                    ending.moreWaiters[ending.nextWaiter] = continuation
                    ending.nextWaiter += 1
                }
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    /// Waits for the end; a cancellation of the waiting task ends the wait alone.
    package func waitUnlessCancelled() async throws {
        guard !isFinished else { return }
        let token = ending.withLock { ending in
            ending.nextWaiter += 1
            return ending.nextWaiter
        }
        let hasEnded = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = ending.withLock { ending in
                    if ending.outcome != nil { return true }
                    if ending.cancelledWaiters.remove(token) != nil { return false }
                    ending.cancellableWaiters[token] = continuation
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter = ending.withLock { ending in
                // It may come before the wait has begun.
                let waiter = ending.cancellableWaiters.removeValue(forKey: token)
                if waiter == nil, ending.outcome == nil { ending.cancelledWaiters.insert(token) }
                return waiter
            }
            waiter?.resume(returning: false)
        }
        if !hasEnded { throw CancellationError() }
    }

    /// Calls back once the task has ended, at once if it has; one callback after the other, in the order of the calls.
    package func whenEnded(on executor: (any TaskExecutor)? = nil, _ callback: @escaping @Sendable () -> Void) {
        let mustStart = ending.withLock { ending in
            ending.callbacks.append(callback)
            ending.callbackExecutor = executor
            guard ending.outcome != nil, !ending.isCallingBack else { return false }
            ending.isCallingBack = true
            return true
        }
        if mustStart { startCallingBack() }
    }

    /// The user's code runs in a task of its own: whoever noticed the end has more to do.
    private func startCallingBack() {
        Task(executorPreference: ending.withLock { $0.callbackExecutor }) { [self] in
            while true {
                let callbacks = ending.withLock { ending in
                    defer { ending.callbacks = [] }
                    ending.isCallingBack = !ending.callbacks.isEmpty
                    return ending.callbacks
                }
                guard !callbacks.isEmpty else { return }
                for callback in callbacks { callback() }
            }
        }
    }

    // MARK: Progress

    package func noteDispatch(isRunning: Bool) {
        self.isRunning.store(isRunning, ordering: .relaxed)
    }

    package var state: TaskState {
        ending.withLock { ending in
            ending.outcome.map { TaskState($0) } ?? (isRunning.load(ordering: .relaxed) ? .running : .pending)
        }
    }

    package func noteProgress(_ progress: TaskProgress) {
        let watchers = ending.withLock { ending -> [@Sendable (TaskProgress?) -> Void] in
            ending.progress = progress
            return ending.progressWatchers.valuesInOrder
        }
        for watcher in watchers { watcher(progress) }
    }

    package var latestProgress: TaskProgress? { ending.withLock { $0.progress } }

    /// Calls back with every progress, the latest one first, and with nil at the end.
    ///
    /// - Returns: A token for `unwatchProgress`.
    package func watchProgress(_ watcher: @escaping @Sendable (TaskProgress?) -> Void) -> UInt64 {
        let (token, latest, isOver) = ending.withLock { ending -> (UInt64, TaskProgress?, Bool) in
            ending.nextWaiter += 1
            if ending.outcome == nil { ending.progressWatchers[ending.nextWaiter] = watcher }
            return (ending.nextWaiter, ending.progress, ending.outcome != nil)
        }
        if let latest { watcher(latest) }
        if isOver { watcher(nil) }
        return token
    }

    package func unwatchProgress(_ token: UInt64) {
        ending.withLock { _ = $0.progressWatchers.removeValue(forKey: token) }
    }
}

extension Dictionary where Key == UInt64 {
    /// The values by the order of their tokens, which is that of their coming: the same in every run.
    var valuesInOrder: [Value] {
        count < 2 ? Array(values) : sorted { $0.key < $1.key }.map(\.value)
    }
}

/// Whoever wants to hear of many tasks' ends without a waiter for each.
package protocol CompletionSink: AnyObject, Sendable {
    /// Called once for each task, on whichever thread noticed; must be quick and must not block.
    func tasksEnded(_ tasks: [PendingTask])
}
