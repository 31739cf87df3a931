import CloudPrices
import CostEstimate
import Foundation
import Testing

struct EstimatorTests {
    private func estimate(_ bill: String, _ rows: [PriceRow]) async throws -> Estimate {
        try await Estimator(PriceRows(rows), at: PriceSamples.now).estimate(BillOfMaterials(parsing: bill))
    }

    @Test func `lines, own prices and discounts add up to the last digit`() async throws {
        let rows = try PriceSamples.storage() + [PriceSamples.row("NODE", price: "0.1070000000", offset: 77)]
        let result = try await estimate(
            """
            lines:
              - {name: nodes, provider: aws, sku: NODE, quantity: 3, hours: 730}
              - {name: backups, provider: aws, sku: STORAGE, quantity: 60000}
            own:
              - {name: licence, price: 0.1655, quantity: 6, hours: 730}
            discounts:
              - {name: private, provider: own, percent: 12.5}
              - {name: S3, provider: aws, service: AmazonS3, percent: 10}
              - {name: all, percent: 50}
            """, rows)
        #expect(result.lines.map(\.cost.plainText) == ["234.33", "1371.2", "724.8900"])
        #expect(result.gross.plainText == "2330.42")
        #expect(result.discounts.map(\.amount.plainText) == ["90.61125", "137.12", "1051.344375"])
        #expect(result.total.plainText == "1051.344375")
        let part = try #require(result.lines[0].parts.first)
        #expect(part.source == "/offers/AmazonEC2.json" && part.sourceOffset == 77)
        #expect(result.lines[1].parts.map(\.quantity) == [51_200, 8_800])
    }

    @Test func `a commitment's fee is spread over its months, beside its hours`() async throws {
        let rows = try [
            PriceSamples.row("R", term: .reserved, months: 36, option: "Partial Upfront", price: "0.03"),
            PriceSamples.row(
                "R", term: .reserved, months: 36, option: "Partial Upfront", charge: .upfrontFee, price: "1000",
                unit: "Quantity"),
        ]
        let result = try await estimate(
            "lines: [{provider: aws, sku: R, term: reserved, quantity: 2, hours: 100}]", rows)
        #expect(result.lines[0].parts.map(\.cost.plainText) == ["55.5555555556", "6.00"])
        #expect(result.total.plainText == "61.5555555556")
    }

    @Test func `every line that cannot be priced is told`() async throws {
        let rows = try [PriceSamples.row("A", price: "1"), PriceSamples.row("A", region: "us-east-1", price: "2")]
        let errors = await #expect(throws: EstimateErrors.self) {
            try await estimate(
                """
                lines:
                  - {name: one, provider: aws, sku: NONE, quantity: 1, hours: 1}
                  - {name: two, provider: aws, sku: A, quantity: 1, hours: 1}
                  - {name: three, provider: aws, sku: A, region: us-east-1, quantity: 1, hours: 1}
                """, rows)
        }
        #expect(errors?.errors.map(\.line) == ["one", "two"])
        #expect(errors?.errors.map(\.code) == [.unmatched, .ambiguous])
    }

    @Test func `a discount that matches nothing is told with what is nearest`() async throws {
        let rows = try PriceSamples.storage() + [PriceSamples.row("NODE", price: "1")]
        let result = try await estimate(
            """
            lines:
              - {name: backups, provider: aws, sku: STORAGE, quantity: 1}
              - {name: nodes, provider: aws, sku: NODE, quantity: 1, hours: 1}
            discounts:
              - {name: one, provider: aws, service: AmazonS4, percent: 10}
              - {name: two, provider: gcp, percent: 10}
              - {name: three, provider: own, percent: 10}
              - {name: four, provider: aws, service: AmazonS3, percent: 10}
            """, rows)
        #expect(result.warnings.count == 3)
        #expect(result.warnings[0].contains("'one'") && result.warnings[0].contains("lines of 'AmazonS3'"))
        #expect(result.warnings[1].contains("no line is of gcp; there are lines of aws"))
        #expect(result.warnings[2].contains("'three' takes nothing: the bill has no prices of its own"))
    }

    @Test func `a use that costs nothing is told with what would cost something`() async throws {
        let rows = try [
            PriceSamples.row("HOST", price: "0", name: "EU-HostBoxUsage:m5.large"),
            PriceSamples.row("BOX", price: "0.107", name: "EU-BoxUsage:m5.large"),
            PriceSamples.row("OTHER", price: "0.2", name: "EU-DataTransfer"),
        ]
        func warnings(_ sku: String, _ quantity: Int) async throws -> [String] {
            try await estimate("lines: [{provider: aws, sku: \(sku), quantity: \(quantity), hours: 1}]", rows).warnings
        }
        let free = try await warnings("HOST", 1)
        #expect(free.count == 1 && free[0].contains("costs nothing") && free[0].contains("BOX · "), "\(free)")
        #expect(try await warnings("HOST", 0).isEmpty)
        #expect(try await warnings("BOX", 1).isEmpty)
    }

    @Test func `an estimate of an older version is still read`() async throws {
        let result = try await estimate("own: [{name: a, price: 1, quantity: 1}]", [])
        let text = try String(decoding: JSONEncoder().encode(result), as: UTF8.self)
        let old = text.replacing(",\"warnings\":[]", with: "").replacing("\"warnings\":[],", with: "")
        #expect(old != text)
        #expect(try JSONDecoder().decode(Estimate.self, from: Data(old.utf8)) == result)
    }
}
