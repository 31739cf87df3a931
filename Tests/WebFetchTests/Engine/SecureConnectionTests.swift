import Testing

@testable import WebFetch

struct SecureConnectionTests {
    private func withFront<Result>(
        _ certificate: String, trust: (TestCertificates) -> TrustedCertificates, protocols: String? = nil,
        handler: @escaping @Sendable (RawConnection) -> Void = answering { _, connection in
            connection.respond("200 OK", [], Array("safe".utf8))
        },
        _ body: (TLSFront, WebClient) async throws -> Result
    ) async throws -> Result {
        let trusted = trust(try await offPool { try TestCertificates.shared.get() })
        return try await withServer({ $0.trust = trusted }, handler: handler) { server, client in
            try await TLSFront.with(certificate, for: server.port, protocols: protocols) { front in
                try await body(front, client)
            }
        }
    }

    @Test func `a certificate of a trusted issuer is accepted, and the connection is used again`() async throws {
        try await withFront("good", trust: { .file($0.issuer) }) { front, client in
            for host in ["127.0.0.1", "localhost"] {
                let document = try await client.collect(WebRequest("https://\(host):\(front.port)/"))
                #expect(document.text == "safe")
                #expect(try #require(document.report).secure > .zero)
            }
            let again = try await client.collect(WebRequest("https://127.0.0.1:\(front.port)/"))
            #expect(again.report?.isReusedConnection == true)
            #expect(again.report?.secure == .zero)
        }
    }

    @Test(arguments: ["expired", "other", "self"])
    func `an expired certificate, another name, and one signed by itself are rejected`(certificate: String) async throws
    {
        try await withFront(certificate, trust: { .file($0.issuer) }) { front, client in
            let error = try await client.failure(of: WebRequest("https://127.0.0.1:\(front.port)/"))
            #expect(error?.code == .certificateRejected, "\(error.map { "\($0)" } ?? "no failure")")
            #expect(error?.phase == .secure)
            #expect(error?.isUnsent == true)
        }
    }

    @Test func `an issuer that nobody trusts is rejected`() async throws {
        try await withFront("good", trust: { .file($0.otherIssuer) }) { front, client in
            let error = try await client.failure(of: WebRequest("https://127.0.0.1:\(front.port)/"))
            #expect(error?.code == .certificateRejected)
        }
        try await withFront("good", trust: { _ in .system }) { front, client in
            let error = try await client.failure(of: WebRequest("https://127.0.0.1:\(front.port)/"))
            #expect(error?.code == .certificateRejected)
        }
    }

    @Test func `a file of issuers that is not there is said so`() async throws {
        try await withFront("good", trust: { .file($0.path("absent.pem")) }) { front, client in
            let error = try await client.failure(of: WebRequest("https://127.0.0.1:\(front.port)/"))
            #expect(error?.code == .secureConnectionFailed)
            #expect(error?.cause?.text.contains("absent.pem") == true)
        }
    }

    @Test func `a server without TLS fails the handshake`() async throws {
        let handler: @Sendable (RawConnection) -> Void = { connection in
            _ = connection.read()
            connection.send("HTTP/1.1 400 Bad Request\r\n\r\n")
        }
        try await withServer(handler: handler) { server, client in
            let error = try await client.failure(of: WebRequest("https://127.0.0.1:\(server.port)/"))
            #expect(error?.code == .secureConnectionFailed)
            #expect(error?.phase == .secure)
        }
    }

    @Test func `a handshake without end is bounded, and can be cancelled`() async throws {
        try await withServer({ $0.limits.connect = .seconds(2) }, handler: { $0.waitForClose() }) {
            server, client in
            let error = try await client.failure(of: WebRequest("https://127.0.0.1:\(server.port)/"))
            #expect(error?.code == .timedOut)
            #expect(error?.limit == .connect)
            #expect(error?.phase == .secure)
        }
        let arrived = Signal()
        let handler: @Sendable (RawConnection) -> Void = { connection in
            _ = connection.read()
            arrived.fire()
            connection.waitForClose()
        }
        try await withServer(handler: handler) { server, client in
            let task = Task { try await client.collect(WebRequest("https://127.0.0.1:\(server.port)/")) }
            await arrived.wait()
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test func `a proxy makes a tunnel, or is said to have refused`() async throws {
        try await withFront("good", trust: { .file($0.issuer) }) { front, _ in
            let port = front.port
            let proxy = try RawServer { connection in
                guard let request = connection.readRequest() else { return }
                guard request.line == "CONNECT 127.0.0.1:\(port)" else { return connection.respond("403 Forbidden") }
                connection.send("HTTP/1.1 200 Established\r\n\r\n")
                connection.tunnel(to: UInt16(port))
            }
            defer { proxy.stop() }
            var configuration = WebConfiguration()
            configuration.addresses = .publicAndLoopback
            configuration.retry = .never
            configuration.trust = .file(try TestCertificates.shared.get().issuer)
            configuration.proxy = .fixed(try WebURL(proxy.url()))
            try await WebClient.withClient(configuration) { client in
                let document = try await client.collect(WebRequest("https://127.0.0.1:\(port)/"))
                #expect(document.text == "safe")
                let error = try await client.failure(of: WebRequest("https://other.example/"))
                #expect(error?.code == .proxyFailed, "\(error.map { "\($0)" } ?? "no failure")")
                #expect(error?.isUnsent == true)
            }
        }
    }

    @Test func `a redirect from https to http is refused`() async throws {
        let handler = answering { _, connection in connection.respond("301 Moved", ["Location: http://127.0.0.1/"]) }
        try await withFront("good", trust: { .file($0.issuer) }, handler: handler) { front, client in
            let error = try await client.failure(of: WebRequest("https://127.0.0.1:\(front.port)/"))
            #expect(error?.code == .redirectRefused)
        }
    }

    @Test func `HTTP/2 is used where the handshake offers it, over one connection`() async throws {
        try await withFront(
            "good", trust: { .file($0.issuer) }, protocols: "h2", handler: { MultiplexedServer($0).run() }
        ) { front, client in
            let request = try WebRequest("https://127.0.0.1:\(front.port)/")
            let first = try await client.collect(request)
            #expect(first.response.version == "2")
            #expect(first.text == "stream 1")
            try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<20 {
                    group.addTask { try await client.collect(request).text }
                }
                var texts: Set<String> = []
                for try await text in group { texts.insert(text) }
                #expect(texts.count == 20)
            }
            #expect(client.counts.reusedConnections == 20)
        }
    }

    @Test func `HTTP/2 is not used where it is not wanted or not offered`() async throws {
        try await withFront("good", trust: { .file($0.issuer) }, protocols: "http/1.1") { front, client in
            let document = try await client.collect(WebRequest("https://127.0.0.1:\(front.port)/"))
            #expect(document.response.version == "1.1")
        }
    }

    @Test func `a stream that the server resets is a closed connection`() async throws {
        try await withFront(
            "good", trust: { .file($0.issuer) }, protocols: "h2", handler: { MultiplexedServer($0, resets: true).run() }
        ) { front, client in
            let error = try await client.failure(of: WebRequest("https://127.0.0.1:\(front.port)/"))
            #expect(error?.code == .connectionClosed)
            #expect(error?.isUnsent == false)
        }
    }
}

/// Just enough of HTTP/2 to answer each request with the number of its stream.
private struct MultiplexedServer {
    private let connection: RawConnection
    private let resets: Bool

    init(_ connection: RawConnection, resets: Bool = false) {
        self.connection = connection
        self.resets = resets
    }

    private enum Kind {
        static let (data, headers, reset, settings, ping): (UInt8, UInt8, UInt8, UInt8, UInt8) = (0, 1, 3, 4, 6)
    }

    func run() {
        guard connection.read(through: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") != nil else { return }
        send(Kind.settings, flags: 0, stream: 0, [])
        while let head = connection.read(exactly: 9) {
            let length = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
            guard let payload = connection.read(exactly: length) else { return }
            let stream = head[5...8].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
            switch head[3] {
            case Kind.settings where head[4] & 1 == 0: send(Kind.settings, flags: 1, stream: 0, [])
            case Kind.ping where head[4] & 1 == 0: send(Kind.ping, flags: 1, stream: 0, payload)
            case Kind.headers: answer(stream)
            default: break
            }
        }
    }

    private func answer(_ stream: UInt32) {
        // 0x88 is ":status: 200" of the static table.
        send(Kind.headers, flags: 4, stream: stream, [0x88])
        if resets {
            // INTERNAL_ERROR
            send(Kind.reset, flags: 0, stream: stream, [0, 0, 0, 2])
        } else {
            send(Kind.data, flags: 1, stream: stream, Array("stream \(stream)".utf8))
        }
    }

    private func send(_ kind: UInt8, flags: UInt8, stream: UInt32, _ payload: [UInt8]) {
        let length = [UInt8(payload.count >> 16), UInt8(payload.count >> 8 & 0xFF), UInt8(payload.count & 0xFF)]
        let number = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: stream >> $0) }
        connection.send(length + [kind, flags] + number + payload)
    }
}
