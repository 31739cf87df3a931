import DataChecks
import Testing

/// Outcomes of every kind on a table of a few rows.
struct KindTests {
    private static let table = """
        CREATE TABLE t (id int, name text, price numeric, weight float8, seen timestamptz, day date);
        INSERT INTO t VALUES
            (1, 'a', 1.5, 1, '2025-04-21 09:00+00', '2025-04-20'), (2, 'bb', 0, 2, '2025-04-21 08:00+00', '2025-04-19'),
            (3, 'ccc', 2.5, 3, NULL, NULL), (4, NULL, NULL, 4, NULL, NULL), (4, 'n/a', 4, NULL, NULL, NULL);
        CREATE TABLE other (id int); INSERT INTO other VALUES (1), (2), (3), (9), (9)
        """

    private func outcomes(of checks: [String]) async throws -> [CheckOutcome] {
        try await CheckedTables.with(Self.table) { $0.outcomes(of: checks) }
    }

    @Test func `numbers`() async throws {
        let passing = [
            "row_count = 5", "min(price) = 0", "max(price) = 4", "avg(price) = 2", "sum(weight) = 10",
            "stddev(weight) between 1.2 and 1.3", "variance(weight) < 1.7", "percentile(id, 0.5) = 3",
            "stddev_pop(weight) between 1.11 and 1.12", "stddev_samp(weight) between 1.29 and 1.3",
            "var_pop(weight) = 1.25", "var_samp(weight) between 1.66 and 1.67",
            "min_length(name) = 1", "max_length(name) = 3", "avg_length(name) = 2.25", "missing_count(name) = 1",
            "missing_percent(name) = 20", "missing_count(name) = 2: {missing regex: '^n/'}", "duplicate_count(id) = 1",
            "duplicate_percent(id) = 20",
            "duplicate_count(id, name) = 0", "share = 20: {condition: price = 0}", "row_count = 2: {filter: id > 3}",
            "missing_count(name) = 2: {missing values: [n/a]}", "invalid_count(name) = 2: {valid max length: 2}",
            "invalid_percent(name) = 40: {valid max length: 2}", "invalid_count(name) = 1: {valid min length: 2}",
            "invalid_count(name) = 2: {valid length: 3}", "invalid_count(name) = 1: {valid values: [a, bb, ccc]}",
            "invalid_count(name) = 1: {invalid regex: '/'}", "invalid_count(price) = 1: {valid min: 1}",
            "invalid_count(name) = 4: {valid format: integer}", "valid_count(name) = 2: {valid regex: '^(a|bb)$'}",
            "max(price) = 2.5: {valid max: 3}", "span = 4: {span expression: MAX(price) - MIN(price)}",
            "ids = 4: {ids query: SELECT COUNT(DISTINCT id) FROM t}", "invalid_count(name) = 1: {invalid values: [a]}",
            "missing_count(name) = 1: {missing values: [\"it's\", 'back\\slash']}",
        ]
        #expect(try await outcomes(of: passing) == passing.map { _ in .pass })
    }

    @Test func `a named filter`() async throws {
        try await CheckedTables.with(Self.table) { tables in
            let report = tables.run(
                """
                filter t [large]:
                  where: id > 2
                checks for t [large]:
                  - row_count = 3
                  - row_count same as other
                  - duplicate_count(id) = 1
                  - failed rows: {fail condition: price = 0}
                """)
            #expect(report.checks.map(\.outcome) == [.pass, .fail, .pass, .pass])
        }
    }

    @Test func `thresholds`() async throws {
        let checks = [
            "row_count > 5", "row_count: {warn: when < 10}", "row_count: {warn: when < 10, fail: when < 6}",
            "row_count not between 1 and 3", "avg(price) > 0: {filter: id > 9}",
        ]
        #expect(try await outcomes(of: checks) == [.fail, .warn, .fail, .pass, .notEvaluated])
    }

    @Test func `rows of other tables`() async throws {
        let checks = [
            "values in (id) must exist in other (id)", "values in (id) must not exist in other (id)",
            "row_count same as other", "row_count same as t",
        ]
        #expect(try await outcomes(of: checks) == [.fail, .fail, .pass, .pass])
        try await CheckedTables.with(Self.table) { tables in
            let check = tables.run("checks for t:\n  - values in (id) must exist in other (id)\n").checks.first
            #expect(check?.value == .integer(2))
            #expect(check?.samples?.rows.map { $0[0] } == ["4", "4"])
        }
    }

    @Test func `failed rows`() async throws {
        let checks = [
            "failed rows: {fail condition: price < 0}", "failed rows: {fail condition: price = 0}",
            "failed rows: {fail condition: price = 0, warn: when > 0, fail: when > 1}",
            "failed rows: {fail query: SELECT id FROM t WHERE id > 3;}",
            "failed rows: {fail query: SELECT id FROM t WHERE id > 9}",
        ]
        #expect(try await outcomes(of: checks) == [.pass, .fail, .warn, .fail, .pass])
    }

    @Test func `the samples of failed rows are few, and all are counted`() async throws {
        try await CheckedTables.with("CREATE TABLE t AS SELECT generate_series(1, 1000) AS n") { tables in
            let yaml = """
                checks for t:
                  - failed rows: {fail query: SELECT n FROM t WHERE n > 100 ORDER BY n, samples limit: 3}
                  - failed rows: {fail condition: n > 100, samples limit: 0}
                """
            let checks = tables.run(yaml).checks
            #expect(checks.map(\.value) == [.integer(900), .integer(900)])
            #expect(checks[0].samples?.rows == [["101"], ["102"], ["103"]])
            #expect(checks[0].samples?.total == 900)
            #expect(checks[1].samples == nil)
        }
    }

    @Test func `freshness`() async throws {
        try await CheckedTables.with(Self.table + "; CREATE TABLE e (at timestamp)") { tables in
            let yaml = """
                checks for t:
                  - freshness(seen) < 61m
                  - freshness(seen) < 60m
                  - freshness(seen) < 59m
                  - freshness(day) < 11h
                  - freshness(day) < 9h
                  - freshness(seen): {warn: when > 30m, fail: when > 2h}
                  - freshness(seen, THEN) < 1m
                  - freshness(id) < 1d
                  - freshness(seen, NEVER) < 1d
                checks for e:
                  - freshness(at) < 1d
                """
            let report = tables.run(
                yaml, variables: ["NOW": "2025-04-21T10:00:00+00:00", "THEN": "2025-04-21T09:00:59Z"])
            let expected: [CheckOutcome] = [.pass, .pass, .fail, .pass, .fail, .warn, .pass, .error, .error, .fail]
            #expect(report.checks.map(\.outcome) == expected)
            #expect(report.checks.first?.value == .integer(3_600_000))
        }
    }

    @Test func `schema`() async throws {
        let checks = [
            "schema: {fail: {when required column missing: [id, price]}}",
            "schema: {fail: {when required column missing: [owner]}, warn: {when forbidden column present: [pri%]}}",
            "schema: {warn: {when forbidden column present: [pri%]}}",
            "schema: {fail: {when wrong column type: {price: numeric, seen: timestamptz, name: varchar}}}",
            "schema: {fail: {when wrong column type: {price: numeric, seen: timestamptz, name: text}}}",
            "schema: {fail: {when wrong column index: {id: 0, price: 2}}}",
            "schema: {fail: {when mismatching columns: {id: integer, name: null}}}",
            "schema: {fail: {when mismatching columns: {id: integer, name: , price: , weight: , seen: , day: }}}",
        ]
        #expect(try await outcomes(of: checks) == [.pass, .fail, .warn, .fail, .pass, .pass, .fail, .pass])
    }

    @Test func `groups`() async throws {
        try await CheckedTables.with(Self.table) { tables in
            let yaml = """
                checks for t:
                  - group by:
                      query: SELECT id % 2 AS odd, COUNT(*) AS rows, AVG(price) AS mean FROM t GROUP BY 1 ORDER BY 1
                      fields: [odd]
                      checks:
                        - rows > 2: {name: enough}
                        - mean: {name: cheap, warn: when >= 2}
                """
            let checks = tables.run(yaml).checks
            #expect(checks.map(\.name) == ["group by", "enough [0]", "cheap [0]", "enough [1]", "cheap [1]"])
            #expect(checks.map(\.outcome) == [.fail, .pass, .warn, .fail, .warn])
            let limited = yaml.replacing("fields:", with: "group_limit: 1\n      fields:")
            #expect(tables.run(limited).checks.map(\.outcome) == [.error])
        }
    }
}
