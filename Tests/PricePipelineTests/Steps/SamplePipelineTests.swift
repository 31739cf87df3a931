import Foundation
import PricePipeline
import SennitPipeline
import Testing

@Suite(.timeLimit(.minutes(5))) struct SamplePipelineTests {
    @Test func `the samples become one priced database, and the run says so`() async throws {
        let store = FileManager.default.temporaryDirectory.appending(path: "prices-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: store) }
        let configuration = try PipelineConfiguration(text: "prices: {samples: \(samples)}")
        let pipeline = try PricesPipeline.declaration.make(configuration)
        let summary = try await PipelineRunner(store: store).run(pipeline)
        #expect(summary.status == .finished, "\(summary.message ?? "")")
        let made = Set(summary.steps.flatMap(\.artefacts).map(\.name))
        #expect(made.isSuperset(of: ["aws.sql", "azure.sql", "gcp.sql", "prices.sql", "summary.json"]))
    }
}
