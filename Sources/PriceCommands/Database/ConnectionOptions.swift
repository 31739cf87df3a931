package import ArgumentParser
import Foundation
package import PostgresClient

/// Which database a command uses; what is not said is taken from the variables that psql knows.
package struct ConnectionOptions: ParsableArguments {
    @Option(help: "The server's port. (default: PGPORT, or 5432)")
    package var port: Int?

    @Option(help: "The server's host, or the directory of its socket. (default: PGHOST, or 127.0.0.1)")
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
    package func parameters(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws -> PostgresParameters {
        let text = environment["PGPORT"] ?? ""
        guard let port = port ?? (text.isEmpty ? 5432 : Int(text)) else {
            throw ValidationError("PGPORT is '\(text)', which is no port.")
        }
        return PostgresParameters(
            host: host ?? environment["PGHOST"] ?? "127.0.0.1", port: port,
            user: user ?? environment["PGUSER"] ?? "postgres",
            database: database ?? environment["PGDATABASE"] ?? "postgres", password: environment["PGPASSWORD"])
    }
}
