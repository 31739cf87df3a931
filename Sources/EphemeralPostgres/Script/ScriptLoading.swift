public import PostgresClient

/// What a script has done.
public struct PostgresScriptResult: Sendable, Hashable {
    /// Statements that were run, COPY among them.
    public var statements = 0
    /// Rows that its COPY statements have brought.
    public var copiedRows = 0

    /// Nothing done.
    public init() {}
}

extension PostgresConnection {
    /// Runs a script as psql does, each statement by itself, and stops at the first one that fails.
    ///
    /// The script is bytes in the encoding of the session, UTF-8 until the script sets `client_encoding`; afterwards
    /// the session reads UTF-8 again. `COPY … FROM stdin` takes its data from the script, up to the line `\.`. Rows
    /// that a statement gives are passed over. Of psql's own commands, those that `pg_dump` writes are understood; any
    /// other is an error. It blocks the thread.
    /// - Returns: What was done.
    /// - Throws: ``EphemeralPostgresError`` of code ``EphemeralPostgresError/Code/scriptFailed``, which names the line;
    ///   what ran before the failure stays done, unless it is inside of a transaction.
    @discardableResult
    public func run(_ script: PostgresScript) throws -> PostgresScriptResult {
        try run(script, CancellationFlag())
    }

    // Safety: the bytes are lent for the length of the closure, in which the run ends.
    func run(_ script: PostgresScript, _ flag: CancellationFlag) throws -> PostgresScriptResult {
        switch script {
        case .text(let text):
            var text = text
            return try text.withUTF8 { bytes in
                var run = unsafe ScriptRun(self, UnsafeRawBufferPointer(bytes), name: "the script", flag)
                return try run.finish()
            }
        case .file(let path):
            guard let status = FileSystem.status(resolving: path) else {
                throw EphemeralPostgresError(.scriptFailed, "there is no file \(path)")
            }
            guard status.isRegular else { throw EphemeralPostgresError(.scriptFailed, "\(path) is no plain file") }
            guard status.size > 0 else { return PostgresScriptResult() }
            let file: MappedFile
            do {
                file = try MappedFile(path)
            } catch {
                throw EphemeralPostgresError(.scriptFailed, "\(error)")
            }
            return try file.withBytes { (span) throws in
                try unsafe span.withUnsafeBytes { bytes in
                    var run = unsafe ScriptRun(self, bytes, name: path, flag)
                    return try run.finish()
                }
            }
        }
    }
}

extension PostgresServer {
    /// Runs a script, or loads a plain dump; see `PostgresConnection.run(_:)`.
    ///
    /// When the task is cancelled, the statement that runs is cancelled too.
    /// - Returns: What was done.
    /// - Throws: ``EphemeralPostgresError`` or `CancellationError`.
    @discardableResult
    public func load(_ script: PostgresScript) async throws -> PostgresScriptResult {
        try await OwnThread.run("sennit-postgres") { [self] flag in try loadBlocking(script, flag) }
    }

    @discardableResult
    func loadBlocking(_ script: PostgresScript, _ flag: CancellationFlag) throws -> PostgresScriptResult {
        let connection = try connect()
        defer { connection.close() }
        return try connection.run(script, flag)
    }
}
