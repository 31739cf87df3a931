import CloudPrices
import Foundation
import Testing

struct PriceListClientTests {
    @Test func `a recording that cannot be written fails what is recorded`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "recording-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        // In the place of the second exchange stands something else.
        try FileManager.default.createDirectory(
            at: folder.appending(path: "00002.json"), withIntermediateDirectories: true)
        let transport = try RecordingTransport(ScriptedTransport([.init(200, [:], "{}")]), folder: folder.path)
        let origin = HTTPPriceListOrigin(PriceListClient(scripted: transport), root: "http://list")
        let problem = await #expect(throws: PriceProblem.self) { _ = try await origin.open("/a.json") }
        #expect(problem?.code == .outputFailed && problem?.source.hasSuffix("/00002.json") == true)
        let file = folder.appending(path: "file").path
        try Data().write(to: URL(filePath: file))
        let none = #expect(throws: PriceProblem.self) { _ = try RecordingTransport(transport, folder: file) }
        #expect(none?.code == .outputFailed)
    }

    private typealias Reply = ScriptedTransport.Reply
    private let url = "https://prices.example.com/list.json"
    private let cut = HTTPTransportError("the server closed the connection")

    private func failure(_ replies: [Reply], limits: DownloadLimits = DownloadLimits()) async -> PriceListFetchError? {
        let client = PriceListClient(scripted: ScriptedTransport(replies), limits: limits)
        return await #expect(throws: PriceListFetchError.self) { try await client.text(url) }
    }

    @Test func `a list is handed on as it comes`() async throws {
        let transport = ScriptedTransport([Reply(200, ["ETag": "\"1\""], "{\"a\":1}")])
        let (result, body) = try await PriceListClient(scripted: transport).fetchWhole(PriceListRequest(url))
        #expect(String(decoding: body, as: UTF8.self) == "{\"a\":1}")
        #expect(result.bytes == 7 && result.requests == 1 && !result.isUnchanged)
        #expect(result.validators.entityTag == "\"1\"")
        #expect(transport.headers(ofRequest: 0)["accept-encoding"] == "gzip")
    }

    @Test func `a server that asks for patience is given it`() async throws {
        let clock = SleepingClock()
        let transport = ScriptedTransport([
            Reply(429, ["Retry-After": "3"]), Reply(503), Reply(429, ["Retry-After": "Tue, 14 Nov 2023 22:13:29 GMT"]),
            Reply(200, [:], "[]"),
        ])
        #expect(try await PriceListClient(scripted: transport, clock: clock).text(url) == "[]")
        #expect(clock.sleeps.count == 3)
        #expect(clock.sleeps.first == .seconds(3) && clock.sleeps.last == .seconds(9))
    }

    @Test func `a storm of refusals ends`() async {
        let transport = ScriptedTransport([Reply(429, ["Retry-After": "1"], "slow down")])
        let client = PriceListClient(scripted: transport)
        let error = await #expect(throws: PriceListFetchError.self) { try await client.text(url) }
        #expect(error?.code == .throttled)
        #expect(error?.status == 429 && error?.attempts == 6)
        #expect(error?.detail.contains("slow down") == true)
        #expect(transport.requests.count == 6)
    }

    @Test func `a wait that is too long ends it at once`() async {
        let error = await failure([Reply(429, ["Retry-After": "86400"])])
        #expect(error?.code == .throttled && error?.attempts == 1)
    }

    @Test func `waits count against the time allowed`() async {
        var limits = DownloadLimits()
        limits.longestTime = .seconds(100)
        let error = await failure([Reply(429, ["Retry-After": "60"])], limits: limits)
        #expect(error?.code == .tooSlow && error?.attempts == 2)
    }

    @Test func `a cut body goes on at the same byte`() async throws {
        let transport = ScriptedTransport([
            Reply(200, ["ETag": "\"a\"", "Content-Length": "10"], "{\"abc", failure: cut),
            .unreachable(),
            Reply(206, ["ETag": "\"a\"", "Content-Range": "bytes 5-9/10"], "d\":1}"),
        ])
        let (result, body) = try await PriceListClient(scripted: transport).fetchWhole(PriceListRequest(url))
        #expect(String(decoding: body, as: UTF8.self) == "{\"abcd\":1}")
        #expect(result.requests == 3 && result.bytes == 10)
        #expect(transport.headers(ofRequest: 2)["range"] == "bytes=5-")
        #expect(transport.headers(ofRequest: 2)["if-range"] == "\"a\"")
    }

    @Test func `a body that just ends early goes on, too`() async throws {
        let transport = ScriptedTransport([
            Reply(200, ["Last-Modified": "Mon, 01 Jan 2024 00:00:00 GMT", "Content-Length": "4"], "[1"),
            Reply(206, ["Content-Range": "bytes 2-3/4"], ",2"), Reply(206, ["Content-Range": "bytes 4-4/4"], "]"),
        ])
        let client = PriceListClient(scripted: transport)
        #expect(try await client.text(url) == "[1,2")
        #expect(transport.headers(ofRequest: 1)["if-range"] == "Mon, 01 Jan 2024 00:00:00 GMT")
    }

    @Test func `a server without ranges sends it again and the known part is skipped`() async throws {
        let transport = ScriptedTransport([
            Reply(200, ["ETag": "\"a\"", "Content-Length": "6"], "[1,2", failure: cut),
            Reply(200, ["ETag": "\"a\"", "Content-Length": "6"], "[1,2,3]".replacing("2,3", with: "23")),
        ])
        #expect(try await PriceListClient(scripted: transport).text(url) == "[1,23]")
    }

    @Test func `a list that changes meanwhile is an error`() async {
        let first = Reply(200, ["ETag": "\"a\"", "Content-Length": "6"], "[1,2", failure: cut)
        let other = await failure([first, Reply(200, ["ETag": "\"b\""], "[1,23]")])
        #expect(other?.code == .changedMeanwhile)
        let wrongPart = await failure([first, Reply(206, ["ETag": "\"a\"", "Content-Range": "bytes 0-1/6"], "[1")])
        #expect(wrongPart?.code == .changedMeanwhile)
        let shorter = await failure([first, Reply(416)])
        #expect(shorter?.code == .changedMeanwhile)
        let weak = await failure([Reply(200, ["ETag": "W/\"a\""], "[1,2", failure: cut)])
        #expect(weak?.code == .cutOff)
    }

    @Test func `a connection that always breaks is given up`() async {
        var policy = RetryPolicy()
        policy.maximumResumes = 4
        let replies = (0..<20).map { index in
            Reply(
                index == 0 ? 200 : 206, ["ETag": "\"a\"", "Content-Range": "bytes \(index)-99/100"],
                index == 0 ? "[" : "1", failure: cut)
        }
        let client = PriceListClient(scripted: ScriptedTransport(replies), retry: policy)
        let error = await #expect(throws: PriceListFetchError.self) { try await client.text(url) }
        #expect(error?.code == .cutOff && error?.attempts == 5)
    }

    @Test func `an unreachable server is tried again and then given up`() async {
        let error = await failure([.unreachable()])
        #expect(error?.code == .unavailable && error?.attempts == 6)
    }

    @Test func `a web page is no price list`() async {
        let typed = await failure([Reply(200, ["Content-Type": "text/html; charset=utf-8"], "<p>Log in</p>")])
        #expect(typed?.code == .htmlInPlaceOfData)
        let untyped = await failure([
            Reply(200, ["Content-Type": "application/json"], "\n <!doctype html><p>Log in</p>")
        ])
        #expect(untyped?.code == .htmlInPlaceOfData && untyped?.detail.contains("Log in") == true)
        #expect(await failure([Reply(200, [:], "Forbidden")])?.code == .wrongContent)
        #expect(await failure([Reply(200, [:], "")])?.code == .wrongContent)
        #expect(await failure([Reply(200, [:], " \n")])?.code == .wrongContent)
    }

    @Test func `what is too large is refused, announced or not`() async {
        var limits = DownloadLimits()
        limits.maximumBytes = 4
        #expect(await failure([Reply(200, ["Content-Length": "5"], "[1,2]")], limits: limits)?.code == .tooLarge)
        #expect(await failure([Reply(200, [:], "[1,2]")], limits: limits)?.code == .tooLarge)
    }

    @Test func `a refusal shows what the server said`() async {
        let error = await failure([Reply(404, [:], "no such\u{1B}[31m list")])
        #expect(error?.code == .refused && error?.status == 404 && error?.attempts == 1)
        #expect(error?.detail.contains("no such [31m list") == true)
    }

    @Test func `redirects are followed, but not for ever`() async throws {
        let transport = ScriptedTransport([Reply(302, ["Location": "/other.json"]), Reply(200, [:], "[]")])
        #expect(try await PriceListClient(scripted: transport).text(url) == "[]")
        #expect(transport.requests.last?.url == "https://prices.example.com/other.json")
        #expect(await failure([Reply(302, ["Location": "/list.json"])])?.code == .badRedirect)
        #expect(await failure([Reply(302)])?.code == .badRedirect)
        #expect(await failure([Reply(302, ["Location": "http://prices.example.com/"])])?.code == .badRedirect)
    }

    @Test func `what the consumer throws comes through`() async {
        struct Full: Error {}
        let client = PriceListClient(scripted: ScriptedTransport([Reply(200, [:], "[]")]))
        await #expect(throws: Full.self) { try await client.fetch(PriceListRequest(url)) { _ in throw Full() } }
    }
}

struct SecretTests {
    private typealias Reply = ScriptedTransport.Reply
    private let header = SecretHeader(name: "X-Goog-Api-Key", value: "AIzaSecret")

    @Test func `a secret is in no text`() async {
        let transport = ScriptedTransport([Reply(400, [:], "API key AIzaSecret is not valid")])
        let client = PriceListClient(scripted: transport)
        let request = PriceListRequest("https://prices.example.com/x", secretHeader: header)
        let error = await #expect(throws: PriceListFetchError.self) { try await client.fetchWhole(request) }
        #expect(error?.detail.contains("API key (secret) is not valid") == true)
        var dumped = ""
        dump(request, to: &dumped)
        for text in ["\(String(describing: error))", "\(request)", String(reflecting: request), dumped] {
            #expect(!text.contains("AIza"), "\(text)")
        }
        #expect(transport.requests.first?.secretHeader?.value == "AIzaSecret")
        #expect(transport.requests.first?.headers.contains { $0.value.contains("AIza") } == false)
    }

    @Test func `another host never sees it`() async {
        let transport = ScriptedTransport([Reply(302, ["Location": "https://elsewhere.example.com/"])])
        let client = PriceListClient(scripted: transport)
        let request = PriceListRequest("https://prices.example.com/x", secretHeader: header)
        let error = await #expect(throws: PriceListFetchError.self) { try await client.fetchWhole(request) }
        #expect(error?.code == .badRedirect && transport.requests.count == 1)
    }
}
