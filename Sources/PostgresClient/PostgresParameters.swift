import ByteText

/// Where a database is, and as whom to open it.
///
/// Of a private server, as `PostgresServer.parameters` describes it, every parameter of a connection is stated, and the
/// connection counts as open only when it has reached that very server. For any other server the rules of libpq hold:
/// what is not stated here is taken from its variables (`PGHOSTADDR`, `PGSSLMODE`, `PGOPTIONS`, …), its service file
/// and its password file, as psql does.
public struct PostgresParameters: Sendable, Hashable {
    /// A host name or address, or the absolute path of the directory that holds the server's Unix socket.
    public var host: String { didSet { privateServer = nil } }
    /// The TCP port; for a Unix socket, the number in the socket's name.
    public var port: Int { didSet { privateServer = nil } }
    /// The role to connect as.
    public var user: String
    /// The database to open.
    public var database: String
    /// The role's password; nil where none is asked for, or where libpq finds one in its password file.
    public var password: String?
    /// How long opening may take; libpq counts whole seconds, and at least two.
    public var connectTimeout: Duration = .seconds(10)
    /// What `pg_stat_activity` shows as the application.
    public var applicationName: String?
    /// Which private server is meant; nil for any other server, and once another host or port is set.
    package var privateServer: PrivateServer?

    /// Describes a database without a password.
    public init(host: String, port: Int = 5432, user: String, database: String, password: String? = nil) {
        self.host = host
        self.port = port
        self.user = user
        self.database = database
        self.password = password
    }

    /// The parameters as libpq's keywords and values.
    var keywords: [(String, String)] {
        var keywords = [
            ("host", host), ("port", String(port)), ("user", user), ("dbname", database),
            ("connect_timeout", String(connectSeconds)), ("client_encoding", "UTF8"),
        ]
        if let password { keywords.append(("password", password)) }
        if let applicationName { keywords.append(("application_name", applicationName)) }
        return keywords
    }

    private var connectSeconds: Int64 {
        let (seconds, attoseconds) = connectTimeout.components
        return max(2, min(seconds, 86_400) + (attoseconds > 0 ? 1 : 0))
    }
}

extension PostgresParameters {
    /// The database as an address that psql, `DATABASE_URL` and most drivers understand.
    ///
    /// It holds the password if there is one: do not print it then.
    public var connectionString: String {
        let credentials = Self.escaped(user) + (password.map { ":" + Self.escaped($0) } ?? "")
        let name = Self.escaped(database)
        guard PathText.isAbsolute(host) else {
            let address = host.bytes.holds(":") ? "[\(host)]" : Self.escaped(host)
            return "postgresql://\(credentials)@\(address):\(port)/\(name)"
        }
        return "postgresql://\(credentials)@/\(name)?host=\(Self.escaped(host))&port=\(port)"
    }

    private static func escaped(_ text: String) -> String { text.bytes.percentEncoded() }
}
