import Synchronization
import Testing

@testable import WebFetch

struct RecordedTransportTests {
    private func client(_ exchanges: [RecordedExchange]) -> WebClient {
        WebClient(WebConfiguration(), transport: RecordedTransport(exchanges), pace: .immediate)
    }

    @Test func `responses come in their order, the last again and again`() async throws {
        let client = client([
            RecordedExchange(url: "http://e.org/a", head: WebHead(status: 200), body: [1]),
            RecordedExchange(url: "http://e.org/a", head: WebHead(status: 404), body: [2]),
        ])
        var statuses: [Int] = []
        for _ in 0..<3 { statuses.append(try await client.collect(WebRequest("http://e.org/a")).status) }
        #expect(statuses == [200, 404, 404])
    }

    @Test func `a request that has no response is a loud error`() async throws {
        let client = client([RecordedExchange(url: "http://e.org/a", head: WebHead(status: 200))])
        for text in ["http://e.org/b", "http://e.org/a?x", "https://e.org/a"] {
            let error = try await client.failure(of: WebRequest(text))
            #expect(error?.code == .notRecorded)
            #expect(error?.detail.contains("GET http") == true)
        }
        var post = try WebRequest("http://e.org/a")
        post.method = .post
        let error = try await client.failure(of: post)
        #expect(error?.code == .notRecorded)
    }

    @Test func `a conditional request has a response of its own`() async throws {
        let client = client([
            RecordedExchange(url: "http://e.org/a", head: WebHead(status: 200, headers: ["ETag": "\"1\""]), body: [1]),
            RecordedExchange(
                url: "http://e.org/a", requestHeaders: ["If-None-Match": "\"1\""], head: WebHead(status: 304)),
        ])
        var request = try WebRequest("http://e.org/a")
        let first = try await client.collect(request)
        request.known = first.response.validators
        let second = try await client.collect(request)
        #expect(second.response.isNotModified)
    }

    @Test func `a 304 that was not asked for is a violation`() async throws {
        let client = client([RecordedExchange(url: "http://e.org/a", head: WebHead(status: 304))])
        let error = try await client.failure(of: WebRequest("http://e.org/a"))
        #expect(error?.code == .protocolViolation)
    }

    @Test func `redirects that are permanent up to a temporary one give the address to keep`() async throws {
        let hop = { (from: String, status: Int, to: String) in
            RecordedExchange(url: from, head: WebHead(status: status, headers: ["Location": to]))
        }
        let client = client([
            hop("http://e.org/1", 301, "/2"), hop("http://e.org/2", 308, "/3"), hop("http://e.org/3", 302, "/4"),
            hop("http://e.org/4", 301, "/5"), RecordedExchange(url: "http://e.org/5", head: WebHead(status: 410)),
        ])
        let document = try await client.collect(WebRequest("http://e.org/1"))
        #expect(document.status == 410)
        #expect(document.response.url.text == "http://e.org/5")
        #expect(document.response.permanentURL.text == "http://e.org/3")
        #expect(document.response.redirects.map(\.status) == [301, 308, 302, 301])
        #expect(client.counts.redirects == 4)
    }

    @Test func `a recorded cut is replayed as one, and is tried again`() async throws {
        let client = client([
            RecordedExchange(url: "http://e.org/a", head: WebHead(status: 200), body: [1], isComplete: false),
            RecordedExchange(url: "http://e.org/a", head: WebHead(status: 200), body: [1, 2]),
        ])
        #expect(try await client.collect(WebRequest("http://e.org/a")).bytes == [1, 2])
        #expect(client.counts.retries == 1)
    }

    @Test func `what was recorded is replayed, and holds no secret`() async throws {
        let source = RecordedTransport([
            RecordedExchange(url: "http://e.org/a", head: WebHead(status: 200, headers: ["X": "y"]), body: [1, 2, 3])
        ])
        let recorder = RecordingTransport(source)
        let recording = WebClient(WebConfiguration(), transport: recorder, pace: .immediate)
        var request = try WebRequest("http://user:hunter2@e.org/a")
        request.secretHeaders = ["Authorization": "Bearer hunter2"]
        _ = try await recording.collect(request)
        #expect(recorder.exchanges.count == 1)
        #expect(recorder.exchanges.first?.isComplete == true)
        #expect(!"\(recorder.exchanges)".contains("hunter2"))
        let document = try await client(recorder.exchanges).collect(WebRequest("http://e.org/a"))
        #expect(document.bytes == [1, 2, 3])
        #expect(document.headers["x"] == "y")
    }

    @Test func `a server that asks for patience is given it`() async throws {
        let waits = Mutex<[Duration]>([])
        var pace = Pace.immediate
        pace.wait = { wait in waits.withLock { $0.append(wait) } }
        pace.random = { 0 }
        let busy = RecordedExchange(
            url: "http://e.org/a", head: WebHead(status: 429, headers: ["Retry-After": "17"]))
        let transport = RecordedTransport([
            busy, RecordedExchange(url: "http://e.org/a", head: WebHead(status: 200), body: [1]),
        ])
        let client = WebClient(WebConfiguration(), transport: transport, pace: pace)
        #expect(try await client.collect(WebRequest("http://e.org/a")).status == 200)
        #expect(waits.withLock { $0 } == [.seconds(17)])
    }

    @Test(arguments: ["86400", "1000000000", "Fri, 31 Dec 9999 23:59:59 GMT"])
    func `a server that asks for too much has its response handed on`(wait: String) async throws {
        let client = client([
            RecordedExchange(url: "http://e.org/a", head: WebHead(status: 503, headers: ["Retry-After": wait]))
        ])
        let document = try await client.collect(WebRequest("http://e.org/a"))
        #expect(document.status == 503)
        #expect(try #require(document.response.retryAfter(secondsSince1970: 0)) >= .seconds(86_400))
        #expect(client.counts.requests == 1)
    }

    @Test func `secrets are dropped when a redirect leaves their origin`() async throws {
        let calls = Mutex<[WebCall]>([])
        let transport = WatchingTransport(
            RecordedTransport([
                RecordedExchange(url: "http://e.org/1", head: WebHead(status: 302, headers: ["Location": "/2"])),
                RecordedExchange(
                    url: "http://e.org/2", head: WebHead(status: 302, headers: ["Location": "http://f.org/3"])),
                RecordedExchange(url: "http://f.org/3", head: WebHead(status: 200)),
            ])
        ) { call in calls.withLock { $0.append(call) } }
        let client = WebClient(WebConfiguration(), transport: transport, pace: .immediate)
        var request = try WebRequest("http://user:pass@e.org/1")
        request.secretHeaders = ["X-Key": "k"]
        request.headers = ["Cookie": "c", "Accept": "a"]
        _ = try await client.collect(request)
        let seen = calls.withLock { $0 }
        #expect(seen.map { $0.secretHeaders["x-key"] } == ["k", "k", nil])
        #expect(seen.map { $0.headers["cookie"] } == ["c", "c", nil])
        #expect(seen.map { $0.url.credentials?.name } == ["user", "user", nil])
        #expect(seen.allSatisfy { $0.headers["accept"] == "a" })
    }

    @Test func `a closed recording answers no more`() async throws {
        let client = client([RecordedExchange(url: "http://e.org/a", head: WebHead(status: 200))])
        await client.close()
        let error = try await client.failure(of: WebRequest("http://e.org/a"))
        #expect(error?.code == .clientUnavailable)
    }
}

/// Shows each call to the test and passes it on.
private struct WatchingTransport: WebTransport {
    var wrapped: any WebTransport
    var see: @Sendable (WebCall) -> Void

    init(_ wrapped: any WebTransport, see: @escaping @Sendable (WebCall) -> Void) {
        (self.wrapped, self.see) = (wrapped, see)
    }

    func begin(_ call: WebCall) async throws -> any WebExchange {
        see(call)
        return try await wrapped.begin(call)
    }

    func close() async { await wrapped.close() }
}

extension Pace {
    /// Waits for nothing.
    static let immediate = Pace(
        secondsSince1970: { 784_111_770 }, random: { 0.5 }, wait: { _ in try Task.checkCancellation() })
}
