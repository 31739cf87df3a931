import CloudPrices
import Testing

struct AzureTierTests {
    private func tier(_ start: String, _ price: String, _ more: [String: String] = [:]) -> [String: String] {
        ["tierMinimumUnits": start, "retailPrice": price].merging(more) { _, new in new }
    }

    private func spans(_ rows: [PriceRow]) -> [String] {
        rows.map { "\($0.tierStart.normalisedText)-\($0.tierEnd?.normalisedText ?? "") \($0.price.text)" }
    }

    @Test func `a tier ends where the next one starts, in whatever order they come`() throws {
        // Azure sorts tiers as texts.
        let rows = try AzureList.rows([
            tier("0.0", "0.0"), tier("10.0", "0.3"), tier("1000010.0", "0.02"), tier("240010.0", "0.1"),
            tier("750010.0", "0.05"),
        ])
        #expect(
            spans(rows) == [
                "0-10 0.0", "10-240010 0.3", "240010-750010 0.1", "750010-1000010 0.05", "1000010- 0.02",
            ])
    }

    @Test func `tiers of other things do not mix`() throws {
        let rows = try AzureList.rows([
            tier("0", "1"), tier("10", "2"), tier("0", "3", ["skuId": "\"P1/0002\""]),
            tier("0", "4", ["skuId": "\"P1/0002\"", "armRegionName": "\"eastus\""]),
        ])
        #expect(spans(rows) == ["0-10 1", "10- 2", "0- 3", "0- 4"])
    }

    @Test func `the same item twice is one`() throws {
        let (rows, summary) = try AzureList.read(AzureList.page([AzureList.item(), AzureList.item()]))
        #expect(rows.count == 1 && summary.duplicates == 1 && summary.rows == 1)
    }

    @Test func `the same tier at two prices is a problem`() {
        let problem = AzureList.problem([tier("0", "1"), tier("0.0", "2")])
        #expect(problem?.code == .brokenTiers && problem?.found == "2")
    }

    @Test func `a family that comes apart is a problem`() {
        let problem = AzureList.problem([tier("0", "1"), ["meterId": "\"other\""], tier("10", "2")])
        #expect(problem?.code == .listMoved)
    }

    @Test func `a tier goes over the end of a page`() async throws {
        let start = "/api/retail/prices?api-version=2023-01-01-preview&currencyCode='USD'"
        let next = "/api/retail/prices?$skip=1"
        let origin = PageOrigin([
            start: AzureList.page([AzureList.item(tier("0", "1"))], next: next),
            next: AzureList.page([AzureList.item(tier("10", "2"))]),
        ])
        let sink = CollectingSink()
        let summary = try await AzureScraper(selection: .everything).scrape(from: origin, into: sink)
        #expect(spans(sink.rows) == ["0-10 1", "10- 2"])
        #expect(sink.rows.map(\.source) == [start, next] && summary.documents.count == 2)
    }
}

struct AzureTimelineTests {
    private func entry(_ tier: Int, _ from: Int64, _ to: Int64? = nil) -> AzureTimeline.Entry {
        .init(
            tier: ExactDecimal(tier), from: PriceInstant(microseconds: from),
            to: to.map { PriceInstant(microseconds: $0) })
    }

    private func periods(_ entries: [AzureTimeline.Entry]) throws -> [String] {
        try AzureTimeline.periods(entries).map { period in
            let to = period.to.map { "\($0.microseconds)" } ?? ""
            return "\(period.entry): \(period.from.microseconds)-\(to) <\(period.tierEnd?.text ?? "")"
        }
    }

    @Test func `the latest start wins`() throws {
        #expect(try periods([entry(0, 1), entry(0, 5)]) == ["0: 1-5 <", "1: 5- <"])
        #expect(try periods([entry(0, 1, 9), entry(0, 5)]) == ["0: 1-5 <", "1: 5- <"])
        #expect(try periods([entry(0, 5, 7), entry(0, 1)]) == ["1: 1-5 <", "0: 5-7 <", "1: 7- <"])
    }

    @Test func `of equal starts the earliest end wins`() throws {
        #expect(try periods([entry(0, 1), entry(0, 1, 4)]) == ["1: 1-4 <", "0: 4- <"])
        #expect(try periods([entry(0, 1, 9), entry(0, 1, 4)]) == ["1: 1-4 <", "0: 4-9 <"])
    }

    @Test func `a newer list of tiers replaces the older one whole`() throws {
        #expect(
            try periods([entry(0, 1), entry(10, 1), entry(100, 1), entry(0, 5), entry(20, 5)]) == [
                "0: 1-5 <10", "1: 1-5 <100", "2: 1-5 <", "3: 5- <20", "4: 5- <",
            ])
    }

    @Test func `tiers that are dated anew leave those that nothing replaces`() throws {
        let bounds = [0, 10, 100, 1000]
        for chosen in 1..<15 {
            let anew = bounds.enumerated().filter { chosen >> $0.offset & 1 == 1 }.map(\.element)
            let entries = bounds.map { entry($0, anew.contains($0) ? 5 : 1) }
            let old = bounds.filter { !anew.contains($0) }.map { entry($0, 1) }
            for entries in [entries, old + bounds.map { entry($0, 1) } + anew.map { entry($0, 5) }] {
                let distinct = entries.enumerated().filter { !entries[..<$0.offset].contains($0.element) }.map(
                    \.element)
                let holding = AzureTimeline.holding(at: PriceInstant(microseconds: 9), distinct)
                #expect(holding.map { distinct[$0].tier } == bounds.map { ExactDecimal($0) }, "\(anew)")
                let starts = holding.map { distinct[$0].from.microseconds }
                #expect(starts == bounds.map { anew.contains($0) ? 5 : 1 }, "\(anew)")
            }
        }
    }

    @Test func `a list without a tier at 0 is no price`() throws {
        #expect(try periods([entry(5, 1)]) == [])
        #expect(try periods([entry(5, 1), entry(10, 1)]) == [])
        #expect(try periods([entry(0, 5), entry(10, 1)]) == ["0: 5- <10", "1: 5- <"])
    }

    @Test func `one tier may change alone`() throws {
        #expect(try periods([entry(0, 1), entry(0, 1, 4), entry(10, 1)]) == ["1: 1-4 <10", "2: 1- <", "0: 4- <10"])
    }

    @Test func `what cannot be told apart is a conflict`() {
        #expect(throws: AzureTimeline.Conflict(first: 0, second: 2)) {
            try AzureTimeline.periods([entry(0, 1), entry(10, 1), entry(0, 1)])
        }
    }

    /// Against the rule itself, at every moment, on many small families.
    @Test func `periods are what the rule says at every moment`() throws {
        var state: UInt64 = 1
        func next(_ bound: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % bound
        }
        for _ in 0..<2000 {
            var entries: [AzureTimeline.Entry] = []
            for _ in 0...next(5) {
                let from = Int64(next(6))
                let made = entry(Int(next(3)) * 10, from, next(2) == 0 ? nil : from + 1 + Int64(next(5)))
                if !entries.contains(made) { entries.append(made) }
            }
            let periods = try AzureTimeline.periods(entries)
            for moment in (0..<13).map({ PriceInstant(microseconds: Int64($0)) }) {
                check(periods, of: entries, at: moment)
            }
        }
    }

    private func check(_ periods: [AzureTimeline.Period], of entries: [AzureTimeline.Entry], at moment: PriceInstant) {
        var holding: [AzureTimeline.Period] = []
        for period in periods where period.from <= moment {
            if let to = period.to, to <= moment { continue }
            holding.append(period)
        }
        holding.sort { entries[$0.entry].tier < entries[$1.entry].tier }
        #expect(holding.map(\.entry) == AzureTimeline.holding(at: moment, entries))
        for (index, period) in holding.enumerated() {
            let next: ExactDecimal? = index + 1 < holding.count ? entries[holding[index + 1].entry].tier : nil
            #expect(period.tierEnd == next)
        }
    }

    @Test func `the last minute of a day is its end`() throws {
        let rows = try AzureList.rows([
            ["effectiveEndDate": "\"2025-03-31T23:59:00Z\"", "retailPrice": "1"],
            ["effectiveStartDate": "\"2025-04-01T00:00:00Z\"", "retailPrice": "2"],
        ])
        #expect(rows.map(\.effectiveTo) == [PriceInstant("2025-04-01T00:00:00Z"), nil])
    }
}
