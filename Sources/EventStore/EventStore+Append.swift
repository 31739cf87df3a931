import Foundation
import Synchronization

/// What a caller that waits for its append is told.
enum AppendTurn: Sendable {
    /// Somebody else has written it.
    case done(Result<AppendResult, any Error>)
    /// Write it yourself, and what has come meanwhile.
    case lead
    /// Whoever was to write it has given up.
    case again
}

typealias AppendWaiter = CheckedContinuation<AppendTurn, Never>

extension EventStore {
    /// Appends events to a stream, all or none.
    ///
    /// The events are in the file when this returns; see ``EventStoreOptions/Durability`` for what a loss of power can
    /// take. Callers that append at the same time share a transaction.
    ///
    /// - Parameters:
    ///   - stream: The stream; it is made by its first event.
    ///   - expected: What the writer knows about the stream.
    ///   - events: One or more events, in order.
    ///   - commandID: The key of the command behind it. An append with a key that was used before writes nothing: with
    ///     the same events it returns the first result, whatever was expected; with others it throws.
    ///   - metadata: Where the events come from.
    /// - Returns: Where the events are.
    /// - Throws: ``VersionConflict``, ``CommandConflict``, ``EventStoreError``, or `CancellationError` if the task was
    ///   cancelled before the events were written. Nothing is written if it throws.
    @discardableResult
    public func append(
        to stream: StreamID, expecting expected: ExpectedVersion = .any, _ events: [any Event],
        commandID: CommandID? = nil, metadata: EventMetadata = EventMetadata()
    ) async throws -> AppendResult {
        let request = AppendRequest(
            stream: stream, expected: expected,
            events: try events.map { try EncodedEvent($0, limit: options.maximumEventBytes) }, metadata: metadata,
            command: commandID, time: options.now().microseconds)
        return try await append(request)
    }

    func append(_ request: AppendRequest) async throws -> AppendResult {
        try request.validate(options)
        while true {
            try Task.checkCancellation()
            if queue.withLock({ $0.tryLead() }) { return try await lead(request) }
            switch await turn(of: request) {
            case .done(let result): return try result.get()
            case .lead: return try await lead(request)
            case .again: continue
            }
        }
    }

    /// Waits for somebody to write the request, or to be asked to.
    private func turn(of request: AppendRequest) async -> AppendTurn {
        let id = nextWaiter.wrappingAdd(1, ordering: .relaxed).newValue
        return await withTaskCancellationHandler {
            await withCheckedContinuation { (waiter: AppendWaiter) in
                let arrival = queue.withLock { queue in
                    queue.arrive(AppendQueue.Entry(id: id, request: request, waiter: waiter))
                }
                switch arrival {
                case .lead: waiter.resume(returning: .lead)
                case .waits where Task.isCancelled: withdraw(id)
                case .waits: break
                case .refused: waiter.resume(returning: .done(.failure(overloaded)))
                }
            }
        } onCancel: {
            withdraw(id)
        }
    }

    private func withdraw(_ id: Int) {
        let entry = queue.withLock { $0.withdraw(id) }
        entry?.waiter.resume(returning: .done(.failure(CancellationError())))
    }

    private var overloaded: EventStoreError {
        EventStoreError(
            .overloaded, "\(options.maximumWaitingAppends) appends wait already. Slow down, or raise the limit.")
    }

    /// Writes the request and what waits, and hands over to the next.
    private func lead(_ request: AppendRequest) async throws -> AppendResult {
        let others = queue.withLock { $0.takeGroup(options.maximumGroup - 1) }
        defer { queue.withLock { $0.leave() }?.waiter.resume(returning: .lead) }
        let results: [Result<AppendResult, any Error>]
        do {
            results = try await connection.append([request] + others.map(\.request))
        } catch {
            // Only this caller was cancelled; the others' events are still wanted.
            let turn = error is CancellationError ? AppendTurn.again : .done(.failure(error))
            for other in others { other.waiter.resume(returning: turn) }
            throw error
        }
        if let last = results.compactMap({ try? $0.get().position }).max() { head.advance(to: last) }
        for (other, result) in zip(others, results.dropFirst()) { other.waiter.resume(returning: .done(result)) }
        return try results[0].get()
    }
}
