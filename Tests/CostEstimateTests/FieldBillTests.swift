import CloudPrices
import CostEstimate
import Foundation
import Testing

/// The lists and bills beside this file; see the README there.
private let fixtures = URL(filePath: #filePath).deletingLastPathComponent().path + "/Fixtures"

/// The prices of a list of AWS, with the attributes that the bills name.
private func awsRows() async throws -> [PriceRow] {
    var selection = ProviderSelection.everything
    selection.keptAttributes = [
        "instanceType", "operatingSystem", "preInstalledSw", "capacitystatus", "databaseEngine", "deploymentOption",
    ]
    let sink = CollectingSink()
    _ = try await AWSScraper(selection: selection).scrape(
        from: FolderOrigin("\(fixtures)/04-web3-lists/aws"), into: sink)
    return sink.rows
}

private func bill(_ name: String) throws -> BillOfMaterials {
    let text = try String(contentsOfFile: "\(fixtures)/04-web3-bills/\(name).yml", encoding: .utf8)
    return try BillOfMaterials(parsing: text)
}

private func estimate(_ bill: BillOfMaterials, _ rows: [PriceRow]) async throws -> Estimate {
    try await Estimator(PriceRows(rows), at: PriceSamples.now).estimate(bill)
}

struct FieldBillTests {
    @Test(
        arguments: [
            ("res_full", "175.6"), ("r3", "172.3333333333"), ("web3", "3826.001846"),
            // A unit or a charge names the offer, and all of it is paid.
            ("res_unit", "175.6"), ("res_charge", "172.3333333333"),
        ])
    func `a bill costs what its whole offers cost`(name: String, total: String) async throws {
        let result = try await estimate(bill(name), awsRows())
        #expect(result.total.normalisedText == total)
        #expect(result.warnings.isEmpty)
    }

    @Test func `38 lines at the bounds of tiers cost what they did`() async throws {
        let result = try await estimate(bill("many"), awsRows())
        let data = try Data(contentsOf: URL(filePath: "\(fixtures)/04-web3-bills/many.expected.json"))
        let expected = try JSONDecoder().decode([String].self, from: data).map { try ExactDecimal($0) }
        #expect(result.lines.map(\.cost) + [result.total] == expected)
    }

    @Test func `hours do not go with a price by the month, and the error says what to write`() async throws {
        let rows = try await awsRows()
        let errors = await #expect(throws: EstimateErrors.self) { try await estimate(bill("hours_on_month"), rows) }
        let error = try #require(errors?.errors.first)
        #expect(error.code == .unitMismatch && error.line == "disk")
        #expect(error.message.contains("'quantity: 400' without 'hours'"), "\(error)")
        var mended = try bill("hours_on_month")
        mended.lines[0].quantity.hours = nil
        #expect(try await estimate(mended, rows).total.normalisedText == "35.2")
    }

    @Test func `a discount that takes nothing is told`() async throws {
        let result = try await estimate(bill("dnone"), awsRows())
        #expect(result.total == 3)
        #expect(
            result.warnings == ["the discount 'd' takes nothing: no line is of azure; there are lines of own"])
        #expect(EstimateText.text(of: result).contains("warning: the discount 'd' takes nothing"))
    }

    @Test func `a price for a whole term is shown as one`() async throws {
        let page = "\(fixtures)/11-azure-same-vm-six-prices/azure/retail-prices/2026-01-01.json"
        let sink = CollectingSink()
        _ = try AzureScraper(selection: .everything)
            .scrape(file: MemoryByteSource(try String(contentsOfFile: page, encoding: .utf8)), path: "page", into: sink)
        let text = "lines: [{provider: azure, sku: P/0006, term: reserved, quantity: 2}]"
        let result = try await estimate(BillOfMaterials(parsing: text), sink.rows)
        let words = EstimateText.text(of: result)
        #expect(words.contains("2 at 933.0 for the whole term, spread over 36 months = 51.8333333333"), "\(words)")
        #expect(words.contains("933.0 USD for the whole term") && !words.contains("Hour"), "\(words)")
        #expect(result.lines[0].parts.first?.unit == "whole term")
    }
}
