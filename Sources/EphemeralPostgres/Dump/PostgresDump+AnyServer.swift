public import PostgresClient

extension PostgresDump {
    /// Writes a plain dump of any database to a file, which appears whole or not at all.
    ///
    /// The installation on this machine must be as new as the server at least: `pg_dump` describes the tables.
    ///
    /// - Parameters:
    ///   - parameters: The database.
    ///   - path: Where the file goes; one that is there is replaced.
    /// - Returns: How much was written.
    /// - Throws: As `PostgresServer.dump(_:to:)`; ``EphemeralPostgresError`` where no installation is found.
    @discardableResult
    public func write(from parameters: PostgresParameters, to path: String) async throws -> Summary {
        try await OwnThread.run("sennit-dump") { [self] flag in
            let binaries = try ServerBinaries.find(PostgresOptions())
            let file = try DraftFile(path)
            let summary = try DumpRun(self, parameters, binaries, flag).write { try file.write($0) }
            try file.publish()
            return summary
        }
    }
}
