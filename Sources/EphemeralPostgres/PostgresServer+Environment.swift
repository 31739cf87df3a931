import PostgresClient

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension PostgresServer {
    /// What to put into the environment of a process that is to find the server.
    ///
    /// `PGHOST`, `PGPORT`, `PGUSER` and `PGDATABASE` for everything that is made with libpq, `DATABASE_URL` for others;
    /// with ``PostgresOptions/tcp`` the address that needs no Unix sockets, and `PGPASSWORD`. `PGPASSFILE`,
    /// `PGSERVICEFILE` and `PSQLRC` keep the user's own password file, service file and `.psqlrc` out of it.
    ///
    /// Other variables lead elsewhere all the same if the process inherits them, `PGHOSTADDR` first of all: start it
    /// with ``environment(replacing:)``.
    public var environment: [String: String] {
        let address = tcpParameters ?? parameters
        var variables = [
            "PGHOST": address.host, "PGPORT": String(address.port), "PGUSER": address.user,
            "PGDATABASE": address.database, "DATABASE_URL": address.connectionString,
            // A file that is not there; of one that is no plain file, such as /dev/null, libpq warns.
            "PGPASSFILE": "\(directory.path)/no-passwords", "PGSERVICEFILE": "/dev/null", "PSQLRC": "/dev/null",
        ]
        variables["PGPASSWORD"] = address.password
        return variables
    }

    /// The whole environment of a process that is to find the server and no other one.
    ///
    /// Every variable whose name starts with `PG` is PostgreSQL's, and goes unless it is one of ``environment``.
    /// - Parameter inherited: The environment that the process would have, such as that of this process.
    /// - Returns: The environment that it should have.
    public func environment(replacing inherited: [String: String]) -> [String: String] {
        inherited.filter { !PostgresVariables.lead(elsewhere: $0.key) }.merging(environment) { _, own in own }
    }

    /// The same as changes to the environment of this process: a value sets a variable, nil removes it.
    package var environmentChanges: [String: String?] {
        PostgresVariables.removals.merging(environment.mapValues { Optional($0) }) { _, own in own }
    }

    /// Removes from this process's environment the variables that libpq obeys whatever a connection states.
    ///
    /// For a program that uses private servers alone, as its very first act: nobody else may look at the environment
    /// at the same time.
    package static func forgetForeignVariables() {
        // Safety: Swift keeps each name as a C string for its call, and nobody reads the environment meanwhile.
        for name in PrivateServer.variablesBeyondKeywords { _ = unsafe unsetenv(name) }
    }
}
