import CloudPrices
import Foundation
import Testing

/// The lists beside this file; see the README there.
private let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Fixtures"

struct FieldListTests {
    private func aws(_ name: String, _ change: (inout AWSScraper) -> Void = { _ in }) async throws -> OfferResult {
        var scraper = AWSScraper(selection: .everything)
        change(&scraper)
        let sink = CollectingSink()
        let summary = try await scraper.scrape(from: FolderOrigin("\(fixtures)/\(name)/aws"), into: sink)
        return OfferResult(rows: sink.rows, summary: summary)
    }

    private func file(_ path: String) throws -> MemoryByteSource {
        MemoryByteSource(try String(contentsOfFile: "\(fixtures)/\(path)", encoding: .utf8))
    }

    @Test(arguments: [["*"], ["eu-west-1"]])
    func `traffic from outside belongs to the region that it goes to`(regions: [String]) async throws {
        let result = try await aws("01-aws-inbound-external") { $0.selection.regions = TextMatcher(regions) }
        #expect(Set(result.rows.map(\.region)) == ["eu-west-1"])
        let inbound = try #require(result.rows.first { $0.sku == "IN00000000000001" })
        #expect(inbound.price.isZero && result.rows.count == 5 && result.summary.notices.isEmpty)
    }

    @Test func `a unit of a thousand is a block`() async throws {
        let row = try #require(try await aws("03-aws-unit-of-1000").rows.first)
        #expect(row.unit == "1K tokens" && row.normalisedUnit == "Tokens" && row.unitBlock == 1000)
    }

    @Test func `a tier that is dated anew leaves the others in force`() throws {
        let sink = CollectingSink()
        let page = try file("06-azure-tier-redated/azure/retail-prices/2026-01-01.json")
        let summary = try AzureScraper(selection: .everything).scrape(file: page, path: "page", into: sink)
        func tiers(at day: String) throws -> [String] {
            let moment = try #require(PriceInstant(day))
            return sink.rows.filter { row in
                row.effectiveFrom.map { $0 <= moment } ?? true && row.effectiveTo.map { moment < $0 } ?? true
            }.map { "\($0.tierStart.normalisedText)-\($0.tierEnd?.normalisedText ?? "") \($0.price)" }.sorted()
        }
        #expect(try tiers(at: "2026-01-01") == ["0-5 0.0", "10240- 0.080", "5-10240 0.087"])
        #expect(try tiers(at: "2024-01-01") == ["0-5 0.0", "5- 0.087"])
        #expect(summary.leftOut.isEmpty)
    }

    @Test func `a SKU whose first tier starts above zero is left out and reported`() throws {
        let text = try String(
            contentsOfFile: "\(fixtures)/08-gcp-first-tier-above-zero/gcp/skus/s.json", encoding: .utf8)
        let good = GoogleList.sku("GOOD", [GoogleList.pricing([GoogleList.rate("0")])])
        let both = text.replacing("\"skus\": [", with: "\"skus\": [\(good),")
        let (rows, summary) = try GoogleList.read(both)
        #expect(rows.map(\.sku) == ["GOOD"])
        #expect(summary.leftOut.counts == [.brokenTiers: 1] && summary.leftOut.samples.first?.sku == "AAAA-0001")
        var strict = ProviderSelection.everything
        strict.rules.odd = .fail
        #expect(throws: PriceProblems.self) { try GoogleList.read(both, strict) }
    }

    @Test func `a rate of 0 in another currency stays beside the one in dollars`() async throws {
        let rows = try await aws("10-aws-cny-zero-in-dollar-list").rows
        #expect(Set(rows.map(\.currency)) == ["USD", "CNY"])
        let chinese = try await aws("10-aws-cny-zero-in-dollar-list") { $0.partition = .china }
        #expect(Set(chinese.rows.map(\.currency)) == ["CNY"])
    }
}
