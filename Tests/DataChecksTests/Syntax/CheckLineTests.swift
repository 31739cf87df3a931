import DataChecks
import Testing

struct CheckLineTests {
    private func metric(_ line: String) throws -> MetricCall? {
        guard case .metric(let call, _) = try CheckLine.parse(line) else { return nil }
        return call
    }

    @Test func `metrics with their columns`() throws {
        #expect(try metric("row_count > 0") == MetricCall(name: "row_count", arguments: []))
        #expect(try metric("missing_count(a)=0") == MetricCall(name: "missing_count", arguments: ["a"]))
        #expect(try metric("duplicate_count(a, \"B c\" ) = 0")?.arguments == ["a", "\"B c\""])
        #expect(try metric("percentile(price, .95) < 3")?.arguments == ["price", "0.95"])
        #expect(try metric("größe < 3")?.name == "größe")
    }

    @Test(arguments: [
        ("> 5", [6], [5, 4]), (">= 5", [5], [4.9]), ("< 5", [4], [5]), ("<= 5", [5], [5.1]), ("= 5", [5], [4, 6]),
        ("!= 5", [4, 6], [5]), ("<> 5", [4, 6], [5]), ("between 1 and 5", [1, 3, 5], [0, 6]),
        ("between (1 and 5)", [3], [1, 5]), ("between [1 and 5)", [1], [5]),
        ("not between 1 and 5", [0, 6], [1, 3, 5]),
        ("not between (1 and 5]", [0, 1, 6], [2, 5]), ("> -5", [-4], [-5]), ("< 5%", [4], [5]),
        ("< 1.5e3", [1499], [1500]),
        ("between -3 and - 1", [-2], [0]),
    ])
    func `a threshold says what passes, its inverse what fails`(
        text: String, passing: [Double], failing: [Double]
    ) throws {
        guard case .metric(_, let written?) = try CheckLine.parse("m \(text)") else {
            Issue.record("no threshold")
            return
        }
        for value in passing {
            #expect(written.range.contains(value), "\(value)")
            #expect(!written.range.inverse.contains(value), "\(value)")
        }
        for value in failing {
            #expect(!written.range.contains(value), "\(value)")
            #expect(written.range.inverse.contains(value), "\(value)")
        }
    }

    @Test(arguments: [("< 1d", 86_400), ("< 24h30m", 88_200), ("< 90s", 90), ("< 1d12h", 129_600)])
    func `lengths of time in seconds`(text: String, seconds: Double) throws {
        guard case .metric(_, let written?) = try CheckLine.parse("freshness(a) \(text)") else { return }
        #expect(written.isDuration)
        #expect(written.range.lessThan == seconds)
    }

    @Test func `references and comparisons`() throws {
        #expect(
            try CheckLine.parse("values in (a, b) must exist in other (c, d)")
                == .reference(columns: ["a", "b"], mustExist: true, table: "other", targets: ["c", "d"]))
        #expect(
            try CheckLine.parse("values in (a) must not exist in s.t (c)")
                == .reference(columns: ["a"], mustExist: false, table: "s.t", targets: ["c"]))
        #expect(try CheckLine.parse("row_count same as t") == .rowCountSame(table: "t", filter: nil))
        #expect(try CheckLine.parse("row_count same as t [new]") == .rowCountSame(table: "t", filter: "new"))
    }

    @Test(arguments: [
        ("change for row_count < 5", ChangeBase(last: 1, aggregation: .min, isPercent: false)),
        ("change percent for row_count < 5", ChangeBase(last: 1, aggregation: .min, isPercent: true)),
        ("change avg last 7 for row_count < 5", ChangeBase(last: 7, aggregation: .avg, isPercent: false)),
        ("change max last 3 percent for row_count < 5", ChangeBase(last: 3, aggregation: .max, isPercent: true)),
        ("change same day last week for row_count < 5", ChangeBase(last: nil, aggregation: .min, isPercent: false)),
    ])
    func `changes`(line: String, base: ChangeBase) throws {
        guard case .change(let found, let call, _) = try CheckLine.parse(line) else {
            Issue.record("no change")
            return
        }
        #expect(found == base)
        #expect(call.name == "row_count")
    }

    @Test(arguments: [
        ("row_count >", 11), ("row_count > x", 12), ("row_count > 5 6", 14), ("row_count 5", 10), ("min(", 4),
        ("min(a > 5", 6), ("between 1 and 5", 8), ("row_count between 5 and 1", 25), ("row_count not > 5", 13),
        ("row_count between 1 and 1d", 26), ("values in (a) must exist in t (b, c)", 36), ("", 0), ("> 5", 0),
        ("anomaly detection for row_count", 0), ("distribution_difference(a) > 0.05", 0), ("row_count same as", 17),
        ("row_count same as t in other", 22), ("change row_count < 5", 6), ("$template < 5", 0), ("\"a < 5", 6),
        ("freshness(a) < 1x", 16), ("row_count < 1e999", 12),
    ])
    func `what is not understood, and where`(line: String, offset: Int) {
        let error = #expect(throws: LineError.self) { try CheckLine.parse(line) }
        #expect(error?.offset == offset)
        #expect(error?.message.isEmpty == false)
    }
}
