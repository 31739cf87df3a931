import CloudPrices
import Testing

struct PriceSelectionTests {
    @Test func `a selection says what is read of each provider`() throws {
        let yaml = """
            aws:
              services: [AmazonEC2, AmazonS3]
              regions: [eu-west-1, "${REGIONS}"]
              terms: on_demand
              families: Compute Instance
              attributes:
                operatingSystem: Linux
                tenancy: [Shared, Ded*]
              keep: [instanceType, vcpu]
            azure: { currency: EUR }
            gcp: all
            """
        let selection = try PriceSelection(yaml: yaml, variables: ["REGIONS": "us-*"])
        let aws = try #require(selection[.aws])
        #expect(aws.services.matches("AmazonS3") && !aws.services.matches("AmazonRDS"))
        #expect(aws.regions.matches("us-east-1") && !aws.regions.matches("eu-west-2"))
        #expect(aws.terms == [.onDemand])
        #expect(aws.attributes.map(\.name).sorted() == ["operatingSystem", "tenancy"])
        #expect(aws.keptAttributes == ["instanceType", "vcpu"])
        #expect(selection[.azure]?.currency == "EUR")
        #expect(selection[.googleCloud] == .everything)
        #expect(selection[CloudProvider(rawValue: "oracle")] == nil)
    }

    @Test(arguments: [
        ("", "mapping"), ("aws: [", "not YAML"), ("aws:\n  service: x", "line 2"),
        ("aws: { terms: [always] }", "always"),
        ("aws: 3", "mapping"), ("aws: { services: { a: b } }", "text or a list"),
        ("aws: { regions: $$ ${X?} }", "variable"), ("azure: { currency: [EUR, USD] }", "there are 2"),
        ("azure: { currency: [] }", "there are 0"), ("azure: { currency: euro }", "no currency 'euro'"),
    ])
    func `what is wrong is said`(yaml: String, message: String) {
        let problem = #expect(throws: PriceProblem.self) { try PriceSelection(yaml: yaml) }
        #expect(problem?.code == .invalidSelection)
        #expect(problem?.message.contains(message) == true, "\(problem?.message ?? "")")
    }
}
