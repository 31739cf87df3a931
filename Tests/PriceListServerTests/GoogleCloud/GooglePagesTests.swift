import CloudPrices
import Foundation
import PriceListServer
import Testing

struct GooglePagesTests {
    private struct Page: Decodable {
        struct Named: Decodable { var name: String }
        var services: [Named]?
        var skus: [Named]?
        var nextPageToken: String
    }

    private static func page(_ client: PriceListClient, _ url: String, key: String? = nil) async throws -> Page {
        try JSONDecoder().decode(Page.self, from: try await client.data(url, key: key))
    }

    @Test func `services and SKUs come in pages`() async throws {
        try await withSamples {
            $0.googlePageSize = 2
        } _: { server, client in
            let services = try await Self.page(client, server.url + "/v1/services")
            #expect(services.services?.map(\.name) == ["services/6F81-5844-456A"] && services.nextPageToken == "")
            let root = server.url + "/v1/services/6F81-5844-456A/skus?pageSize=5000"
            var names: [String] = []
            var token = ""
            repeat {
                let page = try await Self.page(client, root + "&pageToken=" + token)
                names += page.skus?.map(\.name) ?? []
                token = page.nextPageToken
            } while !token.isEmpty && names.count < 100
            #expect(names.count == 3 && Set(names).count == 3)
        }
    }

    @Test func `a key is asked for`() async throws {
        try await withSamples {
            $0.googleKey = "right"
        } _: { server, client in
            let url = server.url + "/v1/services"
            let inHeader = try await Self.page(client, url, key: "right")
            let inAddress = try await Self.page(client, url + "?key=right")
            #expect(inHeader.services?.count == 1 && inAddress.services?.count == 1)
            let wrong = await #expect(throws: PriceListFetchError.self) {
                try await Self.page(client, url, key: "wrong")
            }
            #expect(wrong?.status == 400 && wrong?.detail.contains("API key not valid") == true)
            let missing = await #expect(throws: PriceListFetchError.self) { try await Self.page(client, url) }
            #expect(missing?.status == 403)
        }
    }

    @Test(arguments: ["/v1/services/none/skus", "/v1/services/6F81-5844-456A", "/v1/services?pageToken=x"])
    func `what there is not is refused`(path: String) async throws {
        try await withSamples { server, client in
            _ = await #expect(throws: PriceListFetchError.self) { try await client.data(server.url + path) }
        }
    }
}
