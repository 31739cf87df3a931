import SennitPipeline
import Testing

@Suite struct PartitionSelectionTests {
    private func pipeline(_ partitions: Partitions?) throws -> Pipeline {
        try Pipeline("p", partitions: partitions, steps: [Step("a", Tell(ledger: ""), outputs: ["told"])])
    }

    private func keys(_ partitions: Partitions, _ texts: String...) throws -> [String] {
        try pipeline(partitions).partitions(in: texts).keys
    }

    @Test func `one day, and a range with both ends`() throws {
        #expect(try keys(.daily("day"), "2026-01-31") == ["2026-01-31"])
        #expect(try !pipeline(.daily("day")).partitions("2026-01-31").isRange)
        #expect(try keys(.daily("day"), "2024-02-28..2024-03-01") == ["2024-02-28", "2024-02-29", "2024-03-01"])
        #expect(try pipeline(.daily("day")).partitions("2026-01-31..2026-01-31").isRange)
    }

    @Test func `a longer time is all partitions that begin in it, a shorter one the partition in which it lies`() throws
    {
        #expect(try keys(.daily("day"), "2024-02").count == 29)
        #expect(try keys(.daily("day"), "2024").count == 366)
        #expect(try keys(.hourly("h"), "2026-01-31").last == "2026-01-31T23")
        #expect(try keys(.monthly("m"), "2026-01-15") == ["2026-01-01"])
        #expect(try keys(.monthly("m"), "2026-01..2026-03") == ["2026-01-01", "2026-02-01", "2026-03-01"])
        #expect(try keys(.weekly("w"), "2026-01-07") == ["2026-01-05"])
        #expect(try keys(.weekly("w"), "2026-01") == ["2026-01-05", "2026-01-12", "2026-01-19", "2026-01-26"])
        #expect(try keys(.weekly("w"), "2026-01-01..2026-01-05") == ["2025-12-29", "2026-01-05"])
    }

    @Test func `lists, open ranges and several texts, each partition once`() throws {
        let list = Partitions.list("part", ["eu", "us", "asia"])
        #expect(try keys(list, "us") == ["us"])
        #expect(try keys(list, "asia, eu") == ["asia", "eu"])
        #expect(try keys(list, "..") == ["eu", "us", "asia"])
        #expect(try keys(list, "us..") == ["us", "asia"])
        #expect(try keys(list, "..us", "us..") == ["eu", "us", "asia"])
        let days = Partitions.daily("day", from: CalendarDate("2026-01-30"), through: CalendarDate("2026-02-01"))
        #expect(try keys(days, "..") == ["2026-01-30", "2026-01-31", "2026-02-01"])
    }

    @Test(arguments: [
        (Partitions.daily("day"), "2026-02-31", "February 2026 has 28 days"),
        (
            .daily("day"), "2026-01-31..2026-01-01",
            "ends before it begins. The earlier day comes first: write --for 2026-01-01..2026-01-31"
        ),
        (.daily("day"), "yesterday", "write it like 2026-01-31"), (.daily("day"), "", "write it like 2026-01-31"),
        (.daily("day"), "2026-01-01..2026-02-30", "February 2026 has 28 days"),
        (.daily("day"), "2026-01-01,", "write it like 2026-01-31"),
        (.daily("day"), "2026-01-01..", "have no last one"), (.daily("day"), "2026-13", "write it like 2026-01-31"),
        (.daily("day"), "0001-01-01..9999-12-31", "at most 10,000"),
        (.hourly("h"), "0001..9999", "That is 87649416 partitions"), (.hourly("h"), "2026-01-31T24", "hours 00 to 23"),
        (.daily("day", from: CalendarDate("2026-01-01")), "2025-12-31", "begin with '2026-01-01'"),
        (.daily("day", through: CalendarDate("2026-01-01")), "2026-01-01..2026-01-02", "end with '2026-01-01'"),
        (.list("part", ["eu", "us"]), "ue", "Did you mean 'eu'?"),
        (.list("part", ["eu", "us"]), "us..eu", "ends before"),
        (.list("part", ["eu"]), "eu\u{301}", "no partition"),
    ])
    func `what is no partition`(partitions: Partitions, text: String, words: String) throws {
        let pipeline = try pipeline(partitions)
        let error = #expect(throws: PipelineError.self) { _ = try pipeline.partitions(text) }
        #expect(error?.code == .invalidPartition)
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }

    @Test func `several texts are bounded together`() throws {
        let years = (2000..<2030).map { "\($0)" }
        let error = #expect(throws: PipelineError.self) { _ = try pipeline(.daily("day")).partitions(in: years) }
        #expect(error?.message.contains("at most 10,000") == true)
    }

    @Test(arguments: [
        Partitions.list("part", []), .list("part", ["a", "a"]), .list("part", ["a/b"]), .list("part", ["a..b"]),
        .daily("day", from: CalendarDate("2026-01-02"), through: CalendarDate("2026-01-01")), .daily("a b"),
    ])
    func `partitions that cannot be`(partitions: Partitions) {
        #expect(throws: PipelineError.self) { _ = try pipeline(partitions) }
    }

    @Test func `a value is the beginning of a partition`() throws {
        #expect(try pipeline(.monthly("m")).setting(["m": "2026-01-01"]).partition == "2026-01-01")
        #expect(throws: PipelineError.self) { _ = try pipeline(.monthly("m")).setting(["m": "2026-01-02"]) }
        let bounded = try pipeline(.daily("day", from: CalendarDate("2026-01-02")))
        #expect(throws: PipelineError.self) { _ = try bounded.setting(["day": "2026-01-01"]) }
        #expect(try pipeline(nil).partition == nil)
        let error = #expect(throws: PipelineError.self) { _ = try pipeline(nil).partitions("2026") }
        #expect(error?.message.contains("has no partitions") == true)
    }

    /// Every key leads back to the partition that it names, whatever the unit; every hour lies in exactly one.
    @Test func `keys of every unit there and back`() throws {
        var generator = SplitMix64(seed: 7)
        let kinds: [Partitions] = [.hourly("x"), .daily("x"), .weekly("x"), .monthly("x")]
        for _ in 0..<500 {
            let day = try #require(CalendarDate(daysSince1970: Int.random(in: -719_000...2_932_000, using: &generator)))
            let hour = "\(day)T" + (Bool.random(using: &generator) ? "00" : "23")
            for kind in kinds {
                let keys = try keys(kind, hour)
                #expect(keys.count == 1)
                #expect(try self.keys(kind, keys[0]).first == keys[0])
                #expect(try pipeline(kind).setting(["x": keys[0]]).partition == keys[0])
                #expect(keys[0] <= hour)
            }
        }
    }
}
