package import ArgumentParser
import EphemeralPostgres
import Foundation
package import PostgresClient

/// Which database a command uses; what is not said is taken from the variables that psql knows.
package struct ConnectionOptions: ParsableArguments {
    @Option(help: "The server's port. (default: PGPORT, or 5432)")
    package var port: Int?

    @Option(
        help: """
            The server's host, or the directory of its socket. (default: PGHOST, else the private server that \
            listens on the port, as of 'pscraper pgembed', else 127.0.0.1)
            """)
    package var host: String?

    @Option(help: "The user. (default: PGUSER, or postgres)")
    package var user: String?

    @Option(help: "The database. (default: PGDATABASE, or postgres)")
    package var database: String?

    package init() {}

    package func validate() throws {
        if let port, !(1...65_535).contains(port) { throw ValidationError("--port \(port): a port is 1 to 65535.") }
    }

    /// What to connect to; a password is taken from PGPASSWORD alone.
    ///
    /// - Parameters:
    ///   - environment: Where what is not said is looked up.
    ///   - privateServer: Finds a private server of this user's by its port: it is connected to without a password.
    /// - Returns: The database.
    /// - Throws: `ValidationError` for a PGPORT that is no port.
    package func parameters(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        privateServer: (Int) -> PostgresParameters? = { PostgresServer.find(listeningOn: $0) }
    ) throws -> PostgresParameters {
        let text = environment["PGPORT"] ?? ""
        guard let port = port ?? (text.isEmpty ? 5432 : Int(text)) else {
            throw ValidationError("PGPORT is '\(text)', which is no port.")
        }
        let named = host ?? environment["PGHOST"]
        let found = named == nil && environment["PGPASSWORD"] == nil ? privateServer(port)?.host : nil
        return PostgresParameters(
            host: named ?? found ?? "127.0.0.1", port: port,
            user: user ?? environment["PGUSER"] ?? "postgres",
            database: database ?? environment["PGDATABASE"] ?? "postgres", password: environment["PGPASSWORD"])
    }
}
