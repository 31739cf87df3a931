import DataChecks
import Testing

/// Nothing in a file is passed over: each of these is a problem with a place and a way out.
struct CheckFileProblemTests {
    private func first(_ text: String, _ variables: [String: String] = [:]) -> String {
        CheckFile.parse(text, name: "a.yml", variables: variables).problems.first?.description ?? "no problem"
    }

    private func inSection(_ check: String) -> String { first("checks for t:\n  - \(check)\n") }

    @Test(arguments: [
        ("rows_count > 0", "a.yml:2:5: 'rows_count > 0': 'rows_count' is no check and no metric"),
        ("row_count > zero", "a.yml:2:17: in 'row_count > zero': expected a number"),
        ("row_count", "a.yml:2:5: 'row_count' has no threshold"),
        (
            "row_count > 0:\n      fail: when > 1",
            "a.yml:2:5: 'row_count > 0' has a threshold, and 'warn' or 'fail' below it"
        ),
        ("row_count:\n      fail: if > 1", "a.yml:3:13: 'fail' must say when"),
        ("row_count:\n      fail: when 1", "a.yml:3:13: 'fail': expected a threshold"),
        ("row_count > 0:\n      nam: x", "a.yml:3:7: 'row_count > 0' knows no option 'nam'"),
        ("row_count > 0:\n    name: x", "a.yml:3:11: 'name' stands beside the check"),
        ("row_count(a) > 0", "row_count counts rows and takes no column"),
        ("min > 0", "min takes one column"),
        ("avg(a, b) > 0", "avg takes one column"),
        ("duplicate_count = 0", "duplicate_count takes one column or more"),
        ("percentile(a, 2) > 0", "a fraction from 0 to 1"),
        ("row_count > 0:\n      samples columns: [a]", "SodaCL's option 'samples columns' is not supported; name"),
        ("row_count > 0:\n      warn_only: true", "SodaCL's option 'warn_only' is not supported"),
        ("a > 0:\n      a sql_file: nowhere.sql", "a.yml:3:19: there is no file ./nowhere.sql"),
        ("a > 0:\n      a sql_file: []", "'a sql_file' is a list; write the path of a file"),
        ("a > 0:\n      a sql_file: /tmp", "/tmp is not a file of at most"),
        ("row_count\u{301} > 0", "is no check and no metric"),
        ("row_count >\u{301} 0", "expected a number"),
        ("invalid_count(a) = 0:\n      valid values: []", "a.yml:3:21: 'valid values' is a list"),
        ("invalid_count(a) = 0:\n      valid values: [a, 1]", "holds both texts and numbers"),
        ("invalid_count(a) = 0:\n      valid format: phone", "'phone' is no format; known are"),
        ("invalid_count(a) = 0:\n      valid length: 1.5", "must be a whole number"),
        ("avg(a) > 0:\n      valid min: low", "'valid min' must be a number"),
        ("failed rows", "it needs one of 'fail condition' and 'fail query'"),
        ("failed rows:\n      fail condition: a\n      fail query: b", "it needs one of"),
        ("failed rows:\n      fail condition: a\n      samples limit: -1", "from 0 to 1000"),
        ("schema", "'schema' needs 'warn' or 'fail'"),
        (
            "schema:\n      fail:\n        when columns missing: [a]",
            "a.yml:4:9: 'when columns missing' is no condition"
        ),
        ("schema:\n      fail:\n        when required column missing: a", "must be a list of names"),
        ("freshness(a) < 5", "freshness is compared with a length of time"),
        ("freshness(a) > 1d", "rows are never too fresh"),
        ("row_count < 1d", "only freshness is compared with a length of time"),
        ("freshness < 1d", "freshness is about one column"),
        ("tiers:\n      start: a\n      end: b", "needs the option 'group columns'"),
        ("tiers:\n      group columns: [\"a; drop table t\"]\n      start: a\n      end: b", "must name columns"),
        ("jump:\n      column: price\n      key columns: sku\n      previous: old", "needs the option 'limit percent'"),
        ("share < 5", "'share < 5' needs the option 'condition'"),
        ("row_count same as t [new]", "no section 'filter t [new]'"),
        ("size > 5:\n      size expression: COUNT(*)\n      filter: a = 1", "a filter has no effect on an expression"),
        ("[row_count > 0]", "a check is a text"),
        ("group by:\n      query: SELECT 1\n      fields: [a]", "'group by' needs the option 'checks'"),
        (
            "group by:\n      query: SELECT 1\n      fields: [a]\n      checks:\n        - a > 0",
            "of which 'name' is needed"
        ),
        ("reconciliation x", "SodaCL's reconciliation checks"),
    ])
    func `a check`(check: String, expected: String) {
        #expect(inSection(check).contains(expected), "\(inSection(check))")
    }

    @Test(arguments: [
        ("", "a.yml:1:1: the file is empty"),
        ("- row_count > 0", "a.yml:1:1: a file of checks starts with sections"),
        ("checks for t: [", "the file is not YAML"),
        ("checks for t:\n  - a: 1\nchecks for t:\n  - b: 2", "the same key stands twice"),
        ("checks for:\n  - row_count > 0", "expected a table"),
        ("check for t:\n  - row_count > 0", "unknown section"),
        ("for each column c:\n  - row_count > 0", "SodaCL's checks for each column"),
        ("checks for t []:\n  - row_count > 0", "expected the filter's name between '[' and ']'"),
        ("checks for t [a:\n  - row_count > 0", "expected ']' after the filter's name"),
        ("checks for t:\n  row_count > 0", "a.yml:2:3: the checks of this section are a text"),
        ("checks for t [new]:\n  - row_count > 0", "no section 'filter t [new]'"),
        ("filter t [new]:\n  when: a\nchecks for t [new]:\n  - row_count > 0", "a filter has one option, 'where'"),
        ("configurations for t:\n  valid values: [a]", "write for which column"),
        ("configurations for t:\n  valid value for a: [a]", "'valid value' is no rule of a column"),
        ("checks:\n  - row_count > 0", "a check without a table needs 'row_count query'"),
        ("checks:\n  - schema:\n      fail:\n        when required column missing: [a]", "put it into a section"),
        ("for each dataset D:\n  checks:\n    - row_count > 0", "it needs 'datasets'"),
        ("for each dataset D:\n  datasets: [a]\n  checks:\n    - rows > 0", "'rows' is no check"),
        ("checks for t:\n  - row_count > ${LEAST}", "a.yml:2:5: the variable LEAST has no value"),
        ("checks for t:\n  - row_count > ${LEAST?}", "Variable LEAST is undefined"),
        ("variables: 5\nchecks for t:\n  - row_count > 0", "'variables' must give values by name"),
    ])
    func `a file`(text: String, expected: String) {
        #expect(first(text).contains(expected), "\(first(text))")
    }

    @Test func `what is understood is kept beside what is not`() {
        let file = CheckFile.parse("checks for t:\n  - row_count > 0\n  - nothing\n  - min(a) > 0\n", name: "a.yml")
        #expect(file.count == 2)
        #expect(file.problems.count == 1)
    }

    @Test(arguments: [
        "discover datasets", "discover tables", "profile columns", "sample datasets", "sample tables",
        "automated monitoring",
    ])
    func `a section for Soda's service is passed over with a warning`(section: String) {
        let text = "\(section):\n  datasets: [\"include ${NOTHING}\", exclude a%]\nchecks for t:\n  - row_count > 0\n"
        let file = CheckFile.parse(text, name: "a.yml")
        #expect(file.problems.isEmpty)
        #expect(file.count == 1)
        #expect(file.warnings.map(\.location.line) == [1])
        #expect(file.warnings.first?.message.contains("'\(section)' is passed over") == true)
    }

    @Test func `names of filters may hold anything but a bracket`() {
        for name in ["new", "my filter-1", "2025", "a.b/c", "é", "e\u{301}", "-\u{301}"] {
            let file = CheckFile.parse(
                "filter t [\(name)]:\n  where: a > 0\nchecks for t [\(name)]:\n  - row_count > 0\n", name: "a.yml")
            #expect(file.problems == [], "\(name)")
        }
        let other = CheckFile.parse(
            "filter t [é]:\n  where: a > 0\nchecks for t [e\u{301}]:\n  - row_count > 0\n", name: "a.yml")
        #expect(other.problems.count == 1)
    }

    @Test func `variables are expanded after YAML is read`() {
        let text = "checks for ${T-prices}:\n  - row_count > ${LEAST}:\n      name: $$5 \"${NAME}\"\n"
        let file = CheckFile.parse(text, name: "a.yml", variables: ["LEAST": "1", "NAME": "a: b\n  - c"])
        #expect(file.problems.isEmpty)
        #expect(file.count == 1)
    }

    @Test func `a file cannot be read`() {
        let file = CheckFile.load("/nowhere/checks.yml")
        #expect(file.problems.first?.message.contains("cannot be read") == true)
    }

    @Test func `deep, long and repeating files are refused`() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(first(deep).contains("not YAML"))
        #expect(
            first("checks for t:\n  - " + String(repeating: "[", count: 60) + String(repeating: "]", count: 60))
                .contains("too deeply"))
        #expect(first(String(repeating: "# filling\n", count: 500_000)).contains("split it"))
        // Each list holds the one before it nine times.
        let bomb = "bcdefgh".reduce("checks for t:\n  - &a [x]\n") { text, letter in
            let before = Array(repeating: "*\(prior(letter))", count: 9).joined(separator: ",")
            return text + "  - &\(letter) [\(before)]\n"
        }
        #expect(first(bomb).contains("too many nodes"))
    }

    private func prior(_ letter: Character) -> Character {
        Character(UnicodeScalar((letter.asciiValue ?? 98) - 1))
    }
}
