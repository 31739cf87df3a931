/// Runs a private PostgreSQL server for the length of one scope.
///
/// ```swift
/// try await withPostgres { server in
///     let connection = try server.connect()
///     try connection.execute("CREATE TABLE price (sku text, amount numeric)")
/// }
/// ```
///
/// The server is ready some 30 milliseconds after the call, once the first call on the machine has prepared a data
/// directory, which takes about a second. When the body returns or throws, the server ends and everything it has
/// stored is gone; so it is when this process dies, however it dies.
///
/// - Parameters:
///   - options: Which server, where, and with what in it.
///   - body: Uses the server, which ends with it.
/// - Returns: What the body returns.
/// - Throws: What the body throws, ``EphemeralPostgresError``, or `CancellationError` if the task is cancelled while
///   the server starts. Later the body has to notice that itself, as everywhere.
public func withPostgres<Result>(
    _ options: PostgresOptions = PostgresOptions(), _ body: (PostgresServer) async throws -> Result
) async throws -> Result {
    let server = try await PostgresServer.start(options)
    do {
        let result = try await body(server)
        await server.end()
        return result
    } catch {
        await server.end()
        throw error
    }
}

extension PostgresServer {
    /// Starts a server that whoever calls this stops.
    ///
    /// Prefer ``withPostgres(_:_:)``. A server that is let go of without ``stop(keepingFiles:)`` is stopped then.
    /// - Throws: As ``withPostgres(_:_:)``.
    public static func start(_ options: PostgresOptions = PostgresOptions()) async throws -> PostgresServer {
        try await OwnThread.run("sennit-postgres") { flag in try ServerStart(options, flag).run() }
    }

    /// Ends the server without blocking the calling thread, even if its task is cancelled.
    func end() async {
        _ = try? await OwnThread.run("sennit-postgres") { [self] _ in stop() }
    }
}
