import CloudPrices
public import CostEstimate
import EphemeralPostgres
import Foundation
import PostgresClient
import SennitPipeline

/// Adds the providers' dumps up to one priced database, dumps that, and prices a bill of materials with it.
struct AggregateStep: StepWork {
    var providers: [CloudProvider]
    /// The name of the input that is the bill of materials, if there is one.
    var billInput: String?
    /// What the bill takes from outside of its file.
    var variables: BillVariables?
    /// Where the server keeps its files.
    var storage = ServerStorage.automatic

    static let dumpName = "prices.sql"
    static let summaryName = "summary.json"
    static let estimateName = "estimate.json"

    func run(in workspace: StepWorkspace) async throws {
        try await PriceDatabase.withServer(storage) { server in try await run(in: workspace, on: server) }
    }

    private func run(in workspace: StepWorkspace, on server: PostgresServer) async throws {
        let connection = try server.connect()
        defer { connection.close() }
        let reports = try providers.map {
            try JSONFile.read(
                ProviderReport.self, from: workspace.input(ProviderStep.reportName($0)))
        }
        let total = reports.map(\.rows).reduce(0, +)
        var rows = 0
        for provider in providers {
            try Task.checkCancellation()
            let dump = try workspace.input(ProviderStep.dumpName(provider))
            let loaded = try DumpRows.load(dump, schema: PriceChecks.schema, into: connection)
            rows += try DumpRows.prices(in: loaded, of: dump)
            workspace.report(rows: Int64(rows), totalRows: Int64(total), message: "\(provider)")
        }
        try Self.checkCount(total, on: server, workspace)
        try await Self.makeIndexes(on: server)
        let file = try workspace.output(Self.dumpName)
        // Nothing is written any more: the dump and the estimate read side by side.
        async let dumped = server.dump(PriceDatabase.dump, to: file)
        try await server.load(.text(PriceSchema.statistics))
        let outcome = try await estimate(on: server, workspace)
        _ = try await dumped
        if billInput != nil { try JSONFile.write(outcome, to: workspace.output(Self.estimateName)) }
        try JSONFile.write(
            AggregateSummary(providers: reports, rows: total, estimate: outcome.estimate),
            to: workspace.output(Self.summaryName))
    }

    private static func makeIndexes(on server: PostgresServer) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for statement in PriceSchema.indexStatements {
                group.addTask { try await server.load(.text(statement)) }
            }
            try await group.waitForAll()
        }
    }

    /// What was dumped is what was loaded: no more and no less.
    private static func checkCount(
        _ expected: Int, on server: PostgresServer, _ workspace: StepWorkspace
    ) throws {
        let connection = try server.connect()
        defer { connection.close() }
        let count = try connection.query("SELECT count(*) FROM api_price.infra_price")[0][0].flatMap { Int($0) } ?? 0
        workspace.check(
            "all rows of all providers", count == expected ? .pass : .fail, value: "\(count)",
            message: count == expected ? nil : "\(expected) rows were dumped")
    }

    private func estimate(on server: PostgresServer, _ workspace: StepWorkspace) async throws -> EstimateOutcome {
        guard let billInput, let variables, let moment = variables.moment else { return EstimateOutcome() }
        let text = try String(contentsOfFile: workspace.input(billInput), encoding: .utf8)
        do {
            let bill = try BillOfMaterials(parsing: text, variables: variables.values)
            let estimate = try await Estimator(PostgresCatalogue(server.parameters), at: moment).estimate(bill)
            return EstimateOutcome(estimate: estimate)
        } catch let error as EstimateErrors {
            return EstimateOutcome(failure: "The bill of materials cannot be priced.\n\(error)")
        } catch let error as EstimateError where error.code != .catalogue {
            return EstimateOutcome(failure: "The bill of materials cannot be priced: \(error)")
        }
    }
}

/// What the whole run made.
public struct AggregateSummary: Sendable, Hashable, Codable {
    /// What each provider's step read.
    public var providers: [ProviderReport]
    /// Rows of the aggregated price table.
    public var rows: Int
    /// The example bill, priced.
    public var estimate: Estimate?

}
