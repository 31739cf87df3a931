import DataChecks
import Testing

struct PassTests {
    @Test func `all aggregates of one table and filter take one pass`() async throws {
        try await CheckedTables.with("CREATE TABLE t (a int, b text); INSERT INTO t VALUES (1, 'x')") { tables in
            let yaml = """
                filter t [some]: {where: a > 0}
                checks for t:
                  - row_count > 0
                  - row_count = 1
                  - missing_count(a) = 0
                  - missing_percent(b) = 0
                  - avg(a) = 1
                  - failed rows: {fail condition: a < 0}
                  - row_count same as t [some]
                checks for t [some]:
                  - row_count > 0
                  - max(a) = 1
                """
            let report = tables.run(yaml)
            #expect(report.outcome == .pass)
            #expect(report.statements == 2)
        }
    }

    @Test func `equal measurements are made once`() async throws {
        try await CheckedTables.with("CREATE TABLE t (a int); INSERT INTO t VALUES (1)") { tables in
            let check = "  - duplicate_count(a) = 0\n  - failed rows: {fail query: SELECT a FROM t WHERE a > 1}\n"
            #expect(tables.run("checks for t:\n" + check + check + check).statements == 2)
        }
    }
}
