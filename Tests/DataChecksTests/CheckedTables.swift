import DataChecks
import EphemeralPostgres
import PostgresClient

/// Tables in a server of their own, and runs of checks on them.
struct CheckedTables {
    let connection: PostgresConnection

    /// Makes the tables and calls a function with them; the server ends after it.
    static func with<Value>(_ sql: String, _ body: (CheckedTables) throws -> Value) async throws -> Value {
        try await withPostgres { server in
            let connection = try server.connect()
            defer { connection.close() }
            try connection.execute(sql)
            return try body(CheckedTables(connection: connection))
        }
    }

    /// Runs checks that are written as YAML.
    func run(
        _ yaml: String, variables: [String: String] = [:], options: CheckRun.Options = CheckRun.Options(),
        history: MetricsHistory? = nil
    ) -> CheckReport {
        let file = CheckFile.parse(yaml, name: "checks.yml", variables: variables)
        return CheckRun([file], options: options, history: history).run(on: connection)
    }

    /// The outcomes of checks on a table, each a line or a line with options below it.
    func outcomes(of checks: [String], on table: String = "t") -> [CheckOutcome] {
        let report = run("checks for \(table):\n" + checks.map { "  - \($0)\n" }.joined())
        return report.problems.isEmpty ? report.checks.map(\.outcome) : report.problems.map { _ in .error }
    }
}
