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
    /// What every connection to it has to find.
    private let identity: PrivateServer
    private let isStopped = Atomic(false)
    /// Opened ahead of time, for the first who connects.
    private let prepared = Mutex<PreparedConnection?>(nil)

    init(
        guardian: Guardian, directory: ServerDirectory, binaries: ServerBinaries, port: Int, hasTCP: Bool,
        identity: PrivateServer
    ) {
        self.guardian = guardian
        self.directory = directory
        self.binaries = binaries
        self.port = port
        self.identity = identity
        password = hasTCP ? Self.randomPassword() : nil
    }

    private static func randomPassword() -> String {
        (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined()
    }

    /// How a client of this machine connects: through the Unix socket, without a password.
    public var parameters: PostgresParameters {
        dropPreparedConnection()
        return address
    }

    private var address: PostgresParameters {
        var address = PostgresParameters(
            host: directory.path, port: port, user: Self.userName, database: Self.databaseName)
        address.privateServer = identity
        return address
    }

    /// How a client connects that knows no Unix sockets; nil unless the options asked for TCP.
    public var tcpParameters: PostgresParameters? {
        dropPreparedConnection()
        return password.map {
            var address = PostgresParameters(
                host: "127.0.0.1", port: port, user: Self.userName, database: Self.databaseName, password: $0)
            address.privateServer = identity
            return address
        }
    }

    /// The address of the server for `DATABASE_URL`, psql and most drivers; through the Unix socket.
    public var connectionString: String { parameters.connectionString }

    /// The directory that holds the installation's programs, such as psql.
    public var binariesDirectory: String { binaries.directory }

    /// The server's process; nil once it has ended.
    public var processID: Int32? {
        guardian.state() == .running ? guardian.serverProcessID : nil
    }

    /// Waits for the server to end without being told to, as when somebody kills it.
    ///
    /// It takes a thread meanwhile, and returns only by throwing.
    /// - Throws: ``EphemeralPostgresError`` of code ``EphemeralPostgresError/Code/serverEnded`` with the end of its
    ///   log; `CancellationError` within a quarter of a second when the task is cancelled.
    public func waitForEnd() async throws {
        try await OwnThread.run("sennit-postgres") { [self] flag in
            while true {
                try flag.check()
                if case .ended(let end) = guardian.state(waitingNanoseconds: 250_000_000) {
                    throw EphemeralPostgresError(.serverEnded, "it \(end)", log: logTail())
                }
            }
        }
    }

    /// The process that ends the server and removes its directory if this one dies.
    package var guardianProcessID: Int32 { guardian.processID }

    /// Opens a connection.
    ///
    /// It blocks the thread for some milliseconds, the first time on a server from a warm pool for less than one. Close
    /// the connection, or let go of it, before the scope ends.
    /// - Throws: ``EphemeralPostgresError`` if the server has ended, or `PostgresError`.
    public func connect() throws -> PostgresConnection {
        guard !isStopped.load(ordering: .acquiring) else {
            throw EphemeralPostgresError(.stopped, "its scope is over")
        }
        if let connection = takePreparedConnection() { return connection }
        do {
            return try PostgresConnection(address)
        } catch {
            guard case .ended(let end) = guardian.state(waitingNanoseconds: 1_000_000_000) else { throw error }
            throw EphemeralPostgresError(.serverEnded, "it \(end)", log: logTail())
        }
    }

    /// The end of the server's log, from the start of a line on.
    public func logTail(bytes: Int = 8192) -> String { directory.logTail(min(max(0, bytes), 1 << 20)) }

    /// Ends the server and removes what it has stored; a second time, nothing happens.
    ///
    /// The scope does this. It blocks the thread for some milliseconds. Clients that are still connected lose their
    /// connection.
    /// - Parameter keepingFiles: Whether the server's directory is left where it is, with all that was committed;
    ///   `pg_ctl -D` starts a server on `data` in it.
    /// - Returns: The directory's path.
    @discardableResult
    public func stop(keepingFiles: Bool = false) -> String {
        if !isStopped.exchange(true, ordering: .acquiringAndReleasing) {
            dropPreparedConnection()
            guardian.end(keepsDirectory: keepingFiles)
        }
        return directory.path
    }

    /// Makes the password good that was chosen.
    func setPassword() throws {
        guard let password else { return }
        try connect().execute("ALTER ROLE \(Self.userName) PASSWORD \(PostgresSyntax.literal(password))")
    }
}

extension PostgresServer {
    /// Opens a connection for the first who connects.
    ///
    /// Nobody else notices it: it is closed before anybody learns where the server is.
    func prepareConnection() {
        guard let connection = try? PostgresConnection(address) else { return }
        prepared.withLock { $0 = PreparedConnection(connection) }
    }

    private func dropPreparedConnection() { _ = prepared.withLock { $0.take() } }

    private func takePreparedConnection() -> PostgresConnection? {
        let connection = prepared.withLock { $0.take() }?.connection
        return connection?.isStillOpen == true ? connection : nil
    }
}
