package import ArgumentParser
import ByteText
import EphemeralPostgres
import PostgresClient
import Sennit

/// `sennit postgres`: a private server for a shell or a command.
package struct PostgresCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "postgres",
        abstract: "Start a private PostgreSQL server for as long as something uses it.",
        discussion: """
            The server is nobody else's, empty, and ready in some 30 milliseconds. When the command ends, however it \
            ends, the server and everything stored in it are gone. Nothing is flushed to disk: do not keep anything \
            in it that you would miss.

              sennit postgres                           psql, if you are at a terminal; else prints the address
              sennit postgres -- swift test             runs a command that finds the server
              sennit postgres --schema schema.sql -- ./report
              sennit postgres --json | head -1          the address for a program; the server runs until Ctrl-C

            A command finds the server through PGHOST, PGPORT, PGUSER and PGDATABASE, as everything made with libpq \
            does, and through DATABASE_URL; with --tcp these name a port of 127.0.0.1, and PGPASSWORD is set. Nothing \
            leads it to another server by itself: every other variable whose name starts with PG is removed, and the \
            service file, the password file and .psqlrc are left out. Its exit code is that of 'sennit postgres'.

            CREATE DATABASE works. Text is compared and sorted by bytes (--locale C), so lower('Ä') is 'Ä': for other \
            than English text choose --locale C.UTF-8 or the order of a language, as in --locale icu:de-DE.

            A script is what psql reads, in bytes: statements, COPY with its data, SET client_encoding. Commands that \
            start with a backslash are psql's own: sennit postgres -- psql -f script.sql

            A server must be installed; on Debian: apt-get install postgresql. The first run on a machine prepares a \
            data directory in the user's cache directory, which takes about a second.
            """)

    @Option(help: ArgumentHelp("Take this version, such as 15, rather than the newest.", valueName: "number"))
    package var serverVersion: Int?

    @Option(
        help: ArgumentHelp(
            "Take the installation whose programs are in this directory, rather than search the machine.",
            valueName: "directory"))
    package var binaries: String?

    @Option(
        help: ArgumentHelp(
            "Where its files are: 'memory', 'disk', a directory, or 'automatic': in memory if there is room.",
            valueName: "place"))
    package var storage = "automatic"

    @Option(help: ArgumentHelp("Run this script in SQL first; may be given several times.", valueName: "file"))
    package var schema: [String] = []

    @Option(
        help: ArgumentHelp(
            "How text is compared and sorted: 'C', 'C.UTF-8', 'icu:' and a language, or a locale of the system.",
            valueName: "name"))
    package var locale = "C"

    @Option(help: ArgumentHelp("Change a setting of the server; may be given several times.", valueName: "name=value"))
    package var set: [String] = []

    @Flag(help: "Listen on a free port of 127.0.0.1 too, with a password.")
    package var tcp = false

    @Flag(help: "Leave the server's files where they are, and say where.")
    package var keep = false

    @Flag(help: "Print the address and wait for Ctrl-C, even at a terminal.")
    package var print = false

    @Flag(help: "Print the address as one JSON object on one line, and wait for Ctrl-C.")
    package var json = false

    @Argument(parsing: .postTerminator, help: "What to run, after '--'.")
    package var command: [String] = []

    package init() {}

    package func validate() throws {
        guard command.isEmpty || !(json || print) else {
            throw ValidationError("With a command, nothing is printed: leave --json and --print out.")
        }
        for setting in set where setting.bytes.cut(at: "=")?.before.isEmpty != false {
            throw ValidationError("--set \(setting): write it as name=value.")
        }
        for (name, value) in settings {
            if let reason = SettingRefusal.reason(name) {
                throw ValidationError("--set \(name)=\(value): \(reason).")
            }
        }
        if PostgresLocale(locale) == nil {
            throw ValidationError("--locale \(locale): it is C, C.UTF-8, icu:de-DE or a locale of 'locale -a'.")
        }
    }

    @concurrent
    package func run() async throws {
        if let name = command.first, ForegroundChild.path(of: name) == nil {
            try Console.current.notes.line("sennit: there is no program '\(name)' in PATH")
            throw ExitCode(ForegroundChild.notFoundCode)
        }
        let server = try await PostgresServer.start(options)
        do {
            let code = try await use(server)
            try stop(server)
            if code != 0 { throw ExitCode(code) }
        } catch {
            server.stop(keepingFiles: keep)
            throw error
        }
    }

    private var options: PostgresOptions {
        var options = PostgresOptions()
        options.version = serverVersion
        options.binaries = binaries.map(Directory.absolute)
        options.tcp = tcp
        options.keepsTemplateDatabases = true
        if let locale = PostgresLocale(locale) { options.locale = locale }
        options.schema = schema.map { .file($0) }
        options.storage =
            switch storage {
            case "automatic": .automatic
            case "memory": .memory
            case "disk": .disk
            default: .directory(Directory.absolute(storage))
            }
        for (name, value) in settings { options.settings[name] = value }
        return options
    }

    /// The settings that are given, each cut at its first equals sign.
    private var settings: [(name: String, value: String)] {
        self.set.compactMap { $0.bytes.cut(at: "=").map { ($0.before.string, $0.after.string) } }
    }

    /// - Returns: The exit code.
    private func use(_ server: PostgresServer) async throws -> Int32 {
        if !command.isEmpty { return try await runChild(command, server) }
        let console = Console.current
        let psql = server.binariesDirectory + "/psql"
        if !json, !print, ForegroundChild.hasTerminal { return try await runChild([psql], server) }
        if json {
            try console.output.line(JSONLine.text(of: ServerAddress(server)))
        } else {
            try console.output.line((server.tcpParameters ?? server.parameters).connectionString)
        }
        if ForegroundChild.hasTerminal { try console.notes.line("sennit: the server runs until Ctrl-C") }
        // Until the task is cancelled, or the server dies.
        do { try await server.waitForEnd() } catch is CancellationError {}
        return 0
    }

    private func runChild(_ words: [String], _ server: PostgresServer) async throws -> Int32 {
        let status = try await ForegroundChild.run(words, environment: server.environmentChanges)
        try Task.checkCancellation()
        return ForegroundChild.exitCode(status)
    }

    private func stop(_ server: PostgresServer) throws {
        let path = server.stop(keepingFiles: keep)
        if keep { try Console.current.notes.line("sennit: the server's files are in \(path)") }
    }
}

/// How to connect to a server, for programs.
private struct ServerAddress: Encodable {
    let url: String
    let host: String
    let port: Int
    let user: String
    let database: String
    let tcpURL: String?
    let pid: Int32?

    init(_ server: PostgresServer) {
        let parameters = server.parameters
        url = server.connectionString
        host = parameters.host
        port = parameters.port
        user = parameters.user
        database = parameters.database
        tcpURL = server.tcpParameters?.connectionString
        pid = server.processID
    }

    private enum CodingKeys: String, CodingKey {
        case url, host, port, user, database, pid
        case tcpURL = "tcp_url"
    }
}
