import ByteText
import CLibpq

// Safety: the object owns the PGconn from `init` until `close()` or `deinit`. It is not Sendable, so one thread at a
// time uses it. C strings and arrays of them are borrowed for the length of one call, after which libpq has copied
// what it needs; results are adopted at once by an owner that frees them.
/// One open connection to a database, used by one thread at a time.
///
/// Every call blocks its thread until the server has answered; ``cancellation()`` gives the means to end a wait from
/// another thread. After an error of code ``PostgresError/Code/connectionLost`` only ``close()`` is of use.
@safe
public final class PostgresConnection {
    private var handle: OpaquePointer?
    private let notices = NoticeCounter()

    /// Opens a connection and waits until it can be used.
    ///
    /// - Throws: ``PostgresError`` with ``PostgresError/Code/connectionFailed``, or with
    ///   ``PostgresError/Code/wrongServer`` if another server answers than the private one that was meant.
    public init(_ parameters: PostgresParameters) throws(PostgresError) {
        if let failure = unsafe sennit_libpq_load() {
            throw PostgresError(
                .connectionFailed,
                "PostgreSQL's client library cannot be loaded (\(unsafe String(cString: failure))); "
                    + "install the package libpq5")
        }
        let privateServer = parameters.privateServer
        // Without them everything would be left to the environment.
        if privateServer != nil, LibpqKeywords.known.isEmpty { throw PostgresError(.connectionFailed, "out of memory") }
        let keywords =
            privateServer?.keywords(parameters, known: LibpqKeywords.known, isSet: LibpqKeywords.isSet)
            ?? parameters.keywords
        for (name, value) in keywords { try Self.checkText(value, name, statement: nil) }
        let names = CStrings(keywords.map(\.0))
        let values = CStrings(keywords.map(\.1))
        guard let connection = unsafe PQconnectdbParams(names.pointer, values.pointer, 0) else {
            throw PostgresError(.connectionFailed, "out of memory")
        }
        guard unsafe PQstatus(connection) == CONNECTION_OK else {
            let message = unsafe Self.message(of: connection)
            unsafe PQfinish(connection)
            throw PostgresError(
                .connectionFailed, message, hint: privateServer == nil ? nil : Self.environmentHint())
        }
        unsafe handle = connection
        unsafe notices.install(on: connection)
        guard let privateServer else { return }
        do {
            try check(privateServer, parameters)
        } catch {
            close()
            throw error
        }
    }

    deinit { close() }

    /// Closes the connection; a second time, nothing happens.
    public func close() {
        if let connection = unsafe handle { unsafe PQfinish(connection) }
        unsafe handle = nil
    }

    /// Whether the connection is open and has not been found broken.
    public var isUsable: Bool { unsafe handle.map { unsafe PQstatus($0) == CONNECTION_OK } ?? false }

    /// Whether the server has not ended the connection meanwhile, as far as can be seen without waiting.
    package var isStillOpen: Bool {
        guard let connection = unsafe handle else { return false }
        // The first look may find the server's farewell, and only the second one the end behind it.
        return unsafe PQconsumeInput(connection) == 1 && PQconsumeInput(connection) == 1 && isUsable
    }

    /// The server's version, such as 150018 for 15.18; 0 when closed.
    public var serverVersion: Int { unsafe handle.map { unsafe Int(PQserverVersion($0)) } ?? 0 }

    /// The process number of the connection's server process; 0 when closed.
    public var serverProcess: Int32 { unsafe handle.map { unsafe PQbackendPID($0) } ?? 0 }

    /// Whether the connection is inside a transaction that `BEGIN` has started.
    public var isInTransaction: Bool {
        guard let connection = unsafe handle else { return false }
        let state = unsafe PQtransactionStatus(connection)
        return state == PQTRANS_INTRANS || state == PQTRANS_INERROR
    }

    /// A handle with which another thread cancels what this connection does.
    public func cancellation() throws(PostgresError) -> PostgresCancellation {
        guard let cancel = try unsafe PQgetCancel(open(nil)) else { throw PostgresError(.misuse, "out of memory") }
        return unsafe PostgresCancellation(adopting: cancel)
    }
}

extension PostgresConnection {
    /// Runs statements, separated by semicolons, of which none needs an answer.
    ///
    /// Several statements run as one transaction unless they say otherwise themselves.
    /// - Returns: How many rows the last one changed.
    /// - Throws: ``PostgresError``; the statements before the failed one are undone with it.
    @discardableResult
    public func execute(_ sql: String) throws(PostgresError) -> Int {
        let connection = try unsafe open(sql)
        try Self.checkText(sql, "the statement", statement: sql)
        return try unsafe finished(PQexec(connection, sql), sql).affectedRows
    }

    /// Runs one statement that needs no answer, with values for `$1`, `$2`, ….
    ///
    /// - Returns: How many rows it changed.
    @discardableResult
    public func execute(_ sql: String, _ parameters: [String?]) throws(PostgresError) -> Int {
        try run(sql, parameters).affectedRows
    }

    /// Runs one statement and gives its rows, all of them in memory.
    ///
    /// - Parameters:
    ///   - sql: One statement.
    ///   - parameters: The values of `$1`, `$2`, … as text; nil for null. The server finds out their types.
    /// - Returns: The rows.
    /// - Throws: ``PostgresError``.
    public func query(_ sql: String, _ parameters: [String?] = []) throws(PostgresError) -> PostgresRows {
        PostgresRows(try run(sql, parameters))
    }

    private func run(_ sql: String, _ parameters: [String?]) throws(PostgresError) -> ServerResult {
        let connection = try unsafe open(sql)
        try Self.checkText(sql, "the statement", statement: sql)
        guard parameters.count <= 65_535 else {
            throw PostgresError(.misuse, "a statement takes at most 65535 parameters", statement: sql)
        }
        for (index, value) in parameters.enumerated() {
            if let value { try Self.checkText(value, "$\(index + 1)", statement: sql) }
        }
        let values = CStrings(parameters)
        let result = unsafe PQexecParams(
            connection, sql, Int32(parameters.count), nil, values.pointer, nil, nil, 0)
        return try unsafe finished(result, sql)
    }
}

extension PostgresConnection {
    /// The open connection.
    func open(_ statement: String?) throws(PostgresError) -> OpaquePointer {
        guard let connection = unsafe handle else { throw .closed(statement) }
        return unsafe connection
    }

    var noticeCount: Int { notices.count }

    /// Adopts a result and throws if it is a failure.
    func finished(_ raw: OpaquePointer?, _ statement: String) throws(PostgresError) -> ServerResult {
        guard let raw = unsafe raw else { throw lost(statement) }
        let result = unsafe ServerResult(adopting: raw)
        switch result.status {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
            return result
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
            leaveCopy(result.status)
            throw PostgresError(
                .misuse, "a COPY from or to the client", hint: "use copyIn or copyOut", statement: statement)
        default:
            guard isUsable else { throw lost(statement) }
            throw result.error(statement: statement)
        }
    }

    /// Ends a COPY that nobody asked for, so that the connection is of use again.
    private func leaveCopy(_ status: ExecStatusType) {
        guard let connection = unsafe handle else { return }
        if status == PGRES_COPY_IN {
            _ = unsafe PQputCopyEnd(connection, "not expected by the client")
        } else {
            unsafe skipCopyOut(connection)
        }
        while let rest = unsafe PQgetResult(connection) { unsafe PQclear(rest) }
    }

    /// Has the server stop sending, and reads what it has sent already.
    func skipCopyOut(_ connection: OpaquePointer) {
        try? cancellation().cancel()
        var row: UnsafeMutablePointer<CChar>?
        while unsafe PQgetCopyData(connection, &row, 0) > 0 { unsafe PQfreemem(row) }
    }

    /// The connection's end, as an error.
    func lost(_ statement: String?) -> PostgresError {
        guard let connection = unsafe handle else { return .closed(statement) }
        return PostgresError(.connectionLost, unsafe Self.message(of: connection), statement: statement)
    }

    /// libpq's last message without its line ends.
    static func message(of connection: OpaquePointer) -> String {
        guard let text = unsafe PQerrorMessage(connection) else { return "" }
        let lines = unsafe String(cString: text).bytes.lines.map(\.trimmed).filter { !$0.isEmpty }
        return lines.map(\.string).joined(separator: "; ")
    }

    /// A zero byte would end the text for libpq, and the rest would be lost without a word.
    static func checkText(_ text: String, _ name: String, statement: String?) throws(PostgresError) {
        if text.utf8.contains(0) {
            throw PostgresError(.misuse, "\(name) holds a zero character, which cannot be sent", statement: statement)
        }
    }
}
