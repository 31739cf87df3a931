import CloudPrices
import Testing

struct AWSSavingsPlanTests {
    private static let plans = """
        "products" : [
          { "sku" : "C", "productFamily" : "ComputeSavingsPlans",
            "attributes" : { "purchaseOption" : "No Upfront", "purchaseTerm" : "3yr", "granularity" : "hourly" } },
          { "sku" : "I", "productFamily" : "EC2InstanceSavingsPlans",
            "attributes" : { "purchaseOption" : "All Upfront", "purchaseTerm" : "1yr", "instanceType" : "c1" } } ]
        """

    private static func rate(_ code: String, _ sku: String = "\"discountedSku\" : \"P\",") -> String {
        """
        { \(sku) "discountedServiceCode" : "AmazonEC2", "rateCode" : "\(code)", "unit" : "Hrs",
          "discountedRate" : { "price" : "1", "currency" : "USD" } }
        """
    }

    private static let terms = """
        "terms" : { "savingsPlan" : [
          { "sku" : "C", "description" : "c", "effectiveDate" : "2025-01-01T00:00:00Z", "rates" : [ \(rate("c")) ] },
          { "sku" : "I", "description" : "i", "effectiveDate" : "2025-01-01T00:00:00Z", "rates" : [ \(rate("i")) ] } ] }
        """

    private func scrape(
        _ file: String = "{ \(plans), \(terms) }", _ change: (inout ProviderSelection) -> Void = { _ in }
    ) async throws -> OfferResult {
        let origin = DocumentOrigin([
            "/offers/v1.0/aws/index.json": """
            { "offers" : { "AmazonEC2" : { "currentSavingsPlanIndexUrl" : "/r" } } }
            """,
            "/r": """
            { "regions" : [ { "regionCode" : "eu-west-1", "versionUrl" : "/plan" } ] }
            """,
            "/plan": file,
        ])
        var selection = ProviderSelection.everything
        selection.terms = [.savingsPlan]
        change(&selection)
        let sink = CollectingSink()
        let summary = try await AWSScraper(selection: selection).scrape(from: origin, into: sink)
        return OfferResult(rows: sink.rows, summary: summary)
    }

    @Test func `families and attributes are those of the plan`() async throws {
        #expect(try await scrape().rows.map(\.rateCode) == ["c", "i"])
        let family = try await scrape { $0.families = TextMatcher(["EC2Instance*"]) }
        #expect(family.rows.map(\.rateCode) == ["i"])
        #expect(family.summary.productsKept == 1 && family.summary.productsLeftOut == 1)
        let term = try await scrape {
            $0.attributes = [.init(name: "purchaseTerm", values: TextMatcher(["3yr"]))]
            $0.keptAttributes = ["granularity", "instanceType"]
        }
        #expect(term.rows.map(\.rateCode) == ["c"] && term.rows.map(\.attributes) == [#"{"granularity":"hourly"}"#])
        let linux = try await scrape {
            $0.attributes = [.init(name: "operatingSystem", values: TextMatcher(["Linux"]))]
        }
        #expect(linux.rows.isEmpty && linux.summary.productsLeftOut == 2)
    }

    @Test func `what stands twice or in the wrong place ends the reading`() async {
        let rates = "\"rates\" : [ \(Self.rate("c")) ]"
        for (file, code) in [
            ("{ \(Self.plans), \(Self.plans), \(Self.terms) }", .duplicateKey),
            ("{ \(Self.plans), \(Self.terms), \(Self.terms) }", .duplicateKey),
            ("{ \(Self.terms), \(Self.plans) }", .wrongShape),
            ("{ \(Self.plans), \"terms\" : { \"savingsPlan\" : [], \"savingsPlan\" : [] } }", .duplicateKey),
            ("{ \(Self.plans), \"terms\" : { \"savingsPlan\" : [ { \(rates), \"sku\" : \"C\" } ] } }", .wrongShape),
            (
                "{ \(Self.plans), \"terms\" : { \"savingsPlan\" : [ { \"sku\" : \"C\", \(rates), \(rates) } ] } }",
                .duplicateKey
            ),
        ] as [(String, PriceProblem.Code)] {
            let problem = await #expect(throws: PriceProblem.self) { _ = try await scrape(file) }
            #expect(problem?.code == code, "\(file)")
        }
    }

    @Test func `a rate that does not say what it is for fails the run`() async {
        let terms = "\"terms\" : { \"savingsPlan\" : [ { \"sku\" : \"C\", \"rates\" : [ \(Self.rate("c", "")) ] } ] }"
        let problems = await #expect(throws: PriceProblems.self) { _ = try await scrape("{ \(Self.plans), \(terms) }") }
        #expect(problems?.counts == [.missingField: 1] && problems?.samples.first?.found == "c")
    }
}
