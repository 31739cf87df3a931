import CloudPrices
import Foundation
import PriceListServer
import Testing

struct HTTPPriceListOriginTests {
    private typealias Reply = ScriptedTransport.Reply

    private func origin(_ replies: [Reply]) -> HTTPPriceListOrigin {
        HTTPPriceListOrigin(PriceListClient(scripted: ScriptedTransport(replies)), root: "https://example.com/")
    }

    private func readAll(_ source: any ByteSource, block: Int = 5) throws -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: block)
        while true {
            var span = buffer.mutableSpan
            let count = try source.read(into: &span)
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }

    @Test func `bytes come in blocks of any size`() async throws {
        let source = try await origin([Reply(200, [:], "{\"a\": [1, 2, 3]}")]).open("/list.json")
        #expect(source.name == "/list.json")
        let text = try readAll(source)
        #expect(text == "{\"a\": [1, 2, 3]}")
        var none = [UInt8](repeating: 0, count: 1)
        var span = none.mutableSpan
        let count = try source.read(into: &span)
        #expect(count == 0)
        none = []
    }

    @Test func `a refusal is known when a document is opened`() async throws {
        let problem = await #expect(throws: PriceProblem.self) { try await origin([Reply(404)]).open("/list.json") }
        #expect(problem?.code == .refused && problem?.source == "/list.json")
        #expect(problem?.description.contains("404") == true)
    }

    @Test func `a failure in mid-body comes after what was good`() async throws {
        let cut = HTTPTransportError("the server closed the connection")
        let source = try await origin([Reply(200, [:], "{\"a\":", failure: cut)]).open("/list.json")
        let problem = #expect(throws: PriceProblem.self) { try readAll(source) }
        #expect(problem?.code == .inputFailed && problem?.description.contains("closed the connection") == true)
    }

    @Test func `a source that is dropped ends its download`() async throws {
        var configuration = PriceListServer.Configuration(folder: SampleFolder.path)
        configuration.misbehaviour = [Misbehaviour(.slow(piece: 700, pause: .seconds(60)))]
        try await PriceListServer.withServer(configuration) { server in
            try await PriceListClient.withClient { client in
                let origin = HTTPPriceListOrigin(client, root: server.url)
                // Closing the client waits for no one: had the download gone on, it would be cut with an error.
                _ = try await origin.open("/offers/v1.0/aws/AmazonEC2/current/eu-west-1/index.csv")
            }
        }
    }

    @Test func `a whole list over a socket`() async throws {
        let path = "/offers/v1.0/aws/AmazonRDS/current/eu-west-1/index.csv"
        let expected = String(
            decoding: try Data(contentsOf: URL(fileURLWithPath: SampleFolder.path + "/aws" + path)), as: UTF8.self)
        let text = try await PriceListServer.withServer(.init(folder: SampleFolder.path)) { server in
            try await PriceListClient.withClient { client in
                try readAll(try await HTTPPriceListOrigin(client, root: server.url).open(path), block: 4096)
            }
        }
        #expect(text == expected)
    }
}
