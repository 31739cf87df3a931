import CCurl
import Glibc
import Testing

@testable import WebFetch

/// Every way in which a server can go wrong has its own name, and none of them waits longer than it was told.
struct ServerFailureTests {
    private struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var code: WebFetchError.Code
        var phase: WebFetchError.Phase
        var handler: @Sendable (RawConnection) -> Void

        init(
            _ name: String, _ code: WebFetchError.Code, _ phase: WebFetchError.Phase,
            _ handler: @escaping @Sendable (RawConnection) -> Void
        ) {
            (testDescription, self.code, self.phase, self.handler) = (name, code, phase, handler)
        }
    }

    private static func saying(_ text: String) -> @Sendable (RawConnection) -> Void {
        { connection in
            _ = connection.readRequest()
            connection.send(text)
        }
    }

    private static let cases = [
        Case("closed without a response", .connectionClosed, .waiting) { _ = $0.readRequest() },
        Case("reset without a response", .connectionClosed, .waiting) { connection in
            _ = connection.readRequest()
            connection.reset()
        },
        Case("closed within the head", .connectionClosed, .head, saying("HTTP/1.1 200 OK\r\nX: y\r\n")),
        Case(
            "closed within the body", .connectionClosed, .body, saying("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab")
        ),
        Case(
            "closed within a chunk", .connectionClosed, .body,
            saying("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nab")),
        Case(
            "closed before the last chunk", .connectionClosed, .body,
            saying("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n")),
        Case(
            "chunked garbage", .protocolViolation, .body,
            saying("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n0\r\n\r\n")),
        Case(
            "a length that is no number", .protocolViolation, .head,
            saying("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nab")),
        Case(
            "two lengths", .protocolViolation, .head,
            saying("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab")),
        Case("not HTTP", .protocolViolation, .waiting, saying("SSH-2.0-OpenSSH_9.2\r\n")),
        Case("a status that is no number", .protocolViolation, .waiting, saying("HTTP/1.1 abc OK\r\n\r\n")),
        Case("more bytes announced than allowed", .bodyTooLarge, .body) { connection in
            _ = connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\nab")
        },
        Case("a body without end", .bodyTooLarge, .body) { connection in
            _ = connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk = Array("4000\r\n".utf8) + Array(repeating: 65, count: 0x4000) + Array("\r\n".utf8)
            while connection.send(chunk) {}
        },
        Case("headers without end", .headTooLarge, .head) { connection in
            _ = connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\n")
            while connection.send("X-Header: value\r\n") {}
        },
        Case("a header line without end", .headTooLarge, .head) { connection in
            _ = connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\nX: ")
            let part = Array(repeating: UInt8(ascii: "a"), count: 0x4000)
            while connection.send(part) {}
        },
        Case("interim responses without end", .headTooLarge, .head) { connection in
            _ = connection.readRequest()
            while connection.send("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n") {}
        },
        Case("silence before the head", .timedOut, .waiting) { $0.waitForClose() },
        Case("silence within the head", .timedOut, .head) { connection in
            _ = connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\nX: y\r\n")
            connection.waitForClose()
        },
        Case("silence within the body", .timedOut, .body) { connection in
            _ = connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab")
            connection.waitForClose()
        },
        Case("a redirect to nowhere", .redirectRefused, .head) { connection in
            _ = connection.readRequest()
            connection.respond("302 Found", ["Location: file:///etc/passwd"])
        },
        Case("a redirect in a circle", .tooManyRedirects, .head) { connection in
            while let request = connection.readRequest() {
                connection.respond("302 Found", ["Location: \(request.target == "/" ? "/a" : "/")"])
            }
        },
        Case("thirty redirects", .tooManyRedirects, .head) { connection in
            while let request = connection.readRequest() {
                connection.respond("302 Found", ["Location: \(request.target)x"])
            }
        },
        Case("a part that was not asked for is no whole", .decodingFailed, .body) { connection in
            _ = connection.readRequest()
            connection.respond("200 OK", ["Content-Encoding: gzip, gzip, gzip"], [1, 2, 3])
        },
        Case("an encoding that nobody knows", .decodingFailed, .body) { connection in
            _ = connection.readRequest()
            connection.respond("200 OK", ["Content-Encoding: pack200"], [1, 2, 3])
        },
    ]

    @Test(arguments: cases)
    private func `a failure has its own name`(_ one: Case) async throws {
        try await withServer(
            {
                $0.limits.firstByte = .seconds(2)
                $0.limits.idle = .seconds(2)
                $0.limits.maximumByteCount = 1 << 20
                $0.limits.maximumWireByteCount = 1 << 20
            }, handler: one.handler
        ) { server, client in
            let error = try await client.failure(of: WebRequest(server.url()))
            #expect(error?.code == one.code, "\(error.map { "\($0)" } ?? "no failure")")
            #expect(error?.phase == one.phase, "\(error.map { "\($0)" } ?? "no failure")")
            #expect(error?.isUnsent == false)
        }
    }

    @Test func `a drip that never falls silent is bounded by rate and by the whole time`() async throws {
        let drip: @Sendable (RawConnection) -> Void = { connection in
            _ = connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            // The pause is the misbehavior itself; no test waits for it to end.
            while connection.send("x") { usleep(10_000) }
        }
        try await withServer(handler: drip) { server, client in
            var request = try WebRequest(server.url())
            var limits = WebLimits()
            limits.minimumBytesPerSecond = 10_000
            limits.rateWindow = .milliseconds(200)
            request.limits = limits
            #expect(try await client.failure(of: request)?.limit == .minimumRate)
            limits.minimumBytesPerSecond = 0
            limits.whole = .milliseconds(300)
            request.limits = limits
            let error = try await client.failure(of: request)
            #expect(error?.limit == .whole)
            #expect(error?.code == .timedOut)
        }
    }

    @Test func `nobody there is said so, and nothing was sent`() async throws {
        try await withServer(handler: { _ in }) { server, client in
            server.stop()
            let error = try await client.failure(of: WebRequest(server.url()))
            #expect(error?.code == .connectionFailed)
            #expect(error?.phase == .connect)
            #expect(error?.isUnsent == true)
        }
    }

    @Test func `a broken connection is tried again, as often as the policy says`() async throws {
        let handler: @Sendable (RawConnection) -> Void = { connection in
            guard connection.readRequest() != nil, connection.number >= 2 else { return }
            connection.respond("200 OK", [], Array("third".utf8))
            connection.waitForClose()
        }
        try await withServer(
            { $0.retry = RetryPolicy(maximumAttempts: 3, initialDelay: .milliseconds(1)) }, handler: handler
        ) {
            server, client in
            let document = try await client.collect(WebRequest(server.url()))
            #expect(document.text == "third")
            #expect(client.counts.retries == 2)
        }
    }

    @Test func `a POST that may have been acted on is not sent again`() async throws {
        let handler: @Sendable (RawConnection) -> Void = { connection in
            guard connection.readRequest() != nil else { return }
            connection.respond("200 OK")
            // The second request over this connection gets no answer.
            _ = connection.readRequest()
        }
        try await withServer({ $0.retry = .standard }, handler: handler) { server, client in
            var request = try WebRequest(server.url())
            request.method = .post
            request.upload = .bytes([1, 2, 3])
            #expect(try await client.collect(request).status == 200)
            let error = try await client.failure(of: request)
            #expect(error?.code == .connectionClosed)
            #expect(error?.isUnsent == false)
            #expect(client.counts.requests == 2)
            #expect(server.connectionCount <= 2)
        }
    }

    @Test func `a redirect to a private address is refused before a packet leaves`() async throws {
        let target = try RawServer { _ in }
        defer { target.stop() }
        let handler = answering { request, connection in
            let place = request.target == "/mapped" ? "[::ffff:127.0.0.1]" : "127.0.0.1"
            connection.respond("302 Found", ["Location: http://\(place):\(target.port)/"])
        }
        try await withServer(
            { configuration in
                configuration.addresses = .custom { $0.port != target.port }
            }, handler: handler
        ) { server, client in
            for path in ["/plain", "/mapped"] {
                let error = try await client.failure(of: WebRequest(server.url(path)))
                #expect(error?.code == .addressRefused)
                #expect(error?.isUnsent == true)
                #expect(
                    error?.url == "http://\(path == "/mapped" ? "[::ffff:127.0.0.1]" : "127.0.0.1"):\(target.port)/")
            }
            #expect(target.connectionCount == 0)
        }
    }

    @Test(arguments: [
        "http://127.0.0.1:22/", "http://[::1]:80/", "http://[::ffff:127.0.0.1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://2130706433/", "http://0177.0.0.1/", "http://127.1/", "http://0.0.0.0/", "http://[fd00::1]/",
        "http://[64:ff9b::7f00:1]/", "http://0/", "http://localhost/", "http://10.1.2.3/",
    ])
    func `no spelling of a private address passes`(text: String) async throws {
        var configuration = WebConfiguration()
        configuration.retry = .never
        try await WebClient.withClient(configuration) { client in
            let error = try await client.failure(of: WebRequest(text))
            #expect(error?.code == .addressRefused)
        }
    }

    @Test func `an error shows no secret`() async throws {
        try await withServer(handler: { _ in }) { server, client in
            server.stop()
            let text = "http://user:hunter2@127.0.0.1:\(server.port)/hook/hunter2?key=hunter2"
            var request = try WebRequest(text)
            request.secretHeaders = ["X": "hunter2"]
            request.isPathSecret = true
            let error = try #require(try await client.failure(of: request))
            #expect(!"\(error)".contains("hunter2"))
            #expect("\(error)".contains("127.0.0.1"))
        }
    }

    @Test func `a machine without libcurl is told which package to install`() async {
        await #expect(processExitsWith: .success) {
            // Safety: the name is a literal.
            unsafe sennit_curl_choose("libcurl-that-is-absent.so.4")
            let client = WebClient()
            let error = try await client.failure(of: WebRequest("http://example.org/"))
            expect(error?.code, is: .libraryMissing)
            expect(error?.detail.contains("libcurl4"), is: true)
            let again = try await client.failure(of: WebRequest("http://example.org/"))
            expect(again?.code, is: .libraryMissing)
            await client.close()
        }
    }

    @Test func `a client that was closed refuses, and ends what is under way`() async throws {
        try await withServer(handler: { $0.waitForClose() }) { server, client in
            async let pending = client.failure(of: WebRequest(server.url()))
            while server.connectionCount == 0 { await Task.yield() }
            await client.close()
            let ended = try await pending
            #expect(ended?.code == .clientUnavailable)
            let failure = try await client.failure(of: WebRequest(server.url()))
            #expect(failure?.code == .clientUnavailable)
        }
    }

    @Test func `more requests than may wait are refused`() async throws {
        try await withServer(
            {
                $0.maximumRequests = 1
                $0.maximumWaitingRequests = 1
            }, handler: { $0.waitForClose() }
        ) { server, client in
            let first = Task { try await client.failure(of: WebRequest(server.url())) }
            while server.connectionCount == 0 { await Task.yield() }
            // One more waits until the client closes; which one is for the scheduler to say.
            let (errors, errorsIn) = AsyncStream<WebFetchError?>.makeStream()
            for _ in 0..<3 {
                Task { errorsIn.yield(try? await client.failure(of: WebRequest(server.url()))) }
            }
            var refusals = errors.makeAsyncIterator()
            for _ in 0..<2 { #expect(await refusals.next()??.detail.contains("waiting") == true) }
            await client.close()
            #expect(await refusals.next()??.code == .clientUnavailable)
            let last = try await first.value
            #expect(last?.code == .clientUnavailable)
            #expect(server.connectionCount == 1)
        }
    }
}
