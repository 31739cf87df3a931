import CloudPrices
import Foundation
import PriceListServer
import Testing

struct AzurePagesTests {
    private struct Page: Decodable {
        struct Item: Decodable {
            var meterId: String
            var serviceName: String
            var armRegionName: String
        }
        var Items: [Item]
        var NextPageLink: String?
        var Count: Int
        var BillingCurrency: String
    }

    private static func pages(_ client: PriceListClient, _ url: String) async throws -> [Page] {
        var pages: [Page] = []
        var next: String? = url
        while let link = next, pages.count < 100 {
            pages.append(try JSONDecoder().decode(Page.self, from: try await client.data(link)))
            next = pages.last?.NextPageLink
        }
        return pages
    }

    @Test func `pages lead from one to the next`() async throws {
        let pages = try await withSamples {
            $0.azurePageSize = 300
        } _: { server, client in
            try await Self.pages(client, server.url + "/api/retail/prices?api-version=2023-01-01-preview")
        }
        #expect(pages.map(\.Count) == [300, 300, 300, 100])
        #expect(pages.map(\.Items.count) == [300, 300, 300, 100])
        #expect(pages[0].NextPageLink?.hasSuffix("?api-version=2023-01-01-preview&$skip=300") == true)
        #expect(pages[3].NextPageLink == nil && pages[0].BillingCurrency == "USD")
    }

    @Test func `filters and currencies choose`() async throws {
        try await withSamples {
            $0.azurePageSize = 10
        } _: { server, client in
            let root = server.url + "/api/retail/prices?"
            let machines = try await Self.pages(client, root + "$filter=serviceName%20eq%20'Virtual%20Machines'")
            #expect(machines.count > 1)
            #expect(machines.allSatisfy { $0.Items.allSatisfy { $0.serviceName == "Virtual Machines" } })
            let euros = try await Self.pages(client, root + "currencyCode='EUR'")
            #expect(euros.first?.Items.isEmpty == true)
            let error = await #expect(throws: PriceListFetchError.self) {
                try await client.data(root + "$filter=serviceName%20is%20'x'")
            }
            #expect(error?.status == 400)
        }
    }

    @Test func `another day's list can be served`() async throws {
        let count = try await withSamples {
            $0.azureSnapshot = "2025-03"
        } _: { server, client in
            try await client.data(server.url + "/api/retail/prices").count
        }
        #expect(count > 100_000)
    }

    @Test(
        arguments: [
            ("name eq 'a'", true), ("name eq 'A'", false), ("name ne 'b' and kind eq 'k'", true),
            ("name eq 'b' or kind eq 'k'", true), ("(name eq 'b' or kind eq 'k') and name eq 'b'", false),
            ("contains(name, 'a')", true), ("startswith(kind,'x')", false), ("quote eq 'it''s'", true),
            ("priceType eq 'Consumption'", true),
        ]
    )
    func `filters mean what OData says`(text: String, matches: Bool) throws {
        let fields = ["name": "a", "kind": "k", "quote": "it's", "type": "Consumption"]
        #expect(try #require(AzureFilter(text)).matches(fields) == matches)
    }

    @Test(arguments: ["", "name", "name eq", "name eq 'a", "name gt 'a'", "(name eq 'a'", "contains(name)", "eq 'a'"])
    func `anything else is no filter`(text: String) {
        #expect(AzureFilter(text) == nil)
    }
}
