import PricePipeline
import SennitPipeline
import Testing

struct PricesPipelineTests {
    @Test func `three providers, then their sum`() throws {
        let configuration = try PipelineConfiguration(text: "prices: {samples: \(samples)}")
        let pipeline = try PricesPipeline.declaration.make(configuration)
        #expect(pipeline.steps.map(\.name) == ["aws", "azure", "gcp", "aggregate", "estimate"])
        // Each provider's prices must pass the checks that lie beside the samples.
        #expect(pipeline.steps[0].inputs.map(\.name).contains("aws-checks-0.yml"))
    }

    @Test func `a place to publish makes a step that waits for the sum`() throws {
        let text = "prices: {samples: \(samples), providers: [gcp], publish: {to: /tmp/none}}"
        let pipeline = try PricesPipeline.declaration.make(PipelineConfiguration(text: text))
        #expect(pipeline.steps.map(\.name) == ["gcp", "aggregate", "estimate", "publish"])
        #expect(pipeline.steps[3].inputs.contains("summary.json"))
    }

    @Test func `a mirror needs no samples, and has the same steps`() throws {
        let text = "prices: {samples: /nowhere, mirror: 'http://127.0.0.1:8080', csv: true}"
        let pipeline = try PricesPipeline.declaration.make(PipelineConfiguration(text: text))
        #expect(pipeline.steps.map(\.name) == ["aws", "azure", "gcp", "aggregate"])
    }

    @Test(arguments: ["prices: {samples: /nowhere}", "prices: {samples: SAMPLES, providers: [oracle]}"])
    func `what cannot be is said`(text: String) throws {
        let configuration = try PipelineConfiguration(text: text.replacing("SAMPLES", with: samples))
        let error = #expect(throws: PipelineError.self) { try PricesPipeline.declaration.make(configuration) }
        #expect(error?.code == .invalidConfiguration)
    }

    @Test func `steps that run alone need neither samples nor a mirror`() throws {
        var configuration = try PipelineConfiguration(text: "prices: {samples: /nowhere}")
        #expect(throws: PipelineError.self) { try PricesPipeline.declaration.make(configuration) }
        configuration.needsSources = false
        let pipeline = try PricesPipeline.declaration.make(configuration)
        #expect(pipeline.steps.map(\.name) == ["aws", "azure", "gcp", "aggregate"])
    }

    @Test(
        arguments: [
            ("", [:], ["aws", "azure"]), ("", ["GCP_BILLING_KEY": "k"], ["aws", "azure", "gcp"]),
            ("providers: [gcp, aws],", [:], ["gcp", "aws"]),
        ] as [(String, [String: String], [String])])
    func `a provider without its key is left out and named, unless it was asked for`(
        section: String, environment: [String: String], providers: [String]
    ) throws {
        var configuration = try PipelineConfiguration(text: "prices: {\(section) selection: all}")
        configuration.isLive = true
        let pipeline = try PricesPipeline.pipeline(configuration, environment: environment)
        #expect(pipeline.steps.map(\.name) == providers + ["aggregate"])
        #expect(pipeline.notes.isEmpty == (section != "" || !environment.isEmpty))
        #expect(pipeline.notes.allSatisfy { $0.contains("gcp is left out") && $0.contains("GCP_BILLING_KEY") })
    }

    @Test func `samples are found by their folder alone`() {
        #expect(SampleFolder.find(samples)?.path == samples)
        #expect(SampleFolder.find("/nowhere") == nil)
    }
}
