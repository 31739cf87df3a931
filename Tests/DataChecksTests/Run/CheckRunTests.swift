import DataChecks
import Foundation
import PostgresClient
import Testing

struct CheckRunTests {
    @Test func `what the database refuses is an error of that check alone`() async throws {
        try await CheckedTables.with("CREATE TABLE t (a int, b text); INSERT INTO t VALUES (1, 'x')") { tables in
            let yaml = """
                checks for t:
                  - row_count > 0
                  - avg(nothing) > 0
                  - avg(b) > 0
                  - max(b) > 0
                  - max(a) = 1
                  - failed rows: {fail query: SELECT nonsense}
                checks for missing:
                  - row_count > 0
                """
            let report = tables.run(yaml)
            #expect(report.checks.map(\.outcome) == [.pass, .error, .error, .error, .pass, .error, .error])
            #expect(report.exitCode == 3)
            #expect(report.checks[1].message?.contains("nothing") == true)
            #expect(report.checks[3].message?.contains("expected a number") == true)
            #expect(!tables.connection.isInTransaction)
        }
    }

    @Test func `checks cannot change anything`() async throws {
        try await CheckedTables.with("CREATE TABLE t (a int); INSERT INTO t VALUES (1)") { tables in
            let queries = [
                "DELETE FROM t RETURNING a", "WITH d AS (DELETE FROM t RETURNING a) SELECT * FROM d",
                "SELECT 1; DELETE FROM t", "SELECT nextval('s')",
            ]
            let report = tables.run(
                "checks:\n" + queries.map { "  - failed rows: {fail query: \"\($0)\"}\n" }.joined())
            #expect(report.checks.allSatisfy { $0.outcome == .error })
            let rows = try tables.connection.query("SELECT a FROM t")
            #expect(rows.count == 1)
        }
    }

    @Test func `a statement that takes too long is an error`() async throws {
        try await CheckedTables.with("CREATE TABLE t (a int)") { tables in
            var options = CheckRun.Options()
            options.statementTimeout = .milliseconds(50)
            let yaml = "checks:\n  - slow > 0:\n      slow query: SELECT count(*) FROM generate_series(1, 100000000)\n"
            let report = tables.run(yaml, options: options)
            #expect(report.checks.map(\.outcome) == [.error])
            #expect(report.checks.first?.message?.contains("timeout") == true)
        }
    }

    @Test func `a connection that is lost, closed or busy`() async throws {
        try await CheckedTables.with("CREATE TABLE t (a int)") { tables in
            let yaml = "checks for t:\n  - row_count = 0\n"
            try tables.connection.execute("BEGIN")
            #expect(tables.run(yaml).problems.first?.message.contains("in a transaction") == true)
            try tables.connection.execute("ROLLBACK")
            #expect(tables.run(yaml).exitCode == 0)
            tables.connection.close()
            let report = tables.run(yaml)
            #expect(report.exitCode == 3)
            #expect(report.checks == [])
        }
    }

    @Test func `for each dataset`() async throws {
        let sql =
            "CREATE TABLE p_a (n int); CREATE TABLE p_b (n int); CREATE TABLE q (n int); INSERT INTO p_a VALUES (1)"
        try await CheckedTables.with(sql) { tables in
            let yaml = """
                for each dataset D:
                  datasets: [p_%, exclude q]
                  checks:
                    - row_count > 0
                    - failed rows: {name: "none in ${D}", fail query: "SELECT n FROM ${D} WHERE n > 0"}
                """
            let report = tables.run(yaml)
            #expect(report.checks.map(\.table) == ["p_a", "p_a", "p_b", "p_b"])
            #expect(report.checks.map(\.outcome) == [.pass, .fail, .fail, .pass])
            #expect(report.checks.map(\.name)[1] == "none in p_a")
            let none = tables.run(yaml.replacing("p_%", with: "x_%"))
            #expect(none.problems.first?.message.contains("no table is like") == true)
        }
    }

    @Test func `a schema other than the usual one`() async throws {
        try await CheckedTables.with("CREATE SCHEMA s; CREATE TABLE s.t (a int)") { tables in
            let yaml = "checks for t:\n  - row_count = 0\n  - schema: {fail: {when required column missing: [a]}}\n"
            #expect(tables.run(yaml).exitCode == 3)
            var options = CheckRun.Options()
            options.schema = "s"
            #expect(tables.run(yaml, options: options).exitCode == 0)
            #expect(tables.run(yaml.replacing("for t", with: "for s.t")).exitCode == 0)
        }
    }

    @Test func `the report for people and for programs`() async throws {
        try await CheckedTables.with("CREATE TABLE t (a int); INSERT INTO t VALUES (1), (NULL)") { tables in
            let yaml = "checks for t:\n  - missing_count(a) = 0\n  - row_count: {warn: when < 5}\n  - nonsense > 1\n"
            let report = tables.run(yaml)
            #expect(report.exitCode == 3)
            #expect(
                report.text.contains(
                    "missing_count(a) = 0 [FAILED]\n        at: checks.yml:2:5\n        check_value: 1"))
            #expect(report.text.hasSuffix("1 failure, 1 warning, 1 error, 0 passed."))
            let json = try JSONSerialization.jsonObject(with: Data(report.json().utf8)) as? [String: Any]
            let checks = try #require(json?["checks"] as? [[String: Any]])
            #expect(checks[0]["outcome"] as? String == "fail")
            #expect(checks[0]["value"] as? Int == 1)
            #expect((checks[0]["location"] as? [String: Any])?["line"] as? Int == 2)
            let rows = (checks[0]["samples"] as? [String: Any])?["rows"] as? [[Any]]
            #expect(rows?.map { $0.map { $0 is NSNull } } == [[true]])
            let thresholds = checks[1]["thresholds"] as? [String: Any]
            #expect((thresholds?["warn"] as? [String: Any])?["lessThan"] as? Double == 5)
            #expect((json?["problems"] as? [[String: Any]])?.count == 1)
            let good = tables.run("checks for t:\n  - row_count = 2\n")
            #expect(good.text.hasSuffix("All is well: 1 passed."))
        }
    }
}
