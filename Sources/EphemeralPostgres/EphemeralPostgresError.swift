import ByteText
public import PostgresClient

/// Why there is no server, or why it could not do what was asked.
public struct EphemeralPostgresError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of failure it is.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Kind: String {
            case invalidOption = "an option cannot be used"
            case notInstalled = "no PostgreSQL server found"
            case templateFailed = "no data directory could be prepared"
            case noDirectory = "no place for the server's files"
            case socketPathTooLong = "the path of the server's socket is too long"
            case startFailed = "the server did not start"
            case serverEnded = "the server has ended"
            case stopped = "the server was stopped"
            case scriptFailed = "a script failed"
            case dumpFailed = "the dump failed"
        }

        private let kind: Kind

        /// An option is not one that a private server can have.
        public static let invalidOption = Code(kind: .invalidOption)
        /// The machine has no server, or not the version that was asked for.
        public static let notInstalled = Code(kind: .notInstalled)
        /// `initdb` or what follows it failed.
        public static let templateFailed = Code(kind: .templateFailed)
        /// No directory can take the server's files.
        public static let noDirectory = Code(kind: .noDirectory)
        /// A Unix socket's path has at most 107 bytes.
        public static let socketPathTooLong = Code(kind: .socketPathTooLong)
        /// The server ended, or was silent, before it was ready.
        public static let startFailed = Code(kind: .startFailed)
        /// The server ended by itself, or somebody killed it.
        public static let serverEnded = Code(kind: .serverEnded)
        /// The server is used after its scope.
        public static let stopped = Code(kind: .stopped)
        /// A statement of a script failed, or the script is none.
        public static let scriptFailed = Code(kind: .scriptFailed)
        /// A dump could not be made.
        public static let dumpFailed = Code(kind: .dumpFailed)

        /// The code in words.
        public var description: String { kind.rawValue }
    }

    /// What kind of failure it is.
    public var code: Code
    /// What happened and what may help.
    public var message: String
    /// The end of the server's or the tool's own log; empty if there is none.
    public var log: String
    /// What the server said of a statement that it refused.
    public var cause: PostgresError?

    /// Makes an error; they come from this module.
    public init(_ code: Code, _ message: String, log: String = "", cause: PostgresError? = nil) {
        self.cause = cause
        self.code = code
        self.message = message
        self.log = log
    }

    /// The error in words, followed by the log.
    public var description: String {
        "\(code): \(message)" + (log.isEmpty ? "" : "\nlog:\n" + Self.indented(log))
    }

    private static func indented(_ text: String) -> String {
        text.bytes.lines.filter { !$0.isEmpty }.map { "  \($0)" }.joined(separator: "\n")
    }
}
