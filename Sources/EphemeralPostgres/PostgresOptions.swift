package import Sennit

/// How a private server is made.
public struct PostgresOptions: Sendable, Hashable {
    /// Which PostgreSQL, by its first number, such as 15; nil takes the newest on the machine.
    public var version: Int?
    /// The directory that holds `postgres` and `initdb`; nil searches the machine.
    public var binaries: String?
    /// Where the server's files are.
    public var storage = PostgresStorage.automatic
    /// Whether the server also listens on a free TCP port of 127.0.0.1, with a password made for it.
    public var tcp = false
    /// The server's page cache in megabytes: 16 starts quickest, 256 suits the loading of millions of rows.
    public var sharedBuffersMegabytes = 16
    /// How many connections there may be at the same time.
    public var maxConnections = 40
    /// Whether `CREATE DATABASE` works: its template databases then stay, which makes the start slower.
    public var keepsTemplateDatabases = false
    /// How text is compared, sorted and classified.
    public var locale = PostgresLocale.c
    /// Settings of `postgresql.conf` that come after the module's own and win over them.
    ///
    /// Those that the server's keeper needs itself are refused: `port`, `listen_addresses`, `unix_socket_directories`,
    /// `unix_socket_group`, `unix_socket_permissions`, `data_directory`, `config_file`, `hba_file`, `ident_file`,
    /// `external_pid_file`, `logging_collector`, `log_destination`.
    public var settings: [String: String] = [:]
    /// What is run, in this order, before the server is handed over.
    public var schema: [PostgresScript] = []
    /// How long the start of the server may take; preparing its first data directory is not counted.
    public var startTimeout: Duration = .seconds(30)
    /// Where prepared data directories are kept; nil takes `sennit/postgres` in the user's cache directory.
    public var cacheDirectory: String?

    /// Limits that the system puts on the server.
    package var limits: [ResourceLimit] = []

    /// The newest server on the machine, in memory if there is room, with nothing in it.
    public init() {}
}

/// Where a server's files are.
public enum PostgresStorage: Sendable, Hashable {
    /// In memory if there is a memory file system with 256 MB to spare, else on disk.
    case automatic
    /// In a memory file system: what is stored takes memory.
    case memory
    /// In the directory for temporary files.
    case disk
    /// In a new directory in this one, which must exist, and have a path so short that a socket's name fits behind it.
    case directory(String)
}

/// A script in SQL, as psql runs it: statements, and `COPY … FROM stdin` with its data.
public enum PostgresScript: Sendable, Hashable {
    /// The script itself.
    case text(String)
    /// The path of a file that holds it.
    case file(String)
}
