import CloudPrices
import DataChecks
import EphemeralPostgres
import Foundation
import PostgresClient
import SennitPipeline

/// Scrapes one provider into a Postgres of its own, checks what came, and dumps it: only what passed leaves the step.
struct ProviderStep: StoredStepWork {
    var provider: CloudProvider
    var origin: PriceOrigin
    var selection: PriceSelectionText?
    /// The names of the inputs that are files of checks.
    var checkInputs: [String] = []
    /// Whether AWS's offers are read as CSV; nil for what the origin has.
    var readsCSV: Bool?
    /// A folder with copies of lists.
    var cache: String?

    /// The artefact with the prices.
    static func dumpName(_ provider: CloudProvider) -> String { "\(provider).sql" }
    /// The artefact with what was read and how the checks came out.
    static func reportName(_ provider: CloudProvider) -> String { "\(provider).json" }

    func run(in workspace: StepWorkspace, with storage: PriceDatabase) async throws {
        let server = storage.server
        let summary = try await scrape(into: server, workspace)
        workspace.report(rows: Int64(summary.rows), bytes: Int64(summary.bytes), message: "checking")
        let connection = try server.connect()
        defer { connection.close() }
        try connection.execute("SET search_path TO \(PriceChecks.schema), public")
        let environment = ProcessInfo.processInfo.environment
        let report = PriceChecks.run(
            with: try checkInputs.map { try workspace.input($0) }, variables: environment
        ).run(on: connection)
        try Self.conclude(report, provider, workspace)
        workspace.report(rows: Int64(summary.rows), bytes: Int64(summary.bytes), message: "dumping")
        try await server.dump(PriceDatabase.dump, to: workspace.output(Self.dumpName(provider)))
        try JSONFile.write(
            ProviderReport(summary, report, provider), to: workspace.output(Self.reportName(provider)))
    }

    private func scrape(into server: PostgresServer, _ workspace: StepWorkspace) async throws -> ScrapeSummary {
        let chosen = try selection?.selection(for: provider) ?? .everything
        let progress = ScrapeProgress { report in
            workspace.report(rows: Int64(report.rows), bytes: Int64(report.bytes), message: report.document)
        }
        var scrape = ProviderScrape(provider, from: origin, selection: chosen)
        if let readsCSV { scrape.readsCSV = readsCSV }
        scrape.cache = cache
        do {
            return try await scrape.load(
                into: server.parameters, environment: ProcessInfo.processInfo.environment, progress: progress)
        } catch let problems as PriceProblems {
            // Reading the same list again finds the same.
            throw StepFailure("\(problems)", isPermanent: true)
        } catch let problem as PriceProblem {
            // The downloads behind it have been tried again and again already.
            throw StepFailure("\(problem)", isPermanent: true)
        }
    }

    /// Tells the run how the checks came out, and ends the step where they failed.
    static func conclude(
        _ report: DataChecks.CheckReport, _ provider: CloudProvider, _ workspace: StepWorkspace
    ) throws {
        for check in report.checks {
            workspace.check(check.name, check.outcome.stepOutcome, value: check.value.map { "\($0)" })
        }
        guard report.outcome == .pass || report.outcome == .warn else {
            throw StepFailure(
                "The prices of \(provider) did not pass their checks, so they are not published.\n\(report.text)")
        }
    }
}

extension DataChecks.CheckOutcome {
    /// The outcome as a run's history names it; a check that could not be evaluated is not one that passed.
    fileprivate var stepOutcome: SennitPipeline.CheckOutcome {
        switch self {
        case .pass: .pass
        case .warn, .notEvaluated: .warn
        case .fail: .fail
        case .error: .error
        }
    }
}
