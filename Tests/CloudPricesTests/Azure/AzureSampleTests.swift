import CloudPrices
import Foundation
import Testing

/// The six real lists, and files that are no lists.
struct AzureSampleTests {
    static let days = ["2025-03-18", "2025-06-17", "2025-08-27", "2025-11-12", "2026-03-16", "2026-06-07"]

    static func bytes(_ day: String) throws -> [UInt8] {
        let file = SampleFolder.path + "/azure/retail-prices/\(day).json.gz"
        return try GzipInflater.expand(Array(try Data(contentsOf: URL(fileURLWithPath: file))))
    }

    @Test(arguments: days)
    func `every item of a real list is one row`(day: String) throws {
        let bytes = try Self.bytes(day)
        let sink = CollectingSink()
        let summary = try AzureScraper(selection: .everything)
            .scrape(file: MemoryByteSource(bytes, blockSize: 7777), path: day, into: sink)
        #expect(summary.rows == 1000 && summary.duplicates == 0 && summary.bytes == bytes.count)
        // Each row's place in the document is that of an item with its SKU.
        for row in sink.rows {
            let object = try JSONSerialization.jsonObject(with: Data(Self.object(bytes, at: row.sourceOffset)))
            let item = try #require(object as? [String: Any])
            #expect(item["skuId"] as? String == row.sku)
            #expect(item["unitOfMeasure"] as? String == row.unit)
        }
        let keys = sink.rows.map {
            [$0.sku, $0.rateCode, $0.region, $0.tierStart.normalisedText, "\($0.effectiveFrom?.microseconds ?? 0)"]
        }
        #expect(Set(keys).count == keys.count)
        #expect(sink.rows.contains { $0.term == .spot } && sink.rows.contains { $0.term == .developmentTest })
        #expect(
            sink.rows.filter { $0.term == .reserved }.allSatisfy {
                $0.charge == .wholeTerm && ($0.termMonths ?? 0) >= 12
            })
    }

    /// Every price's text, in order of the items, is what stands in the file.
    @Test func `no digit is lost`() throws {
        let bytes = try Self.bytes("2026-06-07")
        let text = String(decoding: bytes, as: UTF8.self)
        let published = text.matches(of: /"retailPrice": ([^,]+),/).map { String($0.output.1) }
        let sink = CollectingSink()
        _ = try AzureScraper(selection: .everything).scrape(file: MemoryByteSource(bytes), path: "list", into: sink)
        let rows = sink.rows.sorted { $0.sourceOffset < $1.sourceOffset }
        #expect(rows.map(\.price.text) == published)
        #expect(published.contains("3.4e-05"))
    }

    @Test(arguments: ["managed-disk.json", "virtual-machines.json", "empty.json"])
    func `a calculator's file is no list of prices`(name: String) throws {
        let bytes = Array(try Data(contentsOf: Self.wrongShapes.appendingPathComponent(name)))
        let problem = #expect(throws: PriceProblem.self) {
            try AzureScraper(selection: .everything)
                .scrape(file: MemoryByteSource(bytes, name: name), path: name, into: CollectingSink())
        }
        #expect(problem?.code == .wrongShape && problem?.advice.contains("calculators") == true)
    }

    private static let wrongShapes = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Fixtures/wrong-shape")

    private static func object(_ bytes: [UInt8], at offset: Int) -> ArraySlice<UInt8> {
        let end = bytes[offset...].firstIndex(of: UInt8(ascii: "}")) ?? offset
        return bytes[offset...end]
    }

    @Test func `an empty page is an empty list`() throws {
        let (rows, summary) = try AzureList.read(AzureList.page([]))
        #expect(rows.isEmpty && summary.documents.count == 1)
    }

    @Test(
        arguments: [
            ("{\"Items\":[{\"skuId\":", PriceProblem.Code.truncated), ("[1,2]", .wrongShape),
            ("{\"Items\":{}}", .wrongShape),
            ("{\"Items\":[],\"Items\":[]}", .duplicateKey), ("{\"Items\":[],\"Count\":1}", .truncated),
            ("<html>", .malformed), ("", .truncated), ("{\"Items\":[{\"skuId\":\"\u{0}\"}]}", .malformed),
            ("7", .wrongShape),
            ("{\"Items\":[]} x", .malformed), ("{\"Error\":{\"Code\":\"x\"}}", .inputFailed),
        ]
    )
    func `broken pages are named as such`(text: String, code: PriceProblem.Code) {
        let problem = #expect(throws: PriceProblem.self) { try AzureList.read(text) }
        #expect(problem?.code == code, "\(String(describing: problem))")
    }

    @Test func `bytes that are no UTF-8 are refused`() {
        var bytes = Array(AzureList.page([AzureList.item(["skuName": "\"ab\""])]).utf8)
        let index = bytes.firstRange(of: Array("\"ab\"".utf8))?.lowerBound ?? 0
        bytes[index + 1] = 0xC3
        let problem = #expect(throws: PriceProblem.self) {
            try AzureScraper(selection: .everything)
                .scrape(file: MemoryByteSource(bytes), path: "page", into: CollectingSink())
        }
        #expect(problem?.code == .malformed)
    }
}
