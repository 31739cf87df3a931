/// What a wait for several tasks waits for.
public enum WaitCondition: Sendable, Hashable, CaseIterable {
    /// The first task that has ended, in whichever way.
    case firstEnded
    /// The first task that has failed or was cancelled; the end of all if none does.
    case firstFailure
    /// The end of all.
    case allEnded
}

extension TaskHandle {
    /// What has ended and what has not, after a wait for several tasks.
    public struct Waited: Sendable {
        /// The tasks that have ended, in the order in which they were given.
        public let ended: [TaskHandle]
        /// The others, which go on, in the order in which they were given.
        public let pending: [TaskHandle]
    }

    /// Waits for several tasks, which may belong to different pools.
    ///
    /// A task that has ended already counts at once, a cancelled one too. A task that is given twice counts once.
    /// Nothing is cancelled, and no task's error is thrown: each handle tells its own.
    ///
    /// - Parameters:
    ///   - handles: The tasks. None at all is a wait that is over at once.
    ///   - condition: What to wait for.
    ///   - limit: How long to wait at most; nil waits for ever, zero or less only looks.
    /// - Returns: The tasks in two lists; after the time limit, the condition need not hold.
    /// - Throws: `CancellationError` when the waiting Swift task is cancelled; the tasks go on.
    public static func wait(
        for handles: [TaskHandle], until condition: WaitCondition = .allEnded, within limit: Duration? = nil
    ) async throws -> Waited {
        let wait = HandleWait(handles, within: limit)
        var isOver = false
        while !isOver, let ended = try await wait.next() {
            switch condition {
            case .firstEnded: isOver = true
            case .firstFailure: isOver = ended.state != .succeeded
            case .allEnded: break
            }
        }
        // Others may have ended beside the one that ended the wait.
        let distinct = HandleWait.distinct(handles)
        return Waited(
            ended: distinct.filter { $0.state.isFinal }, pending: distinct.filter { !$0.state.isFinal })
    }

    /// Several tasks, one after the other as they end.
    ///
    /// Tasks that have ended already come first, in the order in which they were given. A task that is given twice
    /// comes once. A handle is let go as soon as it has been given out.
    ///
    /// - Parameters:
    ///   - handles: The tasks, which may belong to different pools.
    ///   - limit: How long to wait at most, from the beginning of the iteration; nil waits for ever.
    /// - Returns: The handles as an asynchronous sequence. When the time is up it throws ``PoolError`` with
    ///   `timedOutWaiting`; the tasks go on and their handles stay good. It throws `CancellationError` when the
    ///   iterating Swift task is cancelled.
    public static func asCompleted(_ handles: [TaskHandle], within limit: Duration? = nil) -> EndingHandles<Output> {
        EndingHandles(handles: handles, limit: limit)
    }
}

/// Tasks in the order in which they end; made by `TaskHandle.asCompleted`.
public struct EndingHandles<Output: Codable & Sendable>: AsyncSequence {
    /// A task that has ended.
    public typealias Element = TaskHandle<Output>

    fileprivate let handles: [TaskHandle<Output>]
    fileprivate let limit: Duration?

    /// Waits for one task after the other.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private let wait: HandleWait<Output>

        fileprivate init(_ sequence: EndingHandles) { wait = HandleWait(sequence.handles, within: sequence.limit) }

        /// The next task that has ended, or nil when there are no more.
        ///
        /// May be called again after it has thrown: what has ended meanwhile is not lost.
        ///
        /// - Throws: ``PoolError`` with `timedOutWaiting` when the time is up, or `CancellationError`.
        public mutating func next() async throws -> TaskHandle<Output>? {
            if let ended = try await wait.next() { return ended }
            guard wait.isExhausted else {
                throw PoolError(
                    .timedOutWaiting, "\(wait.pendingCount) of the tasks have not ended in time; they go on.")
            }
            return nil
        }
    }

    /// Begins to wait.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(self) }
}

@available(*, unavailable)
extension EndingHandles.AsyncIterator: Sendable {}

/// One wait for several handles.
final class HandleWait<Output: Codable & Sendable> {
    private let collector = TaskCollector()
    private var waiting: [ObjectIdentifier: (handle: TaskHandle<Output>, token: UInt64)] = [:]
    private var ended: [PendingTask] = []
    private let end: WaitEnd?

    init(_ handles: [TaskHandle<Output>], within limit: Duration?) {
        // Pools of one program share their clock.
        let driver = handles.first?.driver
        end = limit.flatMap { limit in driver.map { WaitEnd(after: limit, by: $0) } }
        for handle in Self.distinct(handles) {
            let (task, collector) = (handle.task, collector)
            let token = task.watchProgress { [unowned task] progress in
                if progress == nil { collector.tasksEnded([task]) }
            }
            waiting[ObjectIdentifier(task)] = (handle, token)
        }
    }

    deinit {
        collector.abandon()
        for (handle, token) in waiting.values { handle.task.unwatchProgress(token) }
    }

    static func distinct(_ handles: [TaskHandle<Output>]) -> [TaskHandle<Output>] {
        var seen: Set<ObjectIdentifier> = []
        return handles.filter { seen.insert(ObjectIdentifier($0.task)).inserted }
    }

    var isExhausted: Bool { waiting.isEmpty }
    var pendingCount: Int { waiting.count }

    /// The next that has ended; nil when there are no more or the time is up.
    func next() async throws -> TaskHandle<Output>? {
        while !waiting.isEmpty {
            if let task = ended.popLast() { return waiting.removeValue(forKey: ObjectIdentifier(task))?.handle }
            collector.take(into: &ended)
            if ended.isEmpty {
                try Task.checkCancellation()
                let isTimeUp = await !collector.wait(until: end)
                collector.take(into: &ended)
                if isTimeUp, ended.isEmpty { return nil }
            }
            ended.reverse()
        }
        return nil
    }
}
