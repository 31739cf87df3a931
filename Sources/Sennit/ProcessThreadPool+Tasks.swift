internal import Synchronization

extension ProcessThreadPool {
    /// Runs one task in a worker and waits for its output.
    ///
    /// When the calling Swift task is cancelled, the task is removed if it has not started; else it is cancelled in its
    /// worker, and this function returns when it has ended (see `TaskOptions.Cancellation`).
    ///
    /// - Parameters:
    ///   - task: The task; a copy of it travels.
    ///   - options: What holds for this one; nil takes the options of the task's type.
    /// - Returns: The task's output.
    /// - Throws: What the task threw (as itself if `Codable`, else ``RemoteError``), ``WorkerDied``, ``TaskTimedOut``,
    ///   ``PoisonedTask``, ``PayloadTooLarge``, ``PoolError``, or `CancellationError`.
    public func run<Work: PoolTask>(_ task: Work, options: TaskOptions? = nil) async throws -> Work.Output
    where Work.Context == Context {
        try await core.run(task, options: options)
    }

    /// Runs one task that needs no context; see the function for tasks of the pool's context.
    @_disfavoredOverload
    public func run<Work: PoolTask>(_ task: Work, options: TaskOptions? = nil) async throws -> Work.Output
    where Work.Context == NoContext {
        try await core.run(task, options: options)
    }

    /// Hands one task in and returns a handle on it; suspends only while the pool's queue is full.
    ///
    /// The task goes on when the handle is dropped.
    ///
    /// - Parameters:
    ///   - task: The task; a copy of it travels.
    ///   - options: What holds for this one; nil takes the options of the task's type.
    /// - Returns: A handle to wait for, watch and cancel the task.
    /// - Throws: ``PoolError`` (shut down, failed, not encodable), ``PayloadTooLarge``, ``TaskTimedOut`` for a deadline
    ///   in the past, and `CancellationError` while waiting for room.
    public func submit<Work: PoolTask>(_ task: Work, options: TaskOptions? = nil) async throws -> TaskHandle<
        Work.Output
    >
    where Work.Context == Context {
        try await core.submit(task, options: options, keeping: lifetime)
    }

    /// Hands in one task that needs no context; see the function for tasks of the pool's context.
    @_disfavoredOverload
    public func submit<Work: PoolTask>(_ task: Work, options: TaskOptions? = nil) async throws -> TaskHandle<
        Work.Output
    >
    where Work.Context == NoContext {
        try await core.submit(task, options: options, keeping: lifetime)
    }

    /// Hands one task in if the pool's queue has room for it; never waits.
    ///
    /// For callers that shed load, or that are not asynchronous. Workers that are needed for it are started.
    ///
    /// - Parameters:
    ///   - task: The task; a copy of it travels.
    ///   - options: What holds for this one; nil takes the options of the task's type.
    /// - Returns: A handle on the task; nil when the queue is full (see `PoolOptions.maximumQueuedTasks`).
    /// - Throws: ``PoolError`` (shut down, failed, not encodable), ``PayloadTooLarge``, and ``TaskTimedOut`` for a
    ///   deadline in the past.
    public func trySubmit<Work: PoolTask>(_ task: Work, options: TaskOptions? = nil) throws -> TaskHandle<Work.Output>?
    where Work.Context == Context {
        try core.trySubmit(task, options: options, keeping: lifetime)
    }

    /// Hands in one task that needs no context, if there is room; see the function for tasks of the pool's context.
    @_disfavoredOverload
    public func trySubmit<Work: PoolTask>(_ task: Work, options: TaskOptions? = nil) throws -> TaskHandle<Work.Output>?
    where Work.Context == NoContext {
        try core.trySubmit(task, options: options, keeping: lifetime)
    }
}

extension PoolCore {
    package func run<Work: PoolTask>(_ task: Work, options: TaskOptions?) async throws -> Work.Output {
        let pending = try prepare(task, options: options)
        try Task.checkCancellation()
        try await submit(pending)
        let isAlone = tasksInFlight == 1
        driver.look(in: self, mayWait: isAlone) { pending.isFinished }
        if !pending.isFinished {
            await withTaskCancellationHandler {
                await pending.wait()
            } onCancel: {
                cancel(pending)
            }
            if isAlone { driver.lookedTooShort() }
        }
        return try TaskResult.decode(pending.outcome, as: Work.Output.self)
    }

    package func submit<Work: PoolTask>(
        _ task: Work, options: TaskOptions?, keeping lifetime: PoolLifetime
    ) async throws -> TaskHandle<Work.Output> {
        let pending = try prepare(task, options: options)
        try await submit(pending)
        return TaskHandle(pending, self, lifetime)
    }

    package func trySubmit<Work: PoolTask>(
        _ task: Work, options: TaskOptions?, keeping lifetime: PoolLifetime
    ) throws -> TaskHandle<Work.Output>? {
        let pending = try prepare(task, options: options)
        do throws(SubmissionRefusal) {
            try submitNow(pending)
            return TaskHandle(pending, self, lifetime)
        } catch {
            switch error {
            case .full: return nil
            case .shutDown, .poolFailed, .deadlinePassed: throw describe(error, pending)
            }
        }
    }
}

// Safety: readers do not outlive the calls that lend them the outcome's bytes.
/// Decodes what came back, on the thread of whoever wanted it.
package enum TaskResult {
    // Has no state beyond the registry, so one serves all.
    private static var segments: SegmentLookup { SegmentLookup.process }
    /// What the last result's decoding has left for the next one.
    private static let memory = Mutex<DecodingMemory?>(nil)

    package static func decode<Output: Decodable>(_ outcome: TaskOutcome?, as type: Output.Type) throws -> Output {
        switch outcome {
        case .output(let bytes):
            do {
                return try unsafe bytes.withBytes { bytes in
                    var reader = unsafe ByteReader(bytes)
                    return try decode(type, from: &reader)
                }
            } catch {
                throw PoolError(.decodingFailed, "The result (\(type)) cannot be decoded: \(error)", cause: error)
            }
        case .thrown(let bytes):
            throw try unsafe bytes.withBytes { bytes in
                var reader = unsafe ByteReader(bytes)
                return try ErrorEnvelope.decode(from: &reader, attachments: segments)
            }
        case .failure(let error):
            throw error
        case nil:
            throw PoolError(.decodingFailed, "The task has not ended.")
        }
    }

    @inline(__always)
    private static func decode<Output: Decodable>(
        _ type: Output.Type, from reader: inout ByteReader
    ) throws -> Output {
        // A plain value needs none.
        if TypeShape.of(type) == .plain {
            return try WireCoder.decode(type, from: &reader, attachments: segments)
        }
        var spare: DecodingMemory?
        memory.withLock { swap(&$0, &spare) }
        var own = spare.take() ?? DecodingMemory()
        let output = try WireCoder.decode(type, from: &reader, attachments: segments, using: &own)
        spare = consume own
        memory.withLock { swap(&$0, &spare) }
        return output
    }
}
