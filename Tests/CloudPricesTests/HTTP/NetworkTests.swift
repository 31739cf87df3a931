import CloudPrices
import Foundation
import PriceListServer
import Testing

/// The client over real sockets, against a server that is told to misbehave.
struct NetworkTests {
    private let file = "/offers/v1.0/aws/AmazonEC2/current/eu-west-1/index.csv"

    private func expected() throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: SampleFolder.path + "/aws" + file)))
    }

    private func withServer(
        _ kinds: Misbehaviour..., body: @escaping @Sendable (PriceListServer, PriceListClient) async throws -> Void
    ) async throws {
        var configuration = PriceListServer.Configuration(folder: SampleFolder.path)
        configuration.misbehaviour = kinds
        var policy = RetryPolicy()
        policy.firstDelay = .milliseconds(1)
        try await PriceListServer.withServer(configuration) { [policy] server in
            try await PriceListClient.withClient(retry: policy) { try await body(server, $0) }
        }
    }

    @Test func `gzip is asked for and undone`() async throws {
        let (expected, file) = (try expected(), file)
        try await withServer { server, client in
            let (result, body) = try await client.fetchWhole(PriceListRequest(server.url + file, content: .csv))
            #expect(body == expected)
            #expect(result.bytes < result.expandedBytes / 2 && result.expandedBytes == expected.count)
        }
    }

    @Test func `a connection cut in mid-body goes on where it was`() async throws {
        let (expected, file) = (try expected(), file)
        try await withServer(Misbehaviour(.cut(after: 1000), times: 3)) { server, client in
            let (result, body) = try await client.fetchWhole(PriceListRequest(server.url + file, content: .csv))
            #expect(body == expected && result.requests == 4)
        }
    }

    @Test func `without ranges the known part is skipped`() async throws {
        let (expected, file) = (try expected(), file)
        try await withServer(Misbehaviour(.cut(after: 2000), times: 1), Misbehaviour(.noRanges, times: 1)) {
            server, client in
            let (_, body) = try await client.fetchWhole(PriceListRequest(server.url + file, content: .csv))
            #expect(body == expected)
        }
    }

    @Test(
        arguments: [
            ("429=1@EC2", PriceListFetchError.Code.throttled), ("html", .htmlInPlaceOfData),
            ("plain-as-gzip", .badGzip), ("damaged-gzip", .badGzip), ("truncated=800", .badGzip),
            ("truncated=0", .wrongContent), ("404", .refused),
        ]
    )
    func `what goes wrong has its own name`(rule: String, code: PriceListFetchError.Code) async throws {
        let file = file
        let misbehaviour = try #require(Misbehaviour(rule))
        try await withServer(misbehaviour) { server, client in
            var client = client
            client.retry.maximumAttempts = 2
            let request = PriceListRequest(server.url + file, content: .csv)
            let error = await #expect(throws: PriceListFetchError.self) { try await client.fetchWhole(request) }
            #expect(error?.code == code, "\(String(describing: error))")
        }
    }

    @Test func `a list that changes between the parts is refused`() async throws {
        let file = file
        try await withServer(Misbehaviour(.changing), Misbehaviour(.cut(after: 1000))) { server, client in
            let request = PriceListRequest(server.url + file, content: .csv)
            let error = await #expect(throws: PriceListFetchError.self) { try await client.fetchWhole(request) }
            #expect(error?.code == .changedMeanwhile)
        }
    }

    @Test func `nobody there is said so`() async throws {
        try await PriceListClient.withClient { client in
            var client = client
            client.retry.maximumAttempts = 1
            let error = await #expect(throws: PriceListFetchError.self) {
                try await client.fetchWhole(PriceListRequest("http://127.0.0.1:1/list.json"))
            }
            #expect(error?.code == .unavailable && error?.detail == "no server listens there")
            let noAddress = await #expect(throws: PriceListFetchError.self) {
                try await client.fetchWhole(PriceListRequest("list.json"))
            }
            #expect(noAddress?.code == .badAddress)
        }
    }

    @Test func `a cancelled download ends at once`() async throws {
        let file = file
        try await withServer(Misbehaviour(.slow(piece: 8, pause: .seconds(60)))) { server, client in
            let (signal, started) = AsyncStream<Void>.makeStream()
            let download = Task {
                try await client.fetch(PriceListRequest(server.url + file, content: .csv)) { _ in started.yield() }
            }
            // The first bytes of gzip expand to nothing, so the request itself is the signal.
            while server.requests.isEmpty { await Task.yield() }
            download.cancel()
            started.finish()
            for await _ in signal {}
            await #expect(throws: CancellationError.self) { try await download.value }
        }
    }

    @Test func `what was recorded is replayed without a server`() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (expected, file) = (try expected(), file)
        let configuration = PriceListServer.Configuration(folder: SampleFolder.path)
        let secret = SecretHeader(name: "X-Goog-Api-Key", value: "AIzaSecret")
        let url = try await PriceListServer.withServer(configuration) { server in
            server.misbehave(Misbehaviour(.cut(after: 1000), times: 1))
            let request = PriceListRequest(server.url + file, content: .csv, secretHeader: secret)
            try await PriceListClient.withClient(recordingTo: folder) { _ = try await $0.fetchWhole(request) }
            return server.url
        }
        let (result, body) = try await PriceListClient.replaying(folder)
            .fetchWhole(PriceListRequest(url + file, content: .csv))
        #expect(body == expected && result.requests == 2)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))
            #expect(!String(decoding: data, as: UTF8.self).contains("AIza"))
        }
        let error = await #expect(throws: PriceListFetchError.self) {
            try await PriceListClient.replaying(folder).fetchWhole(PriceListRequest(url + "/other", content: .csv))
        }
        #expect(error?.code == .notRecorded)
    }
}
