import CloudPrices
import Foundation
import PricePipeline
import SennitPipeline
import Testing

struct PriceSettingsTests {
    private func pipeline(_ section: String, isLive: Bool = false) throws -> Pipeline {
        var configuration = try PipelineConfiguration(text: "prices: {\(section)}")
        configuration.isLive = isLive
        return try PricesPipeline.declaration.make(configuration)
    }

    @Test(arguments: [
        ("cheks: {aws: [a.yml]}", "section 'prices': there is no 'cheks'", "Did you mean 'checks'?"),
        ("checks: {azur: [a.yml]}", "'checks' of section 'prices': 'azur' is no provider", "Did you mean 'azure'?"),
        ("providers: [oracle]", "section 'prices': 'oracle' is no provider", "aws, azure and gcp"),
        ("publish: {to: /tmp/none, week: 3}", "section 'prices': publish: there is no 'week'", "'weeks'?"),
        ("storage: tape", "section 'prices': 'storage' is 'tape'", "memory, disk, or a directory"),
        ("bill: /nowhere/bill.yml", "'/nowhere/bill.yml' cannot be read", "bill of materials"),
    ])
    func `what is not known is named, with what may have been meant`(section: String, what: String, way: String) {
        let error = #expect(throws: PipelineError.self) { try pipeline("samples: \(samples), \(section)") }
        #expect(error?.code == .invalidConfiguration)
        let words = error.map { "\($0)" } ?? ""
        #expect(words.contains(what) && words.contains(way), "\(words)")
    }

    @Test func `each step's configuration has what the section says`() throws {
        let pipeline = try pipeline(
            "samples: \(samples), china: true, storage: disk, history: /h, publish: {to: 's3://b', region: eu-west-1}")
        let texts = try pipeline.steps.map { try $0.configuration().json }
        #expect(texts[0].contains(#""readsChina":true"#) && texts[1].contains(#""readsChina":false"#))
        #expect(texts[0...3].allSatisfy { $0.contains(#""storage":{"disk":{}}"#) }, "\(texts)")
        #expect(texts[0].contains(#""history":"\/h""#) || texts[0].contains(#""history":"/h""#), "\(texts[0])")
        #expect(texts[5].contains(#""region":"eu-west-1""#))
    }

    @Test func `live lists are read by a selection, the samples' own if none is named`() throws {
        let own = try pipeline("samples: \(samples), providers: [azure]", isLive: true)
        #expect(try own.steps[0].configuration().json.contains("Container Instances"))
        let all = try pipeline("samples: \(samples), providers: [azure], selection: all", isLive: true)
        #expect(try !all.steps[0].configuration().json.contains("selection"))
        let error = #expect(throws: PipelineError.self) { try pipeline("samples: /nowhere", isLive: true) }
        #expect(error?.message.contains("selection: all") == true)
    }

    @Test func `the live selection names all providers, and few services of each`() throws {
        let selection = try PriceSelectionText(contentsOf: "\(samples)/live.yml", environment: [:])
        for provider in [CloudProvider.aws, .azure, .googleCloud] {
            let chosen = try selection.selection(for: provider)
            #expect(chosen.terms == [.onDemand] && chosen.services.exactTexts?.isEmpty == false)
            #expect(chosen.regions.exactTexts?.count == 2)
        }
    }
}
