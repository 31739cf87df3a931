import ByteText
import DataChecks
import EphemeralPostgres
import Foundation
import PostgresClient
import Testing

/// Quotation marks, backslashes and comments in files of checks and in databases, with marks behind them that make one
/// `Character` of both.
struct HostileTextTests {
    private static let marks = ["", "\u{301}", "\u{FE0F}", "\u{200D}"]

    @Test func `values, expressions and schemas mean themselves, whatever follows a quotation mark`() async throws {
        // Every byte of ASCII that can stand in a quoted text of YAML.
        let texts = (0x20...0x7E).flatMap { byte in Self.marks.map { "\(Unicode.Scalar(UInt8(byte)))\($0)" } }
        let rows = texts.map { "(\(PostgresSyntax.literal($0)))" }.joined(separator: ", ")
        let setUp = "CREATE TABLE t (v text); INSERT INTO t VALUES \(rows)"
        try await CheckedTables.with(setUp) { tables in
            // In YAML's double quotes; a dollar sign begins a variable unless there are two.
            let quoted = texts.map { "\"\($0.bytes.jsonEscaped.bytes.replaced("$", with: "$$"))\"" }
            let checks = quoted.map { "  - invalid_count(v) = 1:\n      invalid values: [\($0)]\n" }
            let all = "  - invalid_count(v) = 0:\n      valid values: [\(quoted.joined(separator: ", "))]\n"
            let report = tables.run("checks for t:\n" + checks.joined() + all)
            #expect(report.problems == [])
            #expect(report.checks.count == texts.count + 1)
            #expect(report.checks.filter { $0.outcome != .pass }.map(\.name) == [])
        }
    }

    @Test(arguments: ["'\u{301}) OR (TRUE", "'\u{FE0F}; DROP TABLE t; --", "\\\u{200D}'", "a\u{301}"])
    func `no value leaves its literal`(text: String) async throws {
        try await CheckedTables.with("CREATE TABLE t (v text); INSERT INTO t VALUES ('x')") { tables in
            let value = "\"\(text.bytes.jsonEscaped)\""
            let report = tables.run(
                """
                checks for t:
                  - invalid_count(v) = 0: {invalid values: [\(value)]}
                  - missing_count(v) = 0: {missing values: [\(value)]}
                  - row_count = 1
                """)
            #expect(report.checks.map(\.outcome) == [.pass, .pass, .pass], "\(report.text)")
            var options = CheckRun.Options()
            options.schema = "public\"\u{301}"
            #expect(
                tables.run("checks for t:\n  - row_count = 1\n", options: options).checks.map(\.outcome) == [.error])
        }
    }

    @Test func `measurements that differ in the spelling of a letter are two`() async throws {
        let setUp = "CREATE TABLE t (v text); INSERT INTO t VALUES ('\u{E9}'), ('\u{E9}'), ('e\u{301}')"
        try await CheckedTables.with(setUp) { tables in
            let report = tables.run(
                "checks for t:\n  - row_count = 2: {filter: \"v = '\u{E9}'\"}\n"
                    + "  - row_count = 1: {filter: \"v = 'e\u{301}'\"}\n")
            #expect(report.checks.map(\.outcome) == [.pass, .pass])
        }
    }

    @Test func `comments end with what they stand in`() async throws {
        try await CheckedTables.with("CREATE TABLE t (v int); INSERT INTO t VALUES (1), (2), (3)") { tables in
            let report = tables.run(
                """
                filter t [tail]:
                  where: v > 1 -- not the first
                filter t [middle]:
                  where: |
                    v > 1
                    -- not the first
                    AND v < 3
                checks for t [tail]:
                  - row_count = 2
                  - missing_count(v) = 0
                checks for t [middle]:
                  - row_count = 1
                checks for t:
                  - row_count = 2: {filter: v > 1 -- tail}
                  - min(v) = 2: {filter: v > 1 -- tail}
                  - duplicate_count(v) = 0: {filter: v > 1 -- tail}
                  - failed rows: {fail condition: v > 3 -- none}
                  - failed rows: {fail query: SELECT v FROM t WHERE v > 3; -- none}
                  - rows = 3: {rows expression: COUNT(*) -- all}
                  - rows = 3: {rows query: SELECT COUNT(*) FROM t; -- all}
                  - share = 0: {condition: v > 3 -- none}
                  - freshness(at) < 1d: {filter: TRUE -- all}
                  - row_count same as t [middle]
                """)
            #expect(report.problems == [])
            let expected: [CheckOutcome] = Array(repeating: .pass, count: 11) + [.error, .fail]
            #expect(report.checks.map(\.outcome) == expected, "\(report.text)")
        }
    }

    @Test func `references without brackets`() async throws {
        let setUp = """
            CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2);
            CREATE TABLE u (b int); INSERT INTO u VALUES (1)
            """
        try await CheckedTables.with(setUp) { tables in
            let outcomes = tables.outcomes(of: [
                "values in a must exist in u b", "values in (a) must exist in u b", "values in b must exist in t a",
                "values in a must exist in t a",
            ])
            #expect(outcomes == [.fail, .fail, .error, .pass])
        }
    }

    @Test func `invalid values without a rule are none, with a warning`() async throws {
        try await CheckedTables.with("CREATE TABLE t (v int); INSERT INTO t VALUES (1)") { tables in
            let report = tables.run("checks for t:\n  - invalid_count(v) = 0\n  - invalid_percent(v) = 0\n")
            #expect(report.checks.map(\.outcome) == [.pass, .pass])
            #expect(report.exitCode == 0)
            #expect(report.warnings.map(\.location.line) == [2, 3])
            #expect(report.text.contains("no option says what is valid"))
        }
    }

    @Test func `SQL from files beside the file of checks`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "sennit-checks-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder.appending(path: "sql"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = ["sql/rows.sql": "SELECT COUNT(*) FROM ${TABLE}; -- all\n", "failed.sql": "SELECT v FROM t\n"]
        for (name, sql) in files { try Data(sql.utf8).write(to: folder.appending(path: name)) }
        let yaml = """
            variables: {TABLE: t}
            checks for t:
              - rows = 2: {rows sql_file: sql/rows.sql}
              - missing_count(v) > 0: {failed rows sql_file: failed.sql}
              - failed rows: {fail sql_file: failed.sql}
            """
        try Data(yaml.utf8).write(to: folder.appending(path: "checks.yml"))
        try await CheckedTables.with("CREATE TABLE t (v int); INSERT INTO t VALUES (1), (2)") { tables in
            let file = CheckFile.load(folder.appending(path: "checks.yml").path)
            let report = CheckRun([file]).run(on: tables.connection)
            #expect(report.problems == [])
            #expect(report.checks.map(\.outcome) == [.pass, .fail, .fail], "\(report.text)")
            #expect(report.checks[1].samples?.rows.count == 2)
        }
    }

    @Test func `tables of any name, for each of them`() async throws {
        let names = ["plain", "Upper", "a b", "q\"\u{301}", "q'\u{301}", "1st", "e\u{301}"]
        let setUp = names.map { "CREATE TABLE \(PostgresSyntax.identifier($0)) AS SELECT 1 AS v" }
        try await CheckedTables.with(setUp.joined(separator: "; ")) { tables in
            let report = tables.run(
                """
                for each dataset D:
                  datasets: ["%"]
                  checks:
                    - row_count = 1
                    - failed rows: {fail query: "SELECT * FROM ${D} WHERE v <> 1"}
                """)
            #expect(report.problems == [])
            #expect(report.checks.count == 2 * names.count)
            #expect(report.checks.allSatisfy { $0.outcome == .pass }, "\(report.text)")
        }
    }

    @Test func `a report shows no character that a terminal obeys`() async throws {
        try await CheckedTables.with("CREATE TABLE t (v text); INSERT INTO t VALUES (E'\\u001B[31mred')") { tables in
            let report = tables.run(
                "checks for t:\n  - failed rows: {name: \"a \\e[2J b\", fail condition: TRUE}\n")
            #expect(report.checks.map(\.outcome) == [.fail])
            #expect(!report.text.unicodeScalars.contains("\u{1B}"))
            #expect(report.text.contains("\\u{1B}[31mred"))
            let json = try report.json()
            #expect(json.contains("\\u001b[31mred"))
        }
    }
}
