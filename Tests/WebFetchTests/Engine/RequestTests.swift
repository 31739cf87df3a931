import Glibc
import Synchronization
import Testing

@testable import WebFetch

struct RequestTests {
    @Test func `a request says what it was given, and its response what the server gave`() async throws {
        let handler = answering { request, connection in
            connection.respond("200 Fine", ["X-A: 1", "x-a: 2"], Array(request.head.utf8))
        }
        try await withServer(handler: handler) { server, client in
            var request = try WebRequest(server.url("/p?q=1#f"))
            request.headers = ["X-Test": "yes", "Empty": ""]
            request.secretHeaders = ["Authorization": "Bearer s"]
            request.known = Validators(entityTag: "W/\"t\"", lastModified: "Sun, 06 Nov 1994 08:49:37 GMT")
            let document = try await client.collect(request)
            #expect(document.status == 200)
            #expect(document.headers.values(of: "X-A") == ["1", "2"])
            let sent = RawRequest(head: document.text, body: [])
            #expect(sent.line == "GET /p?q=1")
            #expect(sent.header("x-test") == "yes")
            #expect(sent.header("empty") == "")
            #expect(sent.header("authorization") == "Bearer s")
            #expect(sent.header("if-none-match") == "W/\"t\"")
            #expect(sent.header("if-modified-since") == "Sun, 06 Nov 1994 08:49:37 GMT")
            #expect(sent.header("user-agent") == "Sennit-WebFetch")
            #expect(sent.header("accept-encoding") == "gzip, br, zstd")
            #expect(sent.header("cookie") == nil)
        }
    }

    @Test func `methods and bodies arrive`() async throws {
        let handler = answering { request, connection in
            let length = request.header("content-length") ?? "-"
            let said = "\(request.line) \(length) \(String(decoding: request.body, as: UTF8.self))"
            connection.respond("200 OK", [], Array(said.utf8))
        }
        try await withServer(handler: handler) { server, client in
            var request = try WebRequest(server.url())
            request.method = .post
            #expect(try await client.collect(request).text == "POST / 0 ")
            request.upload = .bytes(Array("abc".utf8))
            #expect(try await client.collect(request).text == "POST / 3 abc")
            request.method = .put
            #expect(try await client.collect(request).text == "PUT / 3 abc")
            request.method = try #require(WebMethod("PROPFIND"))
            #expect(try await client.collect(request).text == "PROPFIND / 3 abc")
            request.upload = nil
            request.method = .delete
            #expect(try await client.collect(request).text == "DELETE / - ")
            #expect(WebMethod("GET\r\nX") == nil)
        }
    }

    @Test func `a HEAD has no body, whatever its head says of one`() async throws {
        let handler = answering { _, connection in
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\nContent-Encoding: x\r\n\r\n")
        }
        try await withServer(handler: handler) { server, client in
            var request = try WebRequest(server.url())
            request.method = .head
            for _ in 0..<2 { #expect(try await client.collect(request).bytes.isEmpty) }
            #expect(server.connectionCount == 1)
        }
    }

    @Test(arguments: [nil, 300_000] as [Int64?])
    func `a streamed body arrives whole, announced or in chunks`(length: Int64?) async throws {
        let handler = answering { request, connection in
            let sum = request.body.reduce(into: UInt64(0)) { $0 = $0 &* 31 &+ UInt64($1) }
            connection.respond("200 OK", [], Array("\(request.body.count) \(sum)".utf8))
        }
        let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let sum = bytes.reduce(into: UInt64(0)) { $0 = $0 &* 31 &+ UInt64($1) }
        try await withServer(handler: handler) { server, client in
            var request = try WebRequest(server.url())
            request.method = .put
            request.upload = .stream(length: length) {
                let position = Mutex(0)
                return {
                    await Task.yield()
                    return position.withLock { position in
                        guard position < bytes.count else { return nil }
                        defer { position += 7000 }
                        return Array(bytes[position...].prefix(7000))
                    }
                }
            }
            #expect(try await client.collect(request).text == "300000 \(sum)")
        }
    }

    @Test func `a streamed body that fails, or has another length, fails the request`() async throws {
        struct Broken: Error {}
        try await withServer(handler: answering { _, connection in connection.respond("200 OK") }) { server, client in
            var request = try WebRequest(server.url())
            request.method = .put
            request.upload = .stream(length: 10) { { throw Broken() } }
            #expect(try await client.failure(of: request)?.code == .uploadFailed)
            request.upload = .stream(length: 10) { throw Broken() }
            #expect(try await client.failure(of: request)?.code == .uploadFailed)
            request.upload = .stream(length: 10) {
                let isFirst = Mutex(true)
                return {
                    isFirst.withLock { first in
                        defer { first = false }
                        return first ? [1, 2, 3] : nil
                    }
                }
            }
            let error = try await client.failure(of: request)
            #expect(error?.code == .uploadFailed)
            #expect(error?.detail.contains("fewer") == true)
        }
    }

    @Test func `connections are used again, also behind redirects and bodies that nobody read`() async throws {
        let handler = answering { request, connection in
            switch request.target {
            case "/1": connection.respond("302 Found", ["Location: /2"], Array("moved".utf8))
            default: connection.respond("200 OK", [], Array(repeating: 1, count: 1000))
            }
        }
        try await withServer(handler: handler) { server, client in
            for _ in 0..<5 {
                let document = try await client.collect(WebRequest(server.url("/1")))
                #expect(document.response.redirects.count == 1)
            }
            let status = try await client.fetch(WebRequest(server.url("/2"))) { $0.status }
            #expect(status == 200)
            _ = try await client.collect(WebRequest(server.url("/2")))
            #expect(server.connectionCount <= 2)
            #expect(client.counts.reusedConnections >= 9)
        }
    }

    @Test func `a Unix socket is a server`() async throws {
        let path = "/tmp/sennit-webfetch-\(getpid())-\(UInt32.random(in: 0 ... .max)).sock"
        let handler = answering { request, connection in
            connection.respond("200 OK", [], Array((request.header("host") ?? "").utf8))
        }
        try await withServer(path: path, { $0.addresses = .publicOnly }, handler: handler) { _, client in
            var request = try WebRequest("http://engine.example/x")
            request.socketPath = path
            #expect(try await client.collect(request).text == "engine.example")
        }
    }

    @Test func `many requests at once each have their own response`() async throws {
        let handler = answering { request, connection in connection.respond("200 OK", [], Array(request.target.utf8)) }
        try await withServer(handler: handler) { server, client in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<64 {
                    group.addTask {
                        for turn in 0..<5 {
                            let target = "/\(number)/\(turn)"
                            guard try await client.collect(WebRequest(server.url(target))).text == target else {
                                return false
                            }
                        }
                        return true
                    }
                }
                for try await isRight in group { #expect(isRight) }
            }
            #expect(server.connectionCount <= 64)
            #expect(client.counts.responses == 320)
        }
    }

    @Test func `requests that must wait for their turn all get it`() async throws {
        let handler = answering { request, connection in connection.respond("200 OK", [], Array(request.target.utf8)) }
        try await withServer({ $0.maximumRequests = 2 }, handler: handler) { server, client in
            try await withThrowingTaskGroup(of: String.self) { group in
                for number in 0..<50 {
                    group.addTask { try await client.collect(WebRequest(server.url("/\(number)"))).text }
                }
                var texts: Set<String> = []
                for try await text in group { texts.insert(text) }
                #expect(texts.count == 50)
            }
            #expect(server.connectionCount <= 2)
        }
    }

    @Test func `a request that waits for its turn has its whole time, too`() async throws {
        try await withServer({ $0.maximumRequests = 1 }, handler: { $0.waitForClose() }) { server, client in
            let first = Task { try await client.collect(WebRequest(server.url())) }
            while server.connectionCount == 0 { await Task.yield() }
            var request = try WebRequest(server.url())
            var limits = WebLimits()
            limits.whole = .milliseconds(100)
            request.limits = limits
            let error = try await client.failure(of: request)
            #expect(error?.limit == .whole)
            #expect(error?.phase == .preparing)
            #expect(error?.isUnsent == true)
            first.cancel()
            _ = await first.result
        }
    }

    @Test func `what would split a request is refused before anything is sent`() async throws {
        try await withServer(handler: answering { _, connection in connection.respond("200 OK") }) { server, client in
            var request = try WebRequest(server.url())
            request.headers = ["X": "a\r\nEvil: b"]
            let error = try await client.failure(of: request)
            #expect(error?.code == .invalidRequest)
            #expect(error?.isUnsent == true)
            #expect(error.map { "\($0)".contains("Evil") } == false)
            request.headers = [:]
            request.secretHeaders = ["A\nB": "c"]
            #expect(try await client.failure(of: request)?.code == .invalidRequest)
            #expect(server.connectionCount == 0)
        }
    }

    @Test func `a user name and password become an Authorization header`() async throws {
        let handler = answering { request, connection in
            connection.respond("200 OK", [], Array((request.header("authorization") ?? "none").utf8))
        }
        try await withServer(handler: handler) { server, client in
            let request = try WebRequest("http://user:p%3Ass@127.0.0.1:\(server.port)/")
            #expect(try await client.collect(request).text == "Basic dXNlcjpwOnNz")
        }
    }

    @Test func `a proxy is asked with the whole address`() async throws {
        let handler = answering { request, connection in
            let said = "\(request.line) \(request.header("proxy-authorization") ?? "-")"
            connection.respond("200 OK", [], Array(said.utf8))
        }
        let server = try RawServer(handler)
        defer { server.stop() }
        var configuration = WebConfiguration()
        configuration.proxy = .fixed(try WebURL("http://me:pw@127.0.0.1:\(server.port)"))
        configuration.retry = .never
        try await WebClient.withClient(configuration) { client in
            let document = try await client.collect(WebRequest("http://planet.example/feed"))
            #expect(document.text == "GET http://planet.example/feed Basic bWU6cHc=")
            for text in ["http://127.0.0.1/", "http://localhost/", "http://2130706433/", "http://[::1]/"] {
                #expect(try await client.failure(of: WebRequest(text))?.code == .addressRefused, "\(text)")
            }
        }
    }
}
