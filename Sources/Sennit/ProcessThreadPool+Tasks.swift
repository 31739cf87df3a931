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
    /// - Throws: ``PoolError`` (shut down, failed, not encodable), ``PayloadTooLarge``, ``TaskTimedOut`` for a deadline in
    ///   the past, and `CancellationError` while waiting for room.
    public func submit<Work: PoolTask>(_ task: Work, options: TaskOptions? = nil) async throws -> TaskHandle<Work.Output>
    where Work.Context == Context {
        try await core.submit(task, options: options, keeping: lifetime)
    }

    /// Hands in one task that needs no context; see the function for tasks of the pool's context.
    @_disfavoredOverload
    public func submit<Work: PoolTask>(_ task: Work, options: TaskOptions? = nil) async throws -> TaskHandle<Work.Output>
    where Work.Context == NoContext {
        try await core.submit(task, options: options, keeping: lifetime)
    }
}

extension PoolCore {
    package func run<Work: PoolTask>(_ task: Work, options: TaskOptions?) async throws -> Work.Output {
        let pending = try prepare(task, options: options, sink: nil, index: 0)
        try Task.checkCancellation()
        try await submit(pending)
        if inFlight.load(ordering: .relaxed) == 1 { driver.spin(for: pending, in: self) }
        if !pending.isFinished {
            await withTaskCancellationHandler {
                await pending.wait()
            } onCancel: {
                cancel(pending)
            }
        }
        return try TaskResult.decode(pending.outcome, as: Work.Output.self)
    }

    package func submit<Work: PoolTask>(
        _ task: Work, options: TaskOptions?, keeping lifetime: PoolLifetime
    ) async throws -> TaskHandle<Work.Output> {
        let pending = try prepare(task, options: options, sink: nil, index: 0)
        try await submit(pending)
        return TaskHandle(pending, self, lifetime)
    }

    /// Encodes a task on the caller's thread and makes its record.
    package func prepare<Work: PoolTask>(
        _ task: Work, options given: TaskOptions?, sink: (any CompletionSink)?, index: Int
    ) throws -> PendingTask {
        let type = try types.entry(for: Work.self)
        let options = given ?? Work.options
        let specification = try specification(options, isIdempotent: Work.isIdempotent)
        return PendingTask(
            type: type, arguments: try encode(task, options.metadata), specification: specification, sink: sink, index: index)
    }

    private func specification(_ given: TaskOptions, isIdempotent: Bool) throws -> TaskSpecification {
        var specification = TaskSpecification()
        specification.priority = given.priority
        specification.keyHash = given.key.map { KeyHash.value(of: $0) }
        specification.isIdempotent = given.isIdempotent ?? isIdempotent
        specification.retries = given.retries ?? options.retries
        if let timeout = given.timeout {
            guard timeout > .zero else { throw PoolError(.invalidArgument, "A timeout of \(timeout) is not positive.") }
            specification.timeout = max(1, timeout.clampedNanoseconds)
        }
        guard specification.retries >= 0 else {
            throw PoolError(.invalidArgument, "A task cannot be retried \(specification.retries) times.")
        }
        if let deadline = given.deadline {
            let left = driver.remainingTime(until: deadline)
            // One nanosecond after the start of time is in the past for everybody.
            specification.deadline = left > .zero ? driver.now() &+ left.clampedNanoseconds : 1
        }
        if case .killAfter(let time) = given.cancellation {
            specification.killAfterCancellation = time.clampedNanoseconds
        }
        return specification
    }

    private func encode<Work: PoolTask>(_ task: Work, _ metadata: [String: String]) throws -> EncodedArguments {
        var writer = ByteWriter()
        let attachments = AttachedSegments()
        do {
            let limit = options.maximumPayloadBytes
            if !metadata.isEmpty { try WireCoder.encode(metadata, into: &writer, sizeLimit: limit) }
            try WireCoder.encode(task, into: &writer, attachments: attachments, sizeLimit: limit - writer.count)
        } catch let error as WireError where error.code == .tooLarge {
            throw PayloadTooLarge(byteCount: options.maximumPayloadBytes + 1, maximumByteCount: options.maximumPayloadBytes)
        } catch {
            throw PoolError(.encodingFailed, "The arguments of \(Work.self) cannot be encoded: \(error)", cause: error)
        }
        return unsafe writer.withUnsafeBytes { bytes in
            var arguments = EncodedArguments(
                bytes: .small(0, 0, count: 0), segment: nil, count: bytes.count, attachments: attachments.segments,
                flags: metadata.isEmpty ? 0 : TaskFlags.hasMetadata)
            if bytes.count > PayloadPolicy(inlineBytes: ChannelLayout.inlineCapacity).arenaBytes,
                options.sharedMemory == .automatic, let segment = try? SegmentRegistry.process.make(bytes.count)
            {
                // Copied here, on the caller's thread, so that handing it to a worker costs nothing.
                if let source = bytes.baseAddress {
                    unsafe segment.baseAddress.copyMemory(from: source, byteCount: bytes.count)
                }
                segment.noteUse(bytes.count)
                arguments.segment = segment
            } else {
                arguments.bytes = unsafe PayloadBytes(copying: bytes)
            }
            return arguments
        }
    }
}

/// Turns keys into numbers that are the same in every process.
enum KeyHash {
    /// FNV-1a, 64 bits: stable between runs, unlike `Hasher`.
    static func value(of key: String) -> UInt64 {
        key.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}

/// Decodes what came back, on the thread of whoever wanted it.
package enum TaskResult {
    package static func decode<Output: Decodable>(_ outcome: TaskOutcome?, as type: Output.Type) throws -> Output {
        switch outcome {
        case .output(let bytes):
            do {
                return try unsafe bytes.withBytes { bytes in
                    var reader = unsafe ByteReader(bytes)
                    return try WireCoder.decode(type, from: &reader, attachments: SegmentLookup(in: .process))
                }
            } catch {
                throw PoolError(.decodingFailed, "The result (\(type)) cannot be decoded: \(error)", cause: error)
            }
        case .thrown(let bytes):
            throw try unsafe bytes.withBytes { bytes in
                var reader = unsafe ByteReader(bytes)
                return try ErrorEnvelope.decode(from: &reader, attachments: SegmentLookup(in: .process))
            }
        case .failure(let error):
            throw error
        case nil:
            throw PoolError(.decodingFailed, "The task has not ended.")
        }
    }
}
