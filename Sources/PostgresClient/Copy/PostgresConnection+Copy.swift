import CLibpq

// Safety: rows that libpq allocates are freed on every path of the loop that reads them; bytes are lent to the caller
// for the length of its closure.
extension PostgresConnection {
    /// Runs a `COPY … FROM STDIN` with the bytes that the closure writes, in the statement's format.
    ///
    /// ```swift
    /// let rows = try connection.copyIn("COPY price FROM STDIN") { writer in
    ///     try writer.write(block.span.bytes)
    /// }
    /// ```
    ///
    /// If the closure throws, the server is told to forget the rows, and that error is thrown. If the server refuses
    /// a row, the next write throws, and then this function throws what the server said.
    /// - Returns: How many rows were copied.
    /// - Throws: What the closure throws, or ``PostgresError``.
    @discardableResult
    public func copyIn(_ statement: String, _ body: (PostgresCopyWriter) throws -> Void) throws -> Int {
        try unsafe copyData(beginCopy(statement, PGRES_COPY_IN), statement, body)
    }

    /// Sends the data of a COPY that the server waits for, and ends it.
    func copyData(
        _ connection: OpaquePointer, _ statement: String, _ body: (PostgresCopyWriter) throws -> Void
    ) throws -> Int {
        let writer = PostgresCopyWriter(self, statement: statement)
        do {
            defer { writer.close() }
            try body(writer)
        } catch {
            _ = unsafe PQputCopyEnd(connection, "given up by the client")
            let outcome = Result { () throws(PostgresError) in try unsafe endCopy(connection, statement) }
            // The server's own words say more than that a write failed.
            if case .failure(let cause) = outcome, error is PostgresError, writer.hasFailed { throw cause }
            throw error
        }
        // Refused only by a broken connection, of which the result says more.
        _ = unsafe PQputCopyEnd(connection, nil)
        return try unsafe endCopy(connection, statement)
    }

    /// How much of what the server sends is gathered before it is handed over.
    private static let chunkSize = 128 * 1024

    /// Runs a `COPY … TO STDOUT` and hands over what the server sends, in its order, in chunks of whole rows.
    ///
    /// A chunk has about 128 kB, or is as large as one row. If the closure throws, the server is told to stop, and that
    /// error is thrown.
    /// - Returns: How many rows were copied.
    /// - Throws: What the closure throws, or ``PostgresError``.
    @discardableResult
    public func copyOut(_ statement: String, _ body: (RawSpan) throws -> Void) throws -> Int {
        let connection = try unsafe beginCopy(statement, PGRES_COPY_OUT)
        var chunk: [UInt8] = []
        chunk.reserveCapacity(2 * Self.chunkSize)
        do {
            while true {
                var row: UnsafeMutablePointer<CChar>?
                let count = unsafe PQgetCopyData(connection, &row, 0)
                guard count > 0 else { break }
                unsafe chunk.append(contentsOf: UnsafeRawBufferPointer(start: row, count: Int(count)))
                unsafe PQfreemem(row)
                if chunk.count >= Self.chunkSize {
                    try unsafe body(chunk.span.bytes)
                    chunk.removeAll(keepingCapacity: true)
                }
            }
            if !chunk.isEmpty { try unsafe body(chunk.span.bytes) }
        } catch {
            unsafe skipCopyOut(connection)
            _ = try? unsafe endCopy(connection, statement)
            throw error
        }
        return try unsafe endCopy(connection, statement)
    }

    private func beginCopy(_ statement: String, _ direction: ExecStatusType) throws(PostgresError) -> OpaquePointer {
        let connection = try unsafe open(statement)
        try Self.checkText(statement, "the statement", statement: statement)
        guard let raw = unsafe PQexec(connection, statement) else { throw lost(statement) }
        if unsafe PQresultStatus(raw) == direction {
            unsafe PQclear(raw)
            return unsafe connection
        }
        _ = try unsafe finished(raw, statement)
        throw PostgresError(.misuse, "the statement is no COPY between server and client", statement: statement)
    }

    private func endCopy(_ connection: OpaquePointer, _ statement: String) throws(PostgresError) -> Int {
        var failure: PostgresError?
        var rows = 0
        while let raw = unsafe PQgetResult(connection) {
            do throws(PostgresError) {
                rows = try unsafe finished(raw, statement).affectedRows
            } catch {
                if failure == nil { failure = error }
                if !isUsable { break }
            }
        }
        if var failure {
            // A server that goes may say so first.
            if !isUsable { failure.code = .connectionLost }
            throw failure
        }
        guard isUsable else { throw lost(statement) }
        return rows
    }
}
