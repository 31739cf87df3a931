import CloudPrices
import Foundation
import PriceListServer
import Testing

struct PriceListCacheTests {
    private typealias Reply = ScriptedTransport.Reply
    private let url = "https://prices.example.com/list.json"

    private func withCache(_ body: (PriceListCache, String) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await body(PriceListCache(path: path), path)
    }

    private func files(_ path: String, _ ending: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(ending) }
    }

    @Test func `an unchanged list comes from its copy`() async throws {
        try await withCache { cache, _ in
            let transport = ScriptedTransport([
                Reply(200, ["ETag": "\"1\"", "Last-Modified": "Mon, 01 Jan 2024 00:00:00 GMT"], "[1]"), Reply(304),
            ])
            let client = PriceListClient(scripted: transport, cache: cache)
            let first = try await client.fetchWhole(PriceListRequest(url))
            let second = try await client.fetchWhole(PriceListRequest(url))
            #expect(transport.headers(ofRequest: 0)["if-none-match"] == nil)
            #expect(transport.headers(ofRequest: 1)["if-none-match"] == "\"1\"")
            #expect(transport.headers(ofRequest: 1)["if-modified-since"] == "Mon, 01 Jan 2024 00:00:00 GMT")
            #expect(!first.0.isUnchanged && second.0.isUnchanged)
            #expect(first.1 == second.1 && second.0.bytes == 0 && second.0.expandedBytes == 3)
        }
    }

    @Test func `a list that has changed takes the place of its copy`() async throws {
        try await withCache { cache, path in
            let client = PriceListClient(
                scripted: ScriptedTransport([
                    Reply(200, ["ETag": "\"1\""], "[1]"), Reply(200, ["ETag": "\"2\""], "[2]"), Reply(304),
                ]), cache: cache)
            for expected in ["[1]", "[2]", "[2]"] {
                let text = try await client.text(url)
                #expect(text == expected)
            }
            #expect(try files(path, ".body").count == 1)
        }
    }

    @Test func `a list that was cut off and went on is kept whole`() async throws {
        try await withCache { cache, _ in
            let cut = HTTPTransportError("the server closed the connection")
            let rest = ["ETag": "\"1\"", "Content-Range": "bytes 3-5/6"]
            let client = PriceListClient(
                scripted: ScriptedTransport([
                    Reply(200, ["ETag": "\"1\""], "[1,", failure: cut), Reply(206, rest, "23]"), Reply(304),
                ]), cache: cache)
            for _ in 0..<2 {
                let text = try await client.text(url)
                #expect(text == "[1,23]")
            }
        }
    }

    @Test func `what did not come whole, or tells no version, is not kept`() async throws {
        try await withCache { cache, path in
            let short = Reply(200, ["ETag": "\"1\"", "Content-Length": "9"], "[1]")
            for reply in [Reply(200, [:], "[1]"), short, Reply(404)] {
                let client = PriceListClient(scripted: ScriptedTransport([reply]), cache: cache)
                _ = try? await client.text(url)
            }
            let left = try files(path, "")
            #expect(left.isEmpty)
        }
    }

    @Test(arguments: ["json", "body"])
    func `a damaged or missing copy only costs a download`(ending: String) async throws {
        for isRemoved in [true, false] {
            try await withCache { cache, path in
                let transport = ScriptedTransport([Reply(200, ["ETag": "\"1\""], "[1]")])
                let client = PriceListClient(scripted: transport, cache: cache)
                _ = try await client.text(url)
                let file = URL(filePath: path + "/" + (try #require(files(path, ending).first)))
                if isRemoved {
                    try FileManager.default.removeItem(at: file)
                } else {
                    try Data("{".utf8).write(to: file)
                }
                #expect(try await client.text(url) == "[1]")
                #expect(transport.headers(ofRequest: 1)["if-none-match"] == nil)
            }
        }
    }

    @Test func `a copy that was damaged without a change of its length fails once`() async throws {
        try await withCache { cache, path in
            try await PriceListServer.withServer(.init(folder: SampleFolder.path)) { server in
                try await PriceListClient.withClient(cache: cache) { client in
                    let request = PriceListRequest(server.url + "/offers/v1.0/aws/index.json")
                    let list = try await client.fetchWhole(request).1
                    let file = URL(filePath: path + "/" + (try #require(files(path, ".body").first)))
                    var bytes = try Data(contentsOf: file)
                    bytes[bytes.count / 2] ^= 0x5A
                    try bytes.write(to: file)
                    let error = await #expect(throws: PriceListFetchError.self) { try await client.fetchWhole(request) }
                    #expect(error?.code == .badGzip)
                    #expect(try await client.fetchWhole(request).1 == list)
                }
            }
        }
    }

    @Test func `the oldest copies go when there are too many bytes`() async throws {
        try await withCache { cache, path in
            var cache = cache
            cache.maximumBytes = 10
            let list = Reply(200, ["ETag": "\"1\""], "[1,2]")
            let client = PriceListClient(scripted: ScriptedTransport([list]), cache: cache)
            for number in 0..<4 { _ = try await client.text("\(url)?\(number)") }
            #expect(try files(path, ".body").count == 2)
            let large = Reply(200, ["ETag": "\"1\""], "[1,2,3,4,5,6]")
            #expect(
                try await PriceListClient(scripted: ScriptedTransport([large]), cache: cache).text(url)
                    == "[1,2,3,4,5,6]")
            #expect(try files(path, ".body").count == 2)
        }
    }

    @Test func `a folder that cannot be written costs nothing but the copies`() async throws {
        let client = PriceListClient(
            scripted: ScriptedTransport([Reply(200, ["ETag": "\"1\""], "[1]")]),
            cache: PriceListCache(path: "/dev/null/copies"))
        #expect(try await client.text(url) == "[1]")
    }

    @Test func `an answer that nobody asked for is an error`() async {
        let client = PriceListClient(scripted: ScriptedTransport([Reply(304)]))
        let error = await #expect(throws: PriceListFetchError.self) { try await client.text(url) }
        #expect(error?.code == .refused)
    }

    /// Over sockets: whatever the server sends the second time is damaged, so every document must come from its copy.
    @Test func `an unchanged provider is scraped from its copies`() async throws {
        try await withCache { cache, _ in
            try await PriceListServer.withServer(.init(folder: SampleFolder.path)) { server in
                var scraper = AWSScraper(selection: .everything)
                scraper.selection.services = TextMatcher(["AmazonS3", "AWSLambda"])
                scraper.selection.terms = [.onDemand]
                scraper.format = .csv
                var rows: [PriceRow] = []
                for isFirst in [true, false] {
                    if !isFirst { server.misbehave(Misbehaviour(.damagedGzip)) }
                    rows = try await PriceListClient.withClient(cache: cache) { client in
                        let sink = CollectingSink()
                        let origin = HTTPPriceListOrigin(client, root: server.url)
                        _ = try await scraper.scrape(from: origin, into: sink)
                        #expect(isFirst || sink.rows == rows)
                        return sink.rows
                    }
                }
                #expect(!rows.isEmpty)
                await #expect(throws: PriceProblem.self) {
                    try await PriceListClient.withClient { client in
                        let origin = HTTPPriceListOrigin(client, root: server.url)
                        _ = try await scraper.scrape(from: origin, into: CountingSink())
                    }
                }
            }
        }
    }
}
