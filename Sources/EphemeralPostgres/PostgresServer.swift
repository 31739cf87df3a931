public import PostgresClient
import Sennit
import Synchronization

/// A private PostgreSQL server, of use within the scope that has made it.
///
/// Any thread may use it; each connection is used by one at a time.
public final class PostgresServer: Sendable {
    /// The one role, a superuser.
    public static let userName = "postgres"
    /// The database that is there from the start.
    public static let databaseName = "postgres"

    let guardian: Guardian
    let directory: ServerDirectory
    let binaries: ServerBinaries
    private let port: Int
    private let password: String?
    private let isStopped = Atomic(false)

    init(guardian: Guardian, directory: ServerDirectory, binaries: ServerBinaries, port: Int, hasTCP: Bool) {
        self.guardian = guardian
        self.directory = directory
        self.binaries = binaries
        self.port = port
        password = hasTCP ? Self.randomPassword() : nil
    }

    private static func randomPassword() -> String {
        (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined()
    }

    /// How a client of this machine connects: through the Unix socket, without a password.
    public var parameters: PostgresParameters {
        PostgresParameters(host: directory.path, port: port, user: Self.userName, database: Self.databaseName)
    }

    /// How a client connects that knows no Unix sockets; nil unless the options asked for TCP.
    public var tcpParameters: PostgresParameters? {
        password.map {
            PostgresParameters(
                host: "127.0.0.1", port: port, user: Self.userName, database: Self.databaseName, password: $0)
        }
    }

    /// The address of the server for `DATABASE_URL`, psql and most drivers; through the Unix socket.
    public var connectionString: String { parameters.connectionString }

    /// What to put into the environment of a process that is to find the server.
    ///
    /// `PGHOST`, `PGPORT`, `PGUSER` and `PGDATABASE` for everything that is made with libpq, `DATABASE_URL` for others.
    public var environment: [String: String] {
        [
            "PGHOST": directory.path, "PGPORT": String(port), "PGUSER": Self.userName,
            "PGDATABASE": Self.databaseName, "DATABASE_URL": connectionString,
        ]
    }

    /// The directory that holds the installation's programs, such as psql.
    public var binariesDirectory: String { binaries.directory }

    /// The server's process; nil once it has ended.
    public var processID: Int32? {
        if case .running(let pid) = guardian.state() { return pid }
        return nil
    }

    /// The process that ends the server and removes its directory if this one dies.
    package var guardianProcessID: Int32 { guardian.processID }

    /// Opens a connection.
    ///
    /// It blocks the thread for about two milliseconds. Close the connection, or let go of it, before the scope ends.
    /// - Throws: ``EphemeralPostgresError`` if the server has ended, or `PostgresError`.
    public func connect() throws -> PostgresConnection {
        guard !isStopped.load(ordering: .acquiring) else {
            throw EphemeralPostgresError(.stopped, "its scope is over")
        }
        do {
            return try PostgresConnection(parameters)
        } catch {
            guard case .ended(let end) = guardian.state(waitingNanoseconds: 100_000_000) else { throw error }
            throw EphemeralPostgresError(.serverEnded, "it \(end)", log: logTail())
        }
    }

    /// The end of the server's log, from the start of a line on.
    public func logTail(bytes: Int = 8192) -> String { directory.logTail(min(max(0, bytes), 1 << 20)) }

    /// Ends the server and removes what it has stored; a second time, nothing happens.
    ///
    /// The scope does this. It blocks the thread for some milliseconds. Clients that are still connected lose their
    /// connection.
    /// - Parameter keepingFiles: Whether the server's directory is left where it is.
    /// - Returns: The directory's path.
    @discardableResult
    public func stop(keepingFiles: Bool = false) -> String {
        if !isStopped.exchange(true, ordering: .acquiringAndReleasing) { guardian.end(keepsDirectory: keepingFiles) }
        return directory.path
    }

    /// Makes the password good that was chosen.
    func setPassword() throws {
        guard let password else { return }
        try connect().execute("ALTER ROLE \(Self.userName) PASSWORD \(PostgresSyntax.literal(password))")
    }
}
