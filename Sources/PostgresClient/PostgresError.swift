import ByteText

/// What went wrong between a program and its database.
public struct PostgresError: Error, Sendable, Hashable {
    /// What kind of failure it is.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Kind: String {
            case connectionFailed = "cannot connect"
            case wrongServer = "connected to another server"
            case connectionLost = "connection lost"
            case server = "refused by the server"
            case misuse = "wrong use"
            case invalidValue = "invalid value"
        }

        private let kind: Kind

        /// No connection could be opened.
        public static let connectionFailed = Code(kind: .connectionFailed)
        /// Another server answered than the private one that was meant; nothing was written to it.
        public static let wrongServer = Code(kind: .wrongServer)
        /// The connection broke, or was closed, before the statement was done; the server may have ended.
        public static let connectionLost = Code(kind: .connectionLost)
        /// The server reported an error; see ``PostgresError/sqlState``.
        public static let server = Code(kind: .server)
        /// A call that makes no sense in the connection's state, or text that cannot be sent.
        public static let misuse = Code(kind: .misuse)
        /// A value that its column's type cannot hold.
        public static let invalidValue = Code(kind: .invalidValue)

        /// The code in words.
        public var description: String { kind.rawValue }
    }

    /// What kind of failure it is.
    public var code: Code
    /// The server's five-letter code, such as "42P01" for a table that does not exist; nil if the server said nothing.
    public var sqlState: String?
    /// What happened, in one line.
    public var message: String
    /// More about it.
    public var detail: String?
    /// What may help.
    public var hint: String?
    /// Where the server was, such as the line of a COPY.
    public var context: String?
    /// The character of the statement that the error is about, counted from 1.
    public var position: Int?
    /// The start of the statement that failed.
    public var statementStart: String?

    /// Makes an error; most come from a ``PostgresConnection``.
    public init(
        _ code: Code, _ message: String, sqlState: String? = nil, detail: String? = nil, hint: String? = nil,
        context: String? = nil, position: Int? = nil, statement: String? = nil
    ) {
        self.code = code
        self.message = message
        self.sqlState = sqlState
        self.detail = detail
        self.hint = hint
        self.context = context
        self.position = position
        self.statementStart = statement.map(Self.start)
    }

    /// Statements can be long, and may hold data: only so much of one goes into an error.
    private static func start(of statement: String) -> String {
        let limit = 200
        let trimmed = statement.bytes.trimmed.text
        let start = trimmed.prefix(limit)
        return start.endIndex == trimmed.endIndex ? String(start) : start + "…"
    }
}

extension PostgresError: CustomStringConvertible {
    /// The error in words, with everything that is known about it, on one line for each.
    public var description: String {
        var lines = ["\(code): \(message)" + (sqlState.map { " (SQLSTATE \($0))" } ?? "")]
        if let detail { lines.append("detail: \(detail)") }
        if let hint { lines.append("hint: \(hint)") }
        if let context { lines.append("context: \(context)") }
        if let statementStart {
            lines.append("statement\(position.map { ", at character \($0)" } ?? ""): \(statementStart)")
        }
        return lines.joined(separator: "\n  ")
    }
}

extension PostgresError {
    /// Whether the statement was cancelled on request.
    public var isCancellation: Bool { sqlState == "57014" }

    static func closed(_ statement: String?) -> PostgresError {
        PostgresError(.misuse, "the connection is closed", statement: statement)
    }
}
