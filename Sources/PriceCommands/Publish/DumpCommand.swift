package import ArgumentParser
import CloudPrices
import DataChecks
package import DataChecksCommands
import EphemeralPostgres
import Foundation
import ObjectStorage
import PostgresClient
import PricePipeline
import SennitCommands

/// `pscraper pgdump`.
package struct DumpCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "pgdump", abstract: "Dump postgres file and upload to cloud storage - set env STORAGE_KEY",
        discussion: """
              > pscraper pgdump --port 5377 --file price.sql
              > pscraper pgdump --port 5377 --file price.sql --provider aws --storage s3://prices/dumps

            The file is plain SQL that psql and 'pscraper pgload' load. Before an upload, and wherever --check \
            names a file, the prices are checked, and what fails is neither dumped nor published. If the upload fails, \
            no file is written. The checks see the very state that is dumped, whatever is written meanwhile. \
            STORAGE_KEY is ACCESS_KEY_ID:SECRET_KEY, and is never printed.
            """,
        helpNames: [.short, .long])

    @OptionGroup package var connection: ConnectionOptions

    @Option(help: "The file to write; one that is there is replaced when the dump is whole.")
    package var file: String

    @Option(help: "Tables to dump, as schema.name; may be repeated. (default: all)")
    package var table: [String] = []

    @OptionGroup package var storage: StorageOptions

    @Option(help: "Whose prices they are: aws, azure, gcp, or all; part of the published name.")
    package var provider = "all"

    @Option(help: "Files of checks that must pass before the dump, in addition to the general ones.")
    package var check: [String] = []

    @Flag(help: "Upload without checks; the published manifest then names no outcome of them.")
    package var unchecked = false

    @Flag(help: "Print one JSON object.")
    package var json = false

    package init() {}

    package func validate() throws {
        guard provider == "all" || CloudProvider.known.map(\.rawValue).contains(provider) else {
            throw ValidationError("--provider \(provider): it is aws, azure, gcp or all.")
        }
        if unchecked, !check.isEmpty { throw ValidationError("--unchecked and --check exclude each other.") }
    }

    @concurrent
    package func run() async throws {
        let parameters = try connection.parameters()
        let storage = try storage.location == nil ? nil : storage.open()
        if storage != nil { try checkProvider(parameters) }
        var dump = PostgresDump()
        dump.tables = table
        guard let storage else {
            let (summary, _) = try await write(dump, from: parameters, to: file, isPublished: false)
            let report = DumpReport(file: file, tables: summary.tables, rows: summary.rows, bytes: summary.bytes)
            return try Console.current.show(report, asJSON: json)
        }
        try await publish(dump, from: parameters, to: storage)
    }

    /// Dumps, publishes, and puts the file into its place at the end, so that what fails leaves no file.
    private func publish(
        _ dump: PostgresDump, from parameters: PostgresParameters, to storage: any ObjectStorage
    ) async throws {
        let manager = FileManager.default
        if (try? URL(filePath: file).resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory == true {
            throw CommandError("--file \(file) is a folder; name the file to write.")
        }
        let draft = "\(file).\(UUID()).part"
        defer { try? manager.removeItem(atPath: draft) }
        let (summary, outcome) = try await write(dump, from: parameters, to: draft, isPublished: true)
        let name = DumpName(
            provider: CloudProvider(rawValue: provider), created: Int64(Date().timeIntervalSince1970))
        let prices = try DumpRows.prices(in: DumpRows.count(draft, schema: PriceChecks.schema), of: file)
        _ = try await DumpPublisher(storage, scratch: manager.temporaryDirectory.path)
            .publish(draft, as: name, rows: prices, checks: outcome)
        try WholeFile.move(draft, to: file)
        var report = DumpReport(file: file, tables: summary.tables, rows: summary.rows, bytes: summary.bytes)
        report.published = "\(storage.place)/\(try name.key())"
        try Console.current.show(report, asJSON: json)
    }

    /// What is published under a provider's name holds its prices alone.
    private func checkProvider(_ parameters: PostgresParameters) throws {
        guard provider != "all" else { return }
        let connection = try PostgresConnection(parameters)
        defer { connection.close() }
        let others = try connection.query(
            "SELECT string_agg(DISTINCT cloud_provider, ', ') FROM \(PriceChecks.table) WHERE cloud_provider <> $1",
            [provider])
        guard let names = others.first?[0] else { return }
        throw CommandError(
            "The database has prices of \(names), so the dump cannot be published as that of \(provider). Name the "
                + "right --provider, or 'all'.")
    }

    /// Writes the dump, after the checks if there are any.
    private func write(
        _ dump: PostgresDump, from parameters: PostgresParameters, to file: String, isPublished: Bool
    ) async throws -> (PostgresDump.Summary, CheckOutcome?) {
        guard !unchecked, isPublished || !check.isEmpty else {
            return (try await dump.write(from: parameters, to: file), nil)
        }
        // Keeps the state that it exports for as long as it is open.
        let keeper = try PostgresConnection(parameters)
        defer { keeper.close() }
        try keeper.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        var dump = dump
        dump.snapshot = try keeper.query("SELECT pg_export_snapshot()")[0][0]
        let outcome = try checked(parameters, dump.snapshot)
        return (try await dump.write(from: parameters, to: file), outcome)
    }

    private func checked(_ parameters: PostgresParameters, _ snapshot: String?) throws -> CheckOutcome {
        let connection = try PostgresConnection(parameters)
        defer { connection.close() }
        var checks = PriceChecks.run(with: check, variables: ProcessInfo.processInfo.environment)
        checks.options.snapshot = snapshot
        let report = checks.run(on: connection)
        guard report.outcome == .pass || report.outcome == .warn else {
            try Console.current.notes.line(report.text)
            throw PublicationError.checksFailed(CloudProvider(rawValue: provider))
        }
        return report.outcome
    }
}

/// What was dumped.
private struct DumpReport: Report {
    var file: String
    var tables: Int
    var rows: Int
    var bytes: Int
    var published: String?

    var title: String { "Dumped to \(file)" }

    var figures: [Figure] {
        [Figure("tables", tables), Figure("rows", rows), Figure("size", text: Decimals.bytes(Int64(bytes)))]
            + (published.map { [Figure("published", text: $0)] } ?? [])
    }
}
