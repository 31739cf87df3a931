import Foundation
import PricePipeline
import SennitPipeline
import Testing

struct BillVariablesTests {
    private let bill = FileManager.default.temporaryDirectory.appending(path: "bill-\(UUID()).yml").path

    private func configuration(
        _ environment: [String: String], text: String = "lines: [{provider: gcp, sku: A, quantity: '${QTY}'}]",
        on day: String = "2026-11-24T10:00:00Z"
    ) throws -> String {
        try text.write(toFile: bill, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: bill) }
        let settings = try PipelineConfiguration(text: "prices: {samples: \(samples), providers: [gcp], bill: \(bill)}")
        let now = try Date(day, strategy: .iso8601)
        return try PricesPipeline.pipeline(settings, environment: environment, now: now).steps[1].configuration().json
    }

    @Test func `the values of the bill's variables and the day decide whether it is priced anew`() throws {
        let first = try configuration(["QTY": "1", "OTHER": "x"])
        #expect(try first == configuration(["QTY": "1", "OTHER": "y"], on: "2026-11-24T23:00:00Z"))
        #expect(try first != configuration(["QTY": "2"]))
        #expect(try first != configuration(["QTY": "1"], on: "2026-11-25T00:00:00Z"))
    }

    @Test(arguments: [
        ("lines: [{provider: gcp, sku: A, quantity: '${QTY}'}]", "QTY"), ("lines: []", "neither 'lines' nor 'own'"),
    ])
    func `a bill that is wrong is told before anything is read`(text: String, words: String) {
        let error = #expect(throws: PipelineError.self) { try configuration([:], text: text) }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.message.contains(bill) == true && error?.message.contains(words) == true, "\(error as Any)")
    }
}
