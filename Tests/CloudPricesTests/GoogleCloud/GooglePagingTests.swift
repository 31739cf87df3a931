import CloudPrices
import Foundation
import PriceListServer
import Testing

struct GooglePagingTests {
    private func scrape(
        _ kinds: [Misbehaviour] = [], key: String? = nil, selection: ProviderSelection = .everything
    ) async throws -> ([PriceRow], ScrapeSummary, [String]) {
        var configuration = PriceListServer.Configuration(folder: SampleFolder.path)
        configuration.googleKey = "AIzaRight"
        configuration.googlePageSize = 2
        configuration.misbehaviour = kinds
        return try await PriceListServer.withServer(configuration) { server in
            try await PriceListClient.withClient { client in
                var client = client
                client.retry.firstDelay = .milliseconds(1)
                let sink = CollectingSink()
                let header = try GoogleCloudScraper.keyHeader(environment: ["GCP_BILLING_KEY": key ?? "AIzaRight"])
                let origin = HTTPPriceListOrigin(client, root: server.url, secretHeader: header)
                let summary = try await GoogleCloudScraper(selection: selection).scrape(from: origin, into: sink)
                return (sink.rows, summary, server.requests)
            }
        }
    }

    @Test func `a whole catalog over sockets, page by page`() async throws {
        let (rows, summary, requests) = try await scrape()
        // Three SKUs in three regions each, two of them on the first page.
        #expect(rows.count == 9 && summary.productsKept == 3 && requests.count == 3)
        let gpu = rows.filter { $0.sku == "039F-D0DA-4055" }
        #expect(gpu.map(\.price.text) == ["2.933908", "2.933908", "2.933908"])
        #expect(gpu.map(\.region) == ["us-central1", "us-east1", "us-west1"])
        #expect(requests.allSatisfy { !$0.contains("AIza") })
    }

    @Test func `a wrong key is said, and not shown`() async {
        let problem = await #expect(throws: PriceProblem.self) { try await scrape(key: "AIzaWrong") }
        #expect(problem?.code == .refused && problem?.description.contains("API key not valid") == true)
        #expect(problem?.description.contains("AIza") == false)
    }

    @Test(arguments: ["", "with space", "line\nend", "ключ"])
    func `without a key there is a way out`(key: String) {
        let problem = #expect(throws: PriceProblem.self) {
            try GoogleCloudScraper.keyHeader(environment: ["GCP_BILLING_KEY": key])
        }
        #expect(problem?.code == .missingKey && problem?.advice.contains("GCP_BILLING_KEY") == true)
        #expect(key.isEmpty || problem?.description.contains(key) == false)
    }

    @Test(
        arguments: [
            (Misbehaviour(.repeatedPage, path: "skus"), PriceProblem.Code.malformed),
            (Misbehaviour(.endlessPages, path: "skus"), .limitExceeded), (Misbehaviour(.html), .inputFailed),
            (Misbehaviour(.status(403)), .refused), (Misbehaviour(.damagedGzip, path: "skus"), .inputFailed),
        ]
    )
    func `a server that goes wrong ends the run with a clear word`(rule: Misbehaviour, code: PriceProblem.Code) async {
        let problem = await #expect(throws: PriceProblem.self) { try await scrape([rule]) }
        #expect(problem?.code == code, "\(String(describing: problem))")
    }

    @Test func `a cut and a storm that ends cost time alone`() async throws {
        let rules = [Misbehaviour(.cut(after: 300), path: "skus", times: 1), Misbehaviour(.status(429), times: 2)]
        let (rows, _, _) = try await scrape(rules)
        #expect(rows.count == 9)
    }

    @Test func `services are chosen before their SKUs are asked for`() async throws {
        var selection = ProviderSelection.everything
        selection.services = TextMatcher(["Cloud S*"])
        let (rows, _, requests) = try await scrape(selection: selection)
        #expect(rows.isEmpty && requests.count == 1)
        selection.services = TextMatcher(["6F81-5844-456A"])
        selection.families = TextMatcher(["Compute"])
        let (compute, _, _) = try await scrape(selection: selection)
        #expect(compute.count == 9)
        selection.currency = "IDR"
        let (rupiah, _, _) = try await scrape(selection: selection)
        #expect(rupiah.count == 8 && rupiah.allSatisfy { $0.currency == "IDR" })
        #expect(rupiah.contains { $0.price.text == "68.204999658" && $0.region == "asia-southeast1" })
    }

    @Test func `a service that there is not is named, with those that are like it`() async {
        var selection = ProviderSelection.everything
        selection.services = TextMatcher(["Compute Engin", "6F81-5844-456A"])
        let problem = await #expect(throws: PriceProblem.self) { try await scrape(selection: selection) }
        #expect(problem?.code == .invalidSelection && problem?.found == "Compute Engin")
        #expect(problem?.advice.contains("'Compute Engine'") == true)
    }

    @Test(
        arguments: [
            ("{\"skus\":[{\"skuId\":", PriceProblem.Code.truncated), ("[]", .wrongShape),
            ("{\"skus\":{}}", .wrongShape),
            ("{\"skus\":[],\"skus\":[]}", .duplicateKey), ("<html>", .malformed), ("", .truncated),
            ("{\"nextPageToken\":\"a\",\"nextPageToken\":\"\"}", .duplicateKey),
            ("{\"nextPageToken\":\"\",\"skus\":[]}x", .malformed), ("{\"message\":\"unavailable\"}", .wrongShape),
            ("{\"services\":[]}", .wrongShape),
            (
                "{\"error\":{\"code\":400,\"message\":\"API key not valid.\",\"status\":\"INVALID_ARGUMENT\"}}",
                .inputFailed
            ),
            (
                "{\"listPrice\":{\"currencyCode\":\"USD\"},\"rate\":{\"tiers\":[]},\"name\":\"skus/1/price\"}",
                .wrongShape
            ),
        ]
    )
    func `broken pages are named as such`(text: String, code: PriceProblem.Code) {
        let problem = #expect(throws: PriceProblem.self) { try GoogleList.read(text) }
        #expect(problem?.code == code, "\(String(describing: problem))")
    }

    @Test func `an empty page is an empty list`() throws {
        for text in ["{}", " { } ", "{\"nextPageToken\":\"\"}", "{\"skus\":[]}"] {
            let (rows, _) = try GoogleList.read(text)
            #expect(rows.isEmpty)
        }
    }
}
