import CloudPrices
import Foundation
import Testing

/// The sample tree beside this file.
private let tree = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Fixtures"

private func scrape(_ selection: ProviderSelection) async throws -> OfferResult {
    var scraper = AWSScraper(selection: selection)
    scraper.format = .csv
    let sink = CollectingSink()
    let summary = try await scraper.scrape(from: FolderOrigin(tree + "/aws"), into: sink)
    return OfferResult(rows: sink.rows, summary: summary)
}

struct AWSScraperTests {
    /// What the sample has of S3 in Ireland; two of its rows are made up to be wrong.
    @Test func `the real S3 list: one file for all regions, 0.0000000025 and tiers`() async throws {
        var selection = ProviderSelection.everything
        selection.services = TextMatcher(["AmazonS3"])
        selection.terms = [.onDemand]
        var scraper = AWSScraper(selection: selection)
        scraper.format = .csv
        let sink = CollectingSink()
        let problems = await #expect(throws: PriceProblems.self) {
            _ = try await scraper.scrape(from: FolderOrigin(tree + "/aws"), into: sink)
        }
        #expect(problems?.counts == [.unknownRegion: 1, .duplicateKey: 1])
        #expect(problems?.samples.map(\.found).contains("UNKNOWN") == true)
        let rows = sink.rows
        #expect(rows.count == 49)
        let inventory = try #require(rows.first { $0.sku == "GPZVNZK9FXJMN6H9" })
        #expect(inventory.price.text == "0.0000000025" && inventory.unit == "Objects")
        #expect(Set(rows.map(\.region)) == ["eu-west-1"])
        let tiered = Dictionary(grouping: rows, by: \.sku).values.filter { $0.count > 1 }
        #expect(!tiered.isEmpty)
        for tiers in tiered {
            let sorted = tiers.sorted { $0.tierStart < $1.tierStart }
            #expect(zip(sorted, sorted.dropFirst()).allSatisfy { $0.tierEnd == $1.tierStart })
            #expect(sorted.last?.tierEnd == nil)
        }
    }

    @Test func `the real EC2 list: regions from the index, old dates, reserved, rows that are wrong`() async throws {
        var selection = ProviderSelection.everything
        selection.services = TextMatcher(["AmazonEC2"])
        selection.regions = TextMatcher(["eu-west-1"])
        selection.terms = [.onDemand, .reserved]
        selection.attributes = [.init(name: "locationType", values: TextMatcher(["AWS Region"]))]
        let problems = await #expect(throws: PriceProblems.self) { _ = try await scrape(selection) }
        #expect(problems?.counts[.missingField] == 1)
        #expect(problems?.samples.contains { $0.found == "INVALID " } == true)
    }

    @Test func `the real Lambda list: free tiers end and are global`() async throws {
        var selection = ProviderSelection.everything
        selection.services = TextMatcher(["AWSLambda"])
        selection.terms = [.onDemand]
        let result = try await scrape(selection)
        #expect(result.rows.count == 8)
        let free = result.rows.filter { $0.region == "global" }
        #expect(free.map(\.tierEnd) == [1_000_000, 400_000] && free.allSatisfy(\.price.isZero))
        #expect(result.summary.documents.count == 3)
    }

    @Test func `the real savings plans: the discounted product's row`() async throws {
        var selection = ProviderSelection.everything
        selection.services = TextMatcher(["AWSLambda"])
        selection.terms = [.savingsPlan]
        let result = try await scrape(selection)
        #expect(result.rows.count == 6)
        let row = try #require(result.rows.first { $0.skuName == "EU-Request" })
        #expect(row.price.text == "0.0000002" && row.unit == "Request" && row.term == .savingsPlan)
        #expect(row.termMonths == 36 && row.purchaseOption == "No Upfront" && row.region == "eu-west-1")
        #expect(row.effectiveFrom == PriceInstant("2021-01-22T22:48:51Z") && row.productFamily == "ComputeSavingsPlans")
        #expect(row.rateCode == "ZGC49G7XS8QA54BQ.B5V2RNHAWGVJBZD3" && row.sku == "B5V2RNHAWGVJBZD3")
    }

    @Test func `a savings plan's rate without a unit or currency fails the run`() async throws {
        var selection = ProviderSelection.everything
        selection.services = TextMatcher(["AmazonEC2"])
        selection.terms = [.savingsPlan]
        let problems = await #expect(throws: PriceProblems.self) { _ = try await scrape(selection) }
        #expect(problems?.counts == [.missingField: 4])
    }

    @Test func `the version in force at a time is read, and China's index`() async throws {
        let offer = OfferText.onDemand([OfferText.rate("a", "7", currency: "CNY")], region: "cn-north-1").json
        let origin = DocumentOrigin([
            "/offers/v1.0/cn/index.json": """
            { "offers" : { "AmazonEC2" : { "offerCode" : "AmazonEC2", "versionIndexUrl" : "/v" } } }
            """,
            "/v": """
            { "versions" : {
              "2" : { "versionEffectiveBeginDate" : "2025-01-01T00:00:00Z", "versionEffectiveEndDate" : "",
                      "offerVersionUrl" : "/2" },
              "1" : { "versionEffectiveBeginDate" : "2024-01-01T00:00:00Z",
                      "versionEffectiveEndDate" : "2025-01-01T00:00:00Z",
                      "offerVersionUrl" : "/1" } } }
            """,
            "/1": offer,
        ])
        var scraper = AWSScraper(selection: .everything)
        scraper.partition = .china
        scraper.effectiveAt = PriceInstant("2024-12-31")
        let sink = CollectingSink()
        _ = try await scraper.scrape(from: origin, into: sink)
        #expect(sink.rows.map(\.price.text) == ["7"] && sink.rows.map(\.source) == ["/1"])
        scraper.effectiveAt = PriceInstant("2023-01-01")
        await #expect(throws: PriceProblem.self) { _ = try await scraper.scrape(from: origin, into: sink) }
    }

    @Test func `a service that there is not is named, with those that are like it`() async throws {
        let origin = DocumentOrigin([
            "/offers/v1.0/aws/index.json": """
            { "offers" : { "AmazonEC2" : { }, "AmazonS3" : { }, "AWSLambda" : { }, "AmazonRDS" : { } } }
            """
        ])
        func problem(_ services: [String], _ terms: Set<PriceTerm>) async -> PriceProblem? {
            var selection = ProviderSelection.everything
            selection.services = TextMatcher(services)
            selection.terms = terms
            return await #expect(throws: PriceProblem.self) {
                try await AWSScraper(selection: selection).scrape(from: origin, into: CollectingSink())
            }
        }
        let short = await problem(["AmazonX*", "EC2"], [.onDemand])
        #expect(short?.code == .invalidSelection && short?.found == "EC2")
        #expect(short?.advice.contains("There are 'AmazonEC2', ") == true)
        let plan = await problem(["AmazonX*", "AWSLamda"], [.savingsPlan])
        #expect(plan?.found == "AWSLamda" && plan?.advice.contains("There are 'AWSLambda', ") == true)
        var pattern = ProviderSelection.everything
        pattern.services = TextMatcher(["AmazonX*"])
        let summary = try await AWSScraper(selection: pattern).scrape(from: origin, into: CollectingSink())
        #expect(summary.rows == 0)
    }

    @Test func `a region that only the index knows is known`() async throws {
        let offer = OfferText.onDemand([OfferText.rate("a", "7")], region: "moon-north-1").json
        let origin = DocumentOrigin([
            "/offers/v1.0/aws/index.json": """
            { "offers" : { "E" : { "offerCode" : "E", "currentRegionIndexUrl" : "/r" } } }
            """,
            "/r": """
            { "regions" : { "moon-north-1" : { "regionCode" : "moon-north-1", "currentVersionUrl" : "/m" } } }
            """,
            "/m": offer,
        ])
        let sink = CollectingSink()
        _ = try await AWSScraper(selection: .everything).scrape(from: origin, into: sink)
        #expect(sink.rows.map(\.region) == ["moon-north-1"])
    }
}
