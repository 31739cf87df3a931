import ArgumentParser
import CloudPrices
import EphemeralPostgres
import Foundation
import PostgresClient
import PriceCommands
import PricePipeline
import SennitCommands

/// What a run of the program came to.
struct ProgramRun {
    var code: Int32
    var output: String
    var notes: String

    /// The figures of its one line of JSON.
    func figures() throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any] ?? [:]
    }
}

/// Runs `pscraper` in this process.
func pscraper(_ arguments: [String]) async -> ProgramRun { await program(arguments, of: PriceRootCommand.self) }

/// Runs a program that knows the pipeline `prices` in this process.
func program(_ arguments: [String], of root: any AsyncParsableCommand.Type) async -> ProgramRun {
    let (output, notes) = (KeptText(), KeptText())
    let console = Console(output: OutputChannel(keepingIn: output), notes: OutputChannel(keepingIn: notes))
    let catalogue = PipelineCatalogue([PricesPipeline.declaration])
    let code = await Console.$current.withValue(console) { () async -> Int32 in
        await PipelineCatalogue.$current.withValue(catalogue) { await SennitProgram.run(arguments, of: root) }
    }
    return ProgramRun(code: code, output: output.text, notes: notes.text)
}

/// The repository's own samples.
let samples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Samples").path

/// Runs a private server, and gives the options that lead to it.
func withServer(hasTables: Bool = true, _ body: (PostgresServer, [String]) async throws -> Void) async throws {
    var options = PostgresOptions()
    if hasTables { options.schema = [.text(PriceSchema.tables)] }
    try await withPostgres(options) { server in
        let parameters = server.parameters
        try await body(
            server,
            [
                "--host", parameters.host, "--port", "\(parameters.port)", "--user", parameters.user, "--database",
                parameters.database,
            ])
    }
}

/// A new folder that is gone afterwards.
func withFolder(_ body: (String) async throws -> Void) async throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "pscraper-\(UUID())").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try await body(path)
}
