import Glibc
import Synchronization
import Testing

@testable import WebFetch

struct BodyTests {
    private static let sentence = String(repeating: "The quick brown fox jumps over the lazy dog. ", count: 20)

    /// The sentence in each encoding, made by the encoding's own program.
    private static let encoded: [String: String] = [
        "gzip":
            "1f8b08000000000002030bc94855282ccd4cce56482aca2fcf5348cbaf50c82acd2d2856c82f4b2d5228014ae7245655"
            + "2aa4e4a7eb29848c2a1e553caa98da8a01e64a66b084030000",
        "deflate":
            "789c0bc94855282ccd4cce56482aca2fcf5348cbaf50c82acd2d2856c82f4b2d5228014ae72456552aa4e4a7eb29848c"
            + "2a1e553caa98da8a0147a5431c",
        "br":
            "1b8303882c0e78d3d0955d9710bb172ba9cad092cc8cad415ce6f236c8199e9e0a7b830d387048206f24be41a715ce1c"
            + "1e27aa2938c289b84f8301",
        "zstd":
            "28b52ffd0468b50100d40254686520717569636b2062726f776e20666f78206a756d7073206f76657220746865206c61"
            + "7a7920646f672e200100a50a2b55065913fa85",
    ]

    /// 16 MiB of zeros in 27 bytes.
    private static let brotliBomb = bytes("cbffff3ff82700e2b14020f7fe2ffffffff04f00c4611180eefd1f")

    /// 4 MiB of zeros in 4,098 bytes.
    private static let gzipBomb =
        bytes("1f8b0800000000000203edc101010000008220ffaf6e484001") + [UInt8](repeating: 0, count: 4063)
        + bytes("7c1b6a40471100004000")

    private static func bytes(_ digits: String) -> [UInt8] {
        stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(digits.dropFirst($0).prefix(2), radix: 16) }
    }

    private static func server(_ encoding: String, _ body: [UInt8]) -> @Sendable (RawConnection) -> Void {
        answering { _, connection in connection.respond("200 OK", ["Content-Encoding: \(encoding)"], body) }
    }

    @Test(arguments: ["gzip", "x-gzip", "GZIP", "deflate", "br", "zstd"])
    func `a compressed body is decoded`(encoding: String) async throws {
        let name = encoding.lowercased() == "x-gzip" ? "gzip" : encoding.lowercased()
        let body = Self.bytes(try #require(Self.encoded[name]))
        try await withServer(handler: Self.server(encoding, body)) { server, client in
            let document = try await client.collect(WebRequest(server.url()))
            #expect(document.text == Self.sentence)
            #expect(document.report?.wireByteCount == Int64(body.count))
            #expect(document.response.body.byteCount == Int64(Self.sentence.utf8.count))
        }
    }

    @Test(arguments: ["gzip", "deflate", "br", "zstd"])
    func `a body that is cut off within its encoding is an error, wherever it is cut`(encoding: String) async throws {
        let whole = Self.bytes(try #require(Self.encoded[encoding]))
        let cut = Mutex(1)
        let handler = answering { _, connection in
            let body = Array(whole.prefix(cut.withLock { $0 }))
            connection.respond("200 OK", ["Content-Encoding: \(encoding)"], body)
        }
        try await withServer(handler: handler) { server, client in
            for count in stride(from: 1, to: whole.count, by: 5) {
                cut.withLock { $0 = count }
                let error = try await client.failure(of: WebRequest(server.url()))
                #expect(error?.code == .decodingFailed, "cut after \(count)")
            }
        }
    }

    @Test(arguments: ["gzip", "deflate", "br", "zstd"])
    func `a body that is not what its head says is an error`(encoding: String) async throws {
        let plain = Array("plain text that nobody has compressed at all".utf8)
        try await withServer(handler: Self.server(encoding, plain)) { server, client in
            let error = try await client.failure(of: WebRequest(server.url()))
            #expect(error?.code == .decodingFailed)
        }
    }

    @Test func `a damaged gzip body is an error`() async throws {
        var body = Self.bytes(try #require(Self.encoded["gzip"]))
        body[body.count - 6] ^= 1
        try await withServer(handler: Self.server("gzip", body)) { server, client in
            let error = try await client.failure(of: WebRequest(server.url()))
            #expect(error?.code == .decodingFailed)
        }
    }

    @Test func `gzip members that follow one another are one body`() async throws {
        let one = Self.bytes(try #require(Self.encoded["gzip"]))
        try await withServer(handler: Self.server("gzip", one + one)) { server, client in
            let document = try await client.collect(WebRequest(server.url()))
            #expect(document.text == Self.sentence + Self.sentence)
        }
    }

    @Test func `an empty body needs no encoding`() async throws {
        try await withServer(handler: Self.server("gzip", [])) { server, client in
            let document = try await client.collect(WebRequest(server.url()))
            #expect(document.bytes.isEmpty)
        }
    }

    @Test(arguments: ["gzip", "br"])
    func `a bomb is stopped soon after the grace`(encoding: String) async throws {
        let bomb = encoding == "gzip" ? Self.gzipBomb : Self.brotliBomb
        try await withServer(handler: Self.server(encoding, bomb)) { server, client in
            let count = Mutex<Int64>(0)
            await #expect {
                try await client.fetch(WebRequest(server.url())) { response in
                    defer { count.withLock { $0 = response.body.byteCount } }
                    for try await _ in response.body {}
                }
            } throws: { ($0 as? WebFetchError)?.code == .suspiciousCompression }
            // The grace is a mebibyte, and a piece at most 64 kibibytes.
            #expect(count.withLock { $0 } <= 1 << 20 + 1 << 16)
        }
    }

    @Test func `a body that decodes to more than is allowed is stopped`() async throws {
        try await withServer(
            {
                $0.limits.maximumCompressionRatio = .max
                $0.limits.maximumByteCount = 2 << 20
            }, handler: Self.server("br", Self.brotliBomb)
        ) { server, client in
            let error = try await client.failure(of: WebRequest(server.url()))
            #expect(error?.code == .bodyTooLarge)
        }
    }

    @Test func `raw bytes are handed on as they come, and identity refuses compression`() async throws {
        let body = Self.bytes(try #require(Self.encoded["gzip"]))
        try await withServer(handler: Self.server("gzip", body)) { server, client in
            var request = try WebRequest(server.url())
            request.decoding = .raw(accept: "gzip")
            #expect(try await client.collect(request).bytes == body)
            request.decoding = .identity
            #expect(try await client.failure(of: request)?.code == .decodingFailed)
        }
    }

    @Test func `a reader that does not read slows the server down`() async throws {
        let sent = Mutex(0)
        let isStalled = Signal()
        let total = 64 << 20
        let handler: @Sendable (RawConnection) -> Void = { connection in
            _ = connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n")
            let piece = [UInt8](repeating: 9, count: 1 << 16)
            var left = total
            var refusals = 0
            // The system takes no more for three seconds: the client has stopped reading.
            while left > 0, refusals < 300 {
                let count = connection.sendWithoutWaiting(Array(piece.prefix(left)))
                if count > 0 {
                    left -= count
                    refusals = 0
                } else {
                    refusals += 1
                    usleep(10_000)  // There is no event for a buffer that stays full.
                }
            }
            sent.withLock { $0 = total - left }
            isStalled.fire()
            connection.send([UInt8](repeating: 9, count: left))
            connection.waitForClose()
        }
        try await withServer(
            {
                $0.limits.maximumByteCount = 1 << 30
                $0.limits.maximumWireByteCount = 1 << 30
                $0.limits.idle = .seconds(2)
            }, handler: handler
        ) { server, client in
            try await client.fetch(WebRequest(server.url())) { response in
                await isStalled.wait()
                // Both systems' buffers and the client's own; far from the whole.
                #expect(sent.withLock { $0 } < total / 2)
                var count = 0
                for try await piece in response.body { count += piece.count }
                #expect(count == total)
            }
        }
    }
}
