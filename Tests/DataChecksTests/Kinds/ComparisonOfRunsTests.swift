import DataChecks
import PostgresClient
import Testing

/// Checks that compare with earlier runs or an earlier table.
struct ComparisonOfRunsTests {
    private static let yaml = """
        checks for t:
          - change for row_count between -1 and 1
          - change percent for row_count > -50
          - change avg last 3 for sum(price) = 0
          - change same day last week for row_count = 0
          - schema: {fail: {when schema changes: any}}
        """

    @Test func `the first run has nothing to compare with, the second has`() async throws {
        try await CheckedTables.with("CREATE TABLE t (price int); INSERT INTO t VALUES (1), (2), (3), (4)") { tables in
            var history = MetricsHistory()
            let first = tables.run(Self.yaml, history: history)
            #expect(first.checks.allSatisfy { $0.outcome == .notEvaluated })
            #expect(first.exitCode == 0)
            history.append(first)

            var options = CheckRun.Options()
            options.now = first.time + 7 * 86_400 + 60
            let second = tables.run(Self.yaml, options: options, history: history)
            #expect(second.checks.map(\.outcome) == [.pass, .pass, .pass, .pass, .pass])

            try tables.connection.execute("DELETE FROM t WHERE price > 1; ALTER TABLE t ADD COLUMN more text")
            let third = tables.run(Self.yaml, options: options, history: history)
            #expect(third.checks.map(\.outcome) == [.fail, .fail, .fail, .fail, .fail])
            #expect(third.checks.map(\.value) == [.integer(-3), .number(-75), .integer(-9), .integer(-3), .integer(1)])

            // A bad run is kept, and not compared with.
            history.append(third)
            let fourth = tables.run(Self.yaml, options: options, history: history)
            #expect(fourth.checks.map(\.value) == third.checks.map(\.value))
        }
    }

    @Test func `without a history a change is an error`() async throws {
        try await CheckedTables.with("CREATE TABLE t (price int)") { tables in
            #expect(tables.run(Self.yaml).checks.allSatisfy { $0.outcome == .error })
            #expect(tables.run(Self.yaml).exitCode == 3)
        }
    }

    @Test func `jumps`() async throws {
        let sql = """
            CREATE TABLE t (sku text, region text, price numeric);
            INSERT INTO t VALUES
                ('a', 'r', 10), ('b', 'r', 15), ('c', 'r', 1), ('d', 'r', 0), ('e', NULL, 9), ('f', 'r', 5)
            """
        let yaml = """
            checks for t:
              - jump:
                  column: price
                  key columns: [sku, region]
                  previous: before
                  limit percent: 50
            """
        try await CheckedTables.with(sql) { tables in
            let first = tables.run(yaml).checks.first
            #expect(first?.outcome == .notEvaluated)
            #expect(first?.message?.contains("no table before") == true)
            try tables.connection.execute(
                """
                CREATE TABLE before AS SELECT * FROM t; UPDATE before SET price = 10 WHERE sku = 'b';
                UPDATE before SET price = 0 WHERE sku = 'c'; UPDATE before SET price = 2 WHERE sku = 'd';
                UPDATE before SET price = 1 WHERE sku = 'e'; DELETE FROM before WHERE sku = 'f'
                """)
            let second = tables.run(yaml).checks.first
            #expect(second?.value == .integer(2))
            #expect(second?.samples?.columns == ["sku", "region", "previous", "current", "percent"])
            #expect(second?.samples?.rows == [["c", "r", "0", "1", nil], ["d", "r", "2", "0", "-100.00"]])
        }
    }
}
