import CloudPrices
import DataChecks
import EphemeralPostgres
import Foundation
import PostgresClient
import SennitPipeline

/// Scrapes one provider into a Postgres of its own, checks what came, and dumps it: only what passed leaves the step.
struct ProviderStep: StepWork {
    var provider: CloudProvider
    /// Where the lists are; nil where a fixture alone has them.
    var origin: PriceOrigin?
    var selection: PriceSelectionText?
    /// How the lists are read, beside what the selection says.
    var rules = ReadingRules()
    /// The names of the inputs that are files of checks.
    var checkInputs: [String] = []
    /// Whether AWS's offers are read as CSV; nil for what the origin has.
    var readsCSV: Bool?
    /// Whether AWS's lists of China are read.
    var readsChina = false
    /// A folder with copies of lists.
    var cache: String?
    /// A folder with what earlier runs measured; nil for the store's own.
    var history: String?
    /// Where the server keeps its files.
    var storage = ServerStorage.automatic

    /// The artefact with the prices.
    static func dumpName(_ provider: CloudProvider) -> String { "\(provider).sql" }
    /// The artefact with what was read and how the checks came out.
    static func reportName(_ provider: CloudProvider) -> String { "\(provider).json" }

    func run(in workspace: StepWorkspace) async throws {
        try await PriceDatabase.withServer(storage) { server in try await run(in: workspace, on: server) }
    }

    private func run(in workspace: StepWorkspace, on server: PostgresServer) async throws {
        let summary = try await scrape(into: server, workspace)
        for notice in summary.notices {
            workspace.check("selection: every name is found", .warn, value: notice.found, message: "\(notice)")
        }
        if !summary.leftOut.isEmpty {
            workspace.check(
                "every row can be read", .warn, value: "\(summary.leftOut.total)", message: "\(summary.leftOut)")
        }
        workspace.report(rows: Int64(summary.rows), bytes: Int64(summary.bytes), message: "checking")
        var measurements = try Measurements(of: provider, from: origin, in: history, workspace)
        let report = try check(server, measurements.past, workspace)
        try Self.conclude(report, provider, workspace)
        workspace.report(rows: Int64(summary.rows), bytes: Int64(summary.bytes), message: "dumping")
        try await server.dump(PriceDatabase.dump, to: workspace.output(Self.dumpName(provider)))
        try JSONFile.write(
            ProviderReport(summary, report, provider), to: workspace.output(Self.reportName(provider)))
        try measurements.keep(report)
    }

    private func check(
        _ server: PostgresServer, _ past: MetricsHistory, _ workspace: StepWorkspace
    ) throws -> DataChecks.CheckReport {
        let connection = try server.connect()
        defer { connection.close() }
        try connection.execute("SET search_path TO \(PriceChecks.schema), public")
        // By the names that their author knows, which are still there when the step has ended.
        let files = try checkInputs.map { URL(filePath: try workspace.input($0)).resolvingSymlinksInPath().path }
        let checks = PriceChecks.run(with: files, variables: ProcessInfo.processInfo.environment, history: past)
        let report = checks.run(on: connection)
        // Checks that could not be made because their server is gone say nothing of the prices.
        if report.outcome == .error { _ = try connection.query("SELECT 1") }
        return report
    }

    private func scrape(into server: PostgresServer, _ workspace: StepWorkspace) async throws -> ScrapeSummary {
        let progress = ScrapeProgress { report in
            workspace.report(rows: Int64(report.rows), bytes: Int64(report.bytes), message: report.document)
        }
        do {
            var chosen = try selection?.selection(for: provider) ?? .everything
            chosen.rules.add(rules)
            var scrape = ProviderScrape(provider, from: try source(workspace), selection: chosen)
            if let readsCSV { scrape.readsCSV = readsCSV }
            scrape.readsChina = readsChina
            scrape.cache = cache
            return try await scrape.load(
                into: server.parameters, environment: ProcessInfo.processInfo.environment, progress: progress)
        } catch let problems as PriceProblems {
            throw StepFailure("\(problems)", isPermanent: !PassingProblems.mayPass(problems, of: provider))
        } catch let problem as PriceProblem {
            throw StepFailure("\(problem)", isPermanent: !PassingProblems.mayPass(problem.code, of: provider))
        }
    }

    /// Where the lists are: in the fixture of a step that runs alone, if it has them.
    private func source(_ workspace: StepWorkspace) throws -> PriceOrigin {
        if let fixture = workspace.fixture, FileManager.default.fileExists(atPath: "\(fixture)/\(provider)") {
            return .samples(fixture)
        }
        guard let origin else {
            throw StepFailure(
                "There are no lists of \(provider): the fixture has no folder '\(provider)', and the configuration "
                    + "names neither 'samples' nor a 'mirror'. Put the lists there, in the layout of Samples.")
        }
        return origin
    }

    /// Tells the run how the checks came out, and ends the step where they failed.
    static func conclude(
        _ report: DataChecks.CheckReport, _ provider: CloudProvider, _ workspace: StepWorkspace
    ) throws {
        for check in report.checks {
            workspace.check(
                check.name, check.outcome.stepOutcome, value: check.value.map { "\($0)" }, message: check.message)
        }
        guard report.outcome == .pass || report.outcome == .warn else {
            throw StepFailure(
                "The prices of \(provider) did not pass their checks, so they are not published.\n"
                    + report.text(withPassed: false))
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
