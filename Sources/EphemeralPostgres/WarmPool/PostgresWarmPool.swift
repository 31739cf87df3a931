import Sennit
import Synchronization

/// Servers that are kept ready, each handed over once, with a connection: the first query is answered within a
/// millisecond or two.
///
/// For a suite of tests of which each wants a database of its own. A server is not given back: it ends with the scope
/// that it was handed to, and another one is started in its place, in the background. The connection that is opened
/// ahead of time is what the first ``PostgresServer/connect()`` returns; who asks for the server's address first, to
/// connect by other means, finds a server without connections.
public final class PostgresWarmPool: Sendable {
    private typealias Waiter = CheckedContinuation<PostgresServer, any Error>
    private typealias State = WarmPoolState<PostgresServer, Waiter>

    private let options: PostgresOptions
    private let state: Mutex<State>
    private let nextNumber = Atomic<UInt64>(0)
    private let bell = ThreadBell()

    /// Starts filling the pool.
    ///
    /// Whoever makes it shuts it down; see ``withPostgresWarmPool(_:size:_:)``.
    /// - Parameters:
    ///   - options: How every server is made; its schema is loaded before a server counts as ready.
    ///   - size: How many servers are kept ready. Each takes some 20 MB of memory and no processor time.
    public init(_ options: PostgresOptions = PostgresOptions(), size: Int = 2) {
        self.options = options
        state = Mutex(State(size: size, mostStarting: ProcessIdentity.processorCount))
        perform(state.withLock { $0.fill() })
    }

    /// How many servers are ready now.
    public var readyCount: Int { state.withLock { $0.readyCount } }

    /// Hands over a server that nobody has used before; whoever takes it stops it.
    ///
    /// - Returns: A server that runs.
    /// - Throws: ``EphemeralPostgresError`` if none could be started or the pool is shut down; `CancellationError`.
    public func take() async throws -> PostgresServer {
        while true {
            let server = try await next()
            // It may have been killed while it waited.
            if server.processID != nil { return server }
            server.stop()
        }
    }

    private func next() async throws -> PostgresServer {
        try Task.checkCancellation()
        let number = nextNumber.add(1, ordering: .relaxed).newValue
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waiter in
                perform(state.withLock { $0.take(waiter, number: number) })
                if Task.isCancelled { giveUp(number) }
            }
        } onCancel: {
            giveUp(number)
        }
    }

    private func giveUp(_ number: UInt64) {
        state.withLock { $0.giveUp(number: number) }?.resume(throwing: CancellationError())
    }

    /// Runs the body with a server that nobody has used before, and ends the server.
    ///
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, or as ``take()``.
    public func withServer<Result>(_ body: (PostgresServer) async throws -> Result) async throws -> Result {
        let server = try await take()
        do {
            let result = try await body(server)
            await server.end()
            return result
        } catch {
            await server.end()
            throw error
        }
    }

    /// Ends the servers that are ready or being started, and refuses everybody who waits.
    ///
    /// Servers that were handed over are their takers' affair.
    public func shutDown() async {
        _ = try? await OwnThread.run("sennit-postgres") { [self] _ in
            perform(state.withLock { $0.close() })
            while true {
                let ticket = bell.ticket
                if state.withLock({ $0.isQuiet }) { return }
                bell.wait(after: ticket)
            }
        }
    }

    private func perform(_ actions: [State.Action]) {
        for action in actions {
            switch action {
            case .start: start()
            case .handOver(let server, let waiter): waiter.resume(returning: server)
            case .fail(let waiter, let error): waiter.resume(throwing: error)
            case .refuse(let waiter):
                waiter.resume(throwing: EphemeralPostgresError(.stopped, "the pool is shut down"))
            case .stop(let server): server.stop()
            }
        }
    }

    private func start() {
        do {
            try SystemThread.start(name: "sennit-postgres", stackBytes: 512 << 10) { [self, options] in
                end(
                    Result {
                        let server = try ServerStart(options, CancellationFlag()).run()
                        server.prepareConnection()
                        return server
                    })
            }
        } catch {
            end(.failure(error))
        }
    }

    private func end(_ outcome: Swift.Result<PostgresServer, any Error>) {
        switch outcome {
        case .success(let server): perform(state.withLock { $0.started(server) })
        case .failure(let error): perform(state.withLock { $0.failed(error) })
        }
        bell.ring()
    }
}

/// Keeps servers ready for the length of one scope.
///
/// ```swift
/// try await withPostgresWarmPool(options, size: 4) { pool in
///     try await pool.withServer { server in … }
/// }
/// ```
/// - Parameters:
///   - options: How every server is made.
///   - size: How many servers are kept ready.
///   - body: Uses the pool, which is shut down after it.
/// - Returns: What the body returns.
/// - Throws: What the body throws.
public func withPostgresWarmPool<Result>(
    _ options: PostgresOptions = PostgresOptions(), size: Int = 2,
    _ body: (PostgresWarmPool) async throws -> Result
) async throws -> Result {
    let pool = PostgresWarmPool(options, size: size)
    do {
        let result = try await body(pool)
        await pool.shutDown()
        return result
    } catch {
        await pool.shutDown()
        throw error
    }
}
