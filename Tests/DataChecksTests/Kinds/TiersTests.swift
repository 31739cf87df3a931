import DataChecks
import Testing

struct TiersTests {
    private static let yaml = """
        checks for t:
          - tiers:
              group columns: [sku, region]
              start: low
              end: high
        """

    /// The faults that are found in tiers, each a start and an end, all of one group.
    private func faults(_ tiers: String, options: String = "") async throws -> String? {
        let rows = tiers.split(separator: " ").map { tier in
            let bounds = tier.split(separator: "-").map { $0 == "open" ? "NULL" : $0 == "inf" ? "'Infinity'" : $0 }
            return "('a', NULL, \(bounds[0]), \(bounds[1]))"
        }
        let sql = """
            CREATE TABLE t (sku text, region text, low numeric, high numeric);
            INSERT INTO t VALUES ('good', 'r', 0, NULL), \(rows.joined(separator: ", "))
            """
        return try await CheckedTables.with(sql) { tables in
            let report = tables.run(Self.yaml + options)
            #expect(report.problems == [])
            let check = try #require(report.checks.first)
            #expect(check.outcome == (check.value == .integer(0) ? .pass : .fail), "\(check.message ?? "")")
            #expect(check.samples.map { $0.rows.map { $0[0] } } ?? ["a"] == ["a"])
            return check.samples?.rows.first?[2]
        }
    }

    @Test(arguments: ["0-open", "0-10 10-20 20-open", "20-open 0-10.5 10.5-20", "5-inf"])
    func `contiguous tiers`(tiers: String) async throws {
        #expect(try await faults(tiers) == nil)
    }

    @Test(arguments: [
        ("0-10 20-open", "gap from 10 to 20"), ("0-10 5-open", "overlap from 5 to 10"),
        ("0-10", "the last tier ends at 10"),
        ("0-open 10-open", "the open tier from 0 is not the last"), ("5-5 5-open", "the tier from 5 ends at 5"),
        ("0-10 0-10 10-open", "overlap from 0 to 10"), ("0-10 5-10 10-open", "overlap from 5 to 10"),
        ("0-10 12-20", "gap from 10 to 12; the last tier ends at 20"), ("open-10 0-open", "a tier has no start"),
    ])
    func `faults`(tiers: String, expected: String) async throws {
        let found = try await faults(tiers)
        #expect(found?.contains(expected) == true, "\(found ?? "none")")
    }

    @Test func `the first tier may have to start somewhere`() async throws {
        #expect(try await faults("5-10 10-open", options: "\n      first: 0") == "starts at 5 instead of 0")
        #expect(try await faults("0-10 10-open", options: "\n      first: 0") == nil)
    }
}
