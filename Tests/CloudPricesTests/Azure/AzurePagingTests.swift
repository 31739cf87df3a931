import CloudPrices
import Foundation
import PriceListServer
import Testing

struct AzurePagingTests {
    private let start = "/api/retail/prices?a=1"

    private func next(_ link: String?, newItems: Int = 1, _ paging: inout AzurePaging) throws -> String? {
        try paging.next(link: link, newItems: newItems, of: start)
    }

    @Test func `a link's host is never followed`() throws {
        var paging = AzurePaging(start: start)
        let followed = try next("https://elsewhere.example.com:443/api/retail/prices?$skip=1", &paging)
        #expect(followed == "/api/retail/prices?$skip=1")
        for link in ["/api/retail/prices?$skip=2", "https://prices.azure.com/other", "ftp://a/api/retail/prices", "x"] {
            let problem = #expect(throws: PriceProblem.self) { try next(link, &paging) }
            #expect(problem?.code == .wrongShape)
        }
        let afterLast = try next(nil, &paging)
        #expect(afterLast == nil)
    }

    @Test func `a page that was read already ends it`() throws {
        var paging = AzurePaging(start: start)
        let problem = #expect(throws: PriceProblem.self) { try next("https://a/api/retail/prices?a=1", &paging) }
        #expect(problem?.code == .malformed)
    }

    @Test func `pages that bring nothing new end it`() throws {
        var paging = AzurePaging(start: start)
        for page in 1...2 { _ = try next("https://a/api/retail/prices?$skip=\(page)", newItems: 0, &paging) }
        _ = try next("https://a/api/retail/prices?$skip=3", newItems: 1, &paging)
        for page in 4...5 { _ = try next("https://a/api/retail/prices?$skip=\(page)", newItems: 0, &paging) }
        let problem = #expect(throws: PriceProblem.self) {
            try next("https://a/api/retail/prices?$skip=6", newItems: 0, &paging)
        }
        #expect(problem?.code == .limitExceeded)
    }

    @Test func `pages without end are too many`() throws {
        var paging = AzurePaging(start: start)
        paging.maximumPages = 3
        for page in 1...2 { _ = try next("https://a/api/retail/prices?$skip=\(page)", &paging) }
        let problem = #expect(throws: PriceProblem.self) { try next("https://a/api/retail/prices?$skip=3", &paging) }
        #expect(problem?.code == .limitExceeded)
    }

    @Test func `what is wanted is asked for`() {
        #expect(
            AzureQuery.firstPage(.everything) == "/api/retail/prices?api-version=2023-01-01-preview&currencyCode='USD'")
        var selection = ProviderSelection.everything
        selection.currency = "EUR"
        selection.services = TextMatcher(["Virtual Machines", "Storage"])
        selection.regions = TextMatcher(["westeurope"])
        selection.terms = [.reserved]
        #expect(
            AzureQuery.firstPage(selection).removingPercentEncoding?.split(separator: "$filter=").last
                == """
                (serviceName eq 'Storage' or serviceName eq 'Virtual Machines') and armRegionName eq 'westeurope' \
                and priceType eq 'Reservation'
                """)
        selection.services = TextMatcher(["Virtual*"])
        selection.regions = TextMatcher(["westeurope", "global"])
        selection.terms = [.onDemand, .reserved, .developmentTest]
        #expect(AzureQuery.firstPage(selection).hasSuffix("currencyCode='EUR'"))
    }

    private func scrape(
        _ kinds: [Misbehaviour] = [], _ selection: ProviderSelection = .everything
    ) async throws -> ([PriceRow], ScrapeSummary, [String]) {
        var configuration = PriceListServer.Configuration(folder: SampleFolder.path)
        configuration.azurePageSize = 200
        configuration.misbehaviour = kinds
        return try await PriceListServer.withServer(configuration) { server in
            try await PriceListClient.withClient { client in
                var client = client
                client.retry.firstDelay = .milliseconds(1)
                let sink = CollectingSink()
                let origin = HTTPPriceListOrigin(client, root: server.url)
                let summary = try await AzureScraper(selection: selection).scrape(from: origin, into: sink)
                return (sink.rows, summary, server.requests)
            }
        }
    }

    @Test func `a whole list over sockets, page by page`() async throws {
        let (rows, summary, requests) = try await scrape()
        #expect(rows.count == 1000 && summary.documents.count == 5 && requests.count == 5)
        #expect(summary.duplicates == 0 && summary.productsKept == 1000)
    }

    @Test func `pages that overlap bring no row twice`() async throws {
        let (rows, summary, _) = try await scrape([Misbehaviour(.overlappingPages)])
        #expect(rows.count == 1000 && summary.duplicates == 4)
        let (proper, _, _) = try await scrape()
        #expect(rows.map(\.price) == proper.map(\.price))
    }

    @Test func `a cut, a refusal and a slow page cost time alone`() async throws {
        let (rows, _, requests) = try await scrape([
            Misbehaviour(.cut(after: 5000), path: "skip=200", times: 1),
            Misbehaviour(.status(429, retryAfter: "0"), times: 1),
        ])
        #expect(rows.count == 1000 && requests.count == 7)
    }

    @Test(
        arguments: [
            (Misbehaviour.Kind.repeatedPage, PriceProblem.Code.malformed), (.endlessPages, .limitExceeded),
            (.html, .inputFailed), (.truncated(to: 300), .inputFailed), (.plainAsGzip, .inputFailed),
        ]
    )
    func `a server that goes wrong ends the run with a clear word`(kind: Misbehaviour.Kind, code: PriceProblem.Code)
        async
    {
        let problem = await #expect(throws: PriceProblem.self) { try await scrape([Misbehaviour(kind, path: "skip=")]) }
        #expect(problem?.code == code, "\(String(describing: problem))")
    }

    @Test func `the selection is asked of the server and applied to what comes`() async throws {
        var selection = ProviderSelection.everything
        selection.services = TextMatcher(["Virtual Machines"])
        selection.terms = [.spot]
        let (rows, summary, requests) = try await scrape([], selection)
        #expect(!rows.isEmpty && rows.allSatisfy { $0.service == "Virtual Machines" && $0.term == .spot })
        #expect(requests.first?.contains("filter") == true && summary.productsLeftOut > 0)
    }
}
