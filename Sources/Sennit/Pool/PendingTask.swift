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

// Safety: the one continuation of `run`'s caller is put down under the lock before the outcome is there, and resumed by
// whoever takes it away under the lock: exactly once.
/// One submitted task in the parent: what the pool needs to run it, and who waits for it.
///
/// The pool's lock guards the fields of the first group. The second group has a lock of its own, so that whoever
/// waits never takes the pool's. No code of the user's runs under either, except a callback's after both are let go.
package final class PendingTask: @unchecked Sendable {
    // MARK: Guarded by the pool's lock

    package let type: TaskTypeEntry
    package let specification: TaskSpecification
    // Not of package access: then the compiler sees every use and leaves the checks for exclusive access out.
    /// The encoded arguments; let go when they are no longer needed for a first or another try.
    var arguments: EncodedArguments?
    var id = TaskID(rawValue: 0)
    var slot: SlotIndex?
    var worker: WorkerID?
    /// The tasks of a map that travel as this one; nil for one alone.
    let chunk: TaskChunk?
    /// What a worker sent, until the engine has said that the task is over.
    var received: TaskOutcome?
    /// How long the worker took, with reading the arguments and writing the result.
    var runTime: Nanoseconds = 0
    /// Kept only where metrics are.
    var times = TaskTimes()

    // MARK: Guarded by its own lock

    @safe private struct Ending: ~Copyable {
        var outcome: TaskOutcome?
        /// The caller of `run`.
        var waiter: UnsafeContinuation<Void, Never>?
        var others: Others?

        mutating func makeOthers() -> Others {
            if let others { return others }
            let made = Others()
            others = made
            return made
        }
    }

    /// Whoever else wants to hear of the task, and what it has reported; most tasks have neither.
    private final class Others {
        private var last: UInt64 = 0
        /// Waiters that a cancellation of theirs may take away; they hear whether the task has ended.
        var cancellable: [UInt64: CheckedContinuation<Bool, Never>] = [:]
        var cancelled: Set<UInt64> = []
        /// Callbacks that have not been called yet, and whether a Swift task is at it.
        var callbacks: [@Sendable () -> Void] = []
        var callbackExecutor: (any TaskExecutor)?
        var isCallingBack = false
        var progress: TaskProgress?
        var progressWatchers: [UInt64: @Sendable (TaskProgress?) -> Void] = [:]

        func token() -> UInt64 {
            last += 1
            return last
        }
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

    package convenience init(
        type: TaskTypeEntry, arguments: EncodedArguments, specification: TaskSpecification,
        sink: (any CompletionSink)? = nil, index: Int = 0
    ) {
        self.init(
            type: type, arguments: arguments, specification: specification, sink: sink, index: index, chunk: nil)
    }

    init(
        type: TaskTypeEntry, arguments: EncodedArguments, specification: TaskSpecification,
        sink: (any CompletionSink)?, index: Int, chunk: TaskChunk?
    ) {
        self.chunk = chunk
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
            guard endQuietly(outcome) else { return false }
            sink.tasksEnded([self])
            return true
        }
        var waiter: UnsafeContinuation<Void, Never>?
        var crowd: Crowd?
        let isFirst = ending.withLock { ending in
            guard ending.outcome == nil else { return false }
            ending.outcome = outcome
            hasEnded.store(true, ordering: .releasing)
            unsafe waiter = ending.waiter
            unsafe ending.waiter = nil
            crowd = ending.others.map { Crowd(taking: $0) }
            return true
        }
        unsafe waiter?.resume()
        if let crowd, crowd.tell() { startCallingBack() }
        return isFirst
    }

    /// Everybody who waited but the first, taken out from under the lock.
    private struct Crowd {
        private let cancellable: [CheckedContinuation<Bool, Never>]
        private let watchers: [@Sendable (TaskProgress?) -> Void]
        private let hasCallbacks: Bool

        init(taking others: Others) {
            cancellable = others.cancellable.valuesInOrder
            watchers = others.progressWatchers.valuesInOrder
            hasCallbacks = !others.callbacks.isEmpty
            others.cancellable = [:]
            others.progressWatchers = [:]
            others.isCallingBack = hasCallbacks
        }

        /// Says that the task has ended.
        ///
        /// - Returns: Whether callbacks are left to be called.
        func tell() -> Bool {
            for waiter in cancellable { waiter.resume(returning: true) }
            for watcher in watchers { watcher(nil) }
            return hasCallbacks
        }
    }

    /// Takes the outcome of a task with a sink, which the caller then tells.
    ///
    /// - Returns: Whether this was the first outcome.
    package func endQuietly(_ outcome: TaskOutcome) -> Bool {
        guard !hasEnded.exchange(true, ordering: .acquiringAndReleasing) else { return false }
        sunkOutcome = outcome
        chunk?.end(outcome)
        return true
    }

    /// Waits for the end, whatever happens to the waiting task; for one caller only.
    package func wait() async {
        guard !isFinished else { return }
        await unsafe withUnsafeContinuation { continuation in
            let isOver = ending.withLock { ending in
                guard ending.outcome == nil else { return true }
                unsafe ending.waiter = continuation
                return false
            }
            if isOver { unsafe continuation.resume() }
        }
    }

    /// Waits for the end; a cancellation of the waiting task ends the wait alone.
    package func waitUnlessCancelled() async throws {
        guard !isFinished else { return }
        let token = ending.withLock { $0.makeOthers().token() }
        let hasEnded = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = ending.withLock { ending in
                    if ending.outcome != nil { return true }
                    let others = ending.makeOthers()
                    if others.cancelled.remove(token) != nil { return false }
                    others.cancellable[token] = continuation
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter = ending.withLock { ending in
                let others = ending.makeOthers()
                // It may come before the wait has begun.
                let waiter = others.cancellable.removeValue(forKey: token)
                if waiter == nil, ending.outcome == nil { others.cancelled.insert(token) }
                return waiter
            }
            waiter?.resume(returning: false)
        }
        if !hasEnded { throw CancellationError() }
    }

    /// Calls back once the task has ended, at once if it has; one callback after the other, in the order of the calls.
    package func whenEnded(on executor: (any TaskExecutor)? = nil, _ callback: @escaping @Sendable () -> Void) {
        let mustStart = ending.withLock { ending in
            let others = ending.makeOthers()
            others.callbacks.append(callback)
            others.callbackExecutor = executor
            guard ending.outcome != nil, !others.isCallingBack else { return false }
            others.isCallingBack = true
            return true
        }
        if mustStart { startCallingBack() }
    }

    /// The user's code runs in a task of its own: whoever noticed the end has more to do.
    private func startCallingBack() {
        Task(executorPreference: ending.withLock { $0.others?.callbackExecutor }) { [self] in
            while true {
                let callbacks = ending.withLock { ending -> [@Sendable () -> Void] in
                    guard let others = ending.others else { return [] }
                    defer { others.callbacks = [] }
                    others.isCallingBack = !others.callbacks.isEmpty
                    return others.callbacks
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
            let others = ending.makeOthers()
            others.progress = progress
            return others.progressWatchers.valuesInOrder
        }
        for watcher in watchers { watcher(progress) }
    }

    package var latestProgress: TaskProgress? { ending.withLock { $0.others?.progress } }

    /// Calls back with every progress, the latest one first, and with nil at the end.
    ///
    /// - Returns: A token for `unwatchProgress`.
    package func watchProgress(_ watcher: @escaping @Sendable (TaskProgress?) -> Void) -> UInt64 {
        let (token, latest, isOver) = ending.withLock { ending -> (UInt64, TaskProgress?, Bool) in
            let others = ending.makeOthers()
            let token = others.token()
            if ending.outcome == nil { others.progressWatchers[token] = watcher }
            return (token, others.progress, ending.outcome != nil)
        }
        if let latest { watcher(latest) }
        if isOver { watcher(nil) }
        return token
    }

    package func unwatchProgress(_ token: UInt64) {
        ending.withLock { _ = $0.others?.progressWatchers.removeValue(forKey: token) }
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

    /// Tasks of a chunk that no worker has started, to be submitted again; called as `tasksEnded` is.
    func tasksReturned(_ tasks: [PendingTask])
}
