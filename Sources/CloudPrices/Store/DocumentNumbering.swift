import Dispatch
import PostgresClient
import Synchronization

/// Which numbers the documents of a load get that is added to others.
///
/// The thread that encodes rows says whose they are, once, and waits; the thread that holds the connection asks the
/// database, within the load's transaction. Until its end no other load of this provider is given numbers.
final class DocumentNumbering: Sendable {
    private struct State {
        var provider: CloudProvider?
        var answer: Result<Int32, any Error>?
        /// Ends the wait for another load.
        var cancellation: PostgresCancellation?
    }

    private let state = Mutex(State())
    private let asked = DispatchSemaphore(value: 0)
    private let answered = DispatchSemaphore(value: 0)

    /// Asks, and waits for the answer; there is one question.
    ///
    /// - Returns: the largest number that a document of the provider has; 0 if there is none.
    /// - Throws: what the load failed with; `CancellationError` when the task is cancelled.
    func documents(before provider: CloudProvider) throws -> Int32 {
        state.withLock { $0.provider = provider }
        asked.signal()
        // Another load may take long, and a thread that waits is not told that its task is cancelled.
        while answered.wait(timeout: .now() + .milliseconds(50)) == .timedOut { try Task.checkCancellation() }
        // Whoever asks again after a failure must not wait.
        answered.signal()
        return try state.withLock { $0.answer }?.get() ?? 0
    }

    /// Says that nobody will ask any more.
    func end() { asked.signal() }

    /// Ends the wait for another load, if there is one at this moment.
    func interrupt() {
        let waiting = state.withLock { $0.answer == nil ? $0.cancellation : nil }
        try? waiting?.cancel()
    }

    /// What was answered; 0 if nobody has asked.
    var documentsBefore: Int32 { (try? state.withLock { $0.answer }?.get()) ?? 0 }

    /// Waits for the question and answers it; does nothing if there is none.
    func answer(_ connection: PostgresConnection) throws {
        asked.wait()
        guard let provider = state.withLock({ $0.provider }) else { return }
        let cancellation = try connection.cancellation()
        state.withLock { $0.cancellation = cancellation }
        // A load that replaces the rows numbers from one: it must be through, or not have begun.
        try connection.execute("LOCK TABLE api_price.infra_price IN ROW EXCLUSIVE MODE")
        _ = try connection.query(
            "SELECT pg_advisory_xact_lock(hashtextextended('price_source ' || $1, 0))", [provider.rawValue])
        let rows = try connection.query(
            "SELECT coalesce(max(source_id), 0) FROM api_price.price_source WHERE cloud_provider = $1",
            [provider.rawValue])
        let number = rows.first?[0].flatMap { Int32($0) } ?? 0
        state.withLock { $0.answer = .success(number) }
        answered.signal()
    }

    /// Lets go whoever waits for an answer.
    func fail(_ error: any Error) {
        state.withLock { $0.answer = .failure(error) }
        answered.signal()
    }
}
