import Foundation
public import PostgresClient

/// Runs files of checks on a database.
public struct CheckRun: Sendable {
    /// How checks are run.
    public struct Options: Sendable, Hashable {
        /// The schema in which tables are looked for; nil for the connection's search path.
        public var schema: String?
        /// The time that freshness is counted to, in seconds since 1970; nil for the clock's.
        public var now: Double?
        /// How long one statement may take.
        public var statementTimeout: Duration = .seconds(300)
        /// The most rows that do not pass which are shown for a check, whatever the file says; 0 for none.
        public var maximumSamples = 100
        /// The state of the database that is looked at, as a transaction that is still open has exported it with
        /// `pg_export_snapshot()`; nil for the state now.
        public var snapshot: String?

        /// The usual options.
        public init() {}
    }

    /// The files, whose checks are run together.
    public var files: [CheckFile]
    /// How they are run.
    public var options: Options
    /// What earlier runs measured; without it, checks of change are errors.
    public var history: MetricsHistory?

    /// Prepares a run.
    public init(_ files: [CheckFile], options: Options = Options(), history: MetricsHistory? = nil) {
        self.files = files
        self.options = options
        self.history = history
    }

    /// Measures and judges every check.
    ///
    /// All checks see the same state of the database: they run in one transaction, which can only read. Equal
    /// measurements are made once, and all aggregates of a table and filter in one pass over it. A check whose
    /// measurement the database refuses is an error of that check alone.
    ///
    /// - Parameter connection: An open connection that is in no transaction; it is left as it was.
    /// - Returns: The report. A lost connection is a problem in it, not an error.
    public func run(on connection: PostgresConnection) -> CheckReport {
        let now = options.now ?? Date().timeIntervalSince1970
        var session = MeasuringSession(connection: connection, options: options)
        var problems = files.flatMap(\.problems)
        var checks: [CheckDefinition] = []
        var results: [CheckResult] = []
        var judge = CheckJudge(
            contexts: Dictionary(files.map { ($0.name, context($0, now: now)) }) { first, _ in first },
            maximumSamples: options.maximumSamples)
        do {
            try session.begin()
            for file in files {
                let found = definitions(of: file, in: &session)
                checks += found.checks
                problems += found.problems
            }
            session.measure(checks.flatMap(\.kind.measurements))
            for check in checks { results += judge.results(of: check, in: &session) }
            session.end()
        } catch {
            let location = CheckLocation(file: files.first?.name ?? "", line: 1, column: 1)
            problems.append(CheckProblem(location: location, message: "the database cannot be used: \(error)"))
        }
        return CheckReport(
            checks: results, problems: problems, warnings: files.flatMap(\.warnings), metrics: session.metrics,
            schemas: judge.schemas, time: now,
            statements: session.statements)
    }

    private func context(_ file: CheckFile, now: Double) -> JudgementContext {
        JudgementContext(now: now, variables: file.variables, history: history)
    }

    /// The file's checks, those for each dataset for every table that there is.
    private func definitions(
        of file: CheckFile, in session: inout MeasuringSession
    ) -> (checks: [CheckDefinition], problems: [CheckProblem]) {
        var checks = file.checks
        var problems: [CheckProblem] = []
        for template in file.templates {
            let measurement = Measurement.rows(template.tablesQuery, limit: DatasetTemplate.maximumTables)
            switch session.result(of: measurement) {
            case .success(let tables):
                if tables.rows.isEmpty {
                    problems.append(
                        CheckProblem(location: template.location, message: "no table is like these names; mend them"))
                }
                for row in tables.rows.prefix(DatasetTemplate.maximumTables) {
                    checks += template.checks(for: row[0].text ?? "").checks
                }
            case .failure(let error):
                problems.append(CheckProblem(location: template.location, message: error.message))
            }
        }
        return (checks, problems)
    }
}
