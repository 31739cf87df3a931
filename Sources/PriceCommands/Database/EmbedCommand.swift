package import ArgumentParser
import EphemeralPostgres
import Foundation
import PostgresClient
import SennitCommands

/// `pscraper pgembed`.
package struct EmbedCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "pgembed", abstract: "Run up local embeddedPG on a random port for tests",
        discussion: """
            A private server that is gone, with all that it stores, when this command ends: with Ctrl-C, or however \
            else. It listens on 127.0.0.1 and prints its port, by which the other commands find it. Other programs \
            need the whole connection, which has a password in it.
            """,
        helpNames: [.short, .long])

    @Option(
        help: ArgumentHelp(
            "The major version of PostgreSQL, where several are installed. (default: the newest)", valueName: "number"))
    package var serverVersion: Int?

    @Flag(help: "Print one JSON object.")
    package var json = false

    package init() {}

    @concurrent
    package func run() async throws {
        var options = PostgresOptions()
        options.tcp = true
        options.version = serverVersion
        options.sharedBuffersMegabytes = 128
        try await withPostgres(options) { server in
            try Console.current.show(EmbeddedServer(server), asJSON: json)
            // Until Ctrl-C, or the server's death.
            try await server.waitForEnd()
        }
    }
}

/// Where the server is.
private struct EmbeddedServer: Report {
    var port: Int
    var host: String
    var user: String
    var database: String
    var connection: String

    init(_ server: PostgresServer) {
        let parameters = server.tcpParameters ?? server.parameters
        port = parameters.port
        host = parameters.host
        user = parameters.user
        database = parameters.database
        connection = parameters.connectionString
    }

    var title: String { "A private Postgres is ready; Ctrl-C ends it and removes what it stores." }

    var figures: [Figure] {
        [
            Figure("port", text: "\(port)"), Figure("host", text: host), Figure("user", text: user),
            Figure("database", text: database), Figure("connection", text: connection),
        ]
    }
}
