import Synchronization
import Testing

@testable import WebFetch

struct DownloadTests {
    private static let content = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }

    /// What a reader has after a download: starts void what came before.
    private final class Sink: Sendable {
        private let state = Mutex<(bytes: [UInt8], starts: Int, resumes: Int)>(([], 0, 0))

        var bytes: [UInt8] { state.withLock { $0.bytes } }
        var starts: Int { state.withLock { $0.starts } }
        var resumes: Int { state.withLock { $0.resumes } }

        func take(_ event: DownloadEvent) {
            state.withLock { state in
                switch event {
                case .start:
                    state.bytes = []
                    state.starts += 1
                case .resume: state.resumes += 1
                case .bytes(let bytes): state.bytes += bytes
                }
            }
        }
    }

    private static func start(of request: RawRequest) -> Int {
        request.header("range").flatMap { $0.split(separator: "=").last?.split(separator: "-").first }
            .flatMap { Int($0) } ?? 0
    }

    /// Sends the content, or its rest, and closes after so many bytes of it.
    private static func part(
        _ request: RawRequest, _ connection: RawConnection, tag: String?, cutAfter limit: Int,
        content: [UInt8] = content
    ) {
        let start = start(of: request)
        let rest = Array(content[start...])
        var lines = [start > 0 ? "HTTP/1.1 206 Partial" : "HTTP/1.1 200 OK", "Content-Length: \(rest.count)"]
        if start > 0 { lines.append("Content-Range: bytes \(start)-\(content.count - 1)/\(content.count)") }
        if let tag { lines.append("ETag: \(tag)") }
        connection.send(Array((lines + ["", ""]).joined(separator: "\r\n").utf8) + rest.prefix(limit))
        connection.cut()
    }

    private func download(
        resuming part: PartialDownload? = nil, _ sink: Sink, handler: @escaping @Sendable (RawConnection) -> Void
    ) async throws -> WebDownload {
        try await withServer(
            { $0.retry = RetryPolicy(maximumAttempts: 4, initialDelay: .milliseconds(1)) }, handler: handler
        ) { server, client in
            try await client.download(WebRequest(server.url()), resuming: part) { sink.take($0) }
        }
    }

    @Test func `a download that is cut again and again goes on where it was`() async throws {
        let sink = Sink()
        let result = try await download(sink) { connection in
            guard let request = connection.readRequest() else { return }
            Self.part(request, connection, tag: "\"v1\"", cutAfter: 30_000)
        }
        #expect(sink.bytes == Self.content)
        #expect(sink.starts == 1)
        #expect(result.resumptionCount == 3)
        #expect(result.part.byteCount == 100_000)
    }

    @Test func `without a strong tag it starts again`() async throws {
        let sink = Sink()
        let result = try await download(sink) { connection in
            guard let request = connection.readRequest() else { return }
            Self.part(
                request, connection, tag: "W/\"v1\"", cutAfter: connection.number == 0 ? 30_000 : 100_000)
        }
        #expect(sink.bytes == Self.content)
        #expect(sink.starts == 2)
        #expect(result.resumptionCount == 0)
    }

    @Test func `a resource that has changed starts from zero`() async throws {
        let sink = Sink()
        let other = Array(Self.content.reversed())
        _ = try await download(sink) { connection in
            guard let request = connection.readRequest() else { return }
            if connection.number == 0 {
                Self.part(request, connection, tag: "\"v1\"", cutAfter: 30_000)
            } else {
                #expect(request.header("if-range") == "\"v1\"")
                connection.respond("200 OK", ["ETag: \"v2\""], other)
            }
        }
        #expect(sink.bytes == other)
        #expect(sink.starts == 2)
    }

    @Test func `a server that ignores ranges has its known bytes skipped`() async throws {
        let sink = Sink()
        let result = try await download(sink) { connection in
            guard let request = connection.readRequest() else { return }
            if connection.number == 0 {
                Self.part(request, connection, tag: "\"v1\"", cutAfter: 30_000)
            } else {
                connection.respond("200 OK", ["ETag: \"v1\""], Self.content)
            }
        }
        #expect(sink.bytes == Self.content)
        #expect(sink.starts == 1)
        #expect(result.resumptionCount == 1)
    }

    @Test(arguments: [
        "bytes 0-99999/100000", "bytes 30001-99999/100000", "bytes 30000-99999/100001", "nonsense",
    ])
    func `other bytes than were asked for are an error`(range: String) async throws {
        let sink = Sink()
        let error = await #expect(throws: WebFetchError.self) {
            try await download(sink) { connection in
                guard let request = connection.readRequest() else { return }
                if connection.number == 0 {
                    Self.part(request, connection, tag: "\"v1\"", cutAfter: 30_000)
                } else {
                    connection.respond(
                        "206 Partial", ["ETag: \"v1\"", "Content-Range: \(range)"], Array(Self.content[30_000...]))
                }
            }
        }
        #expect(error?.code == .rangeMismatch)
        #expect(sink.bytes == Array(Self.content[..<30_000]))
    }

    @Test func `a part of an earlier download goes on`() async throws {
        let sink = Sink()
        let part = PartialDownload(
            byteCount: 40_000, validators: Validators(entityTag: "\"v1\""), totalByteCount: 100_000)
        let result = try await download(resuming: part, sink) { connection in
            guard let request = connection.readRequest() else { return }
            Self.part(request, connection, tag: "\"v1\"", cutAfter: 100_000)
        }
        #expect(sink.bytes == Array(Self.content[40_000...]))
        #expect(sink.starts == 0)
        #expect(sink.resumes == 1)
        #expect(result.part.byteCount == 100_000)
        #expect(result.status == 206)
    }

    @Test func `a part that is the whole already needs no byte`() async throws {
        let sink = Sink()
        let part = PartialDownload(byteCount: 100_000, validators: Validators(entityTag: "\"v1\""))
        let result = try await download(resuming: part, sink) { connection in
            _ = connection.readRequest()
            connection.respond("416 Range Not Satisfiable", ["Content-Range: bytes */100000"])
        }
        #expect(result.status == 416)
        #expect(sink.bytes.isEmpty)
        #expect(sink.starts == 0)
    }

    @Test func `a resource that is shorter now starts from zero`() async throws {
        let sink = Sink()
        let part = PartialDownload(byteCount: 100_000, validators: Validators(entityTag: "\"v1\""))
        _ = try await download(
            resuming: part, sink,
            handler: answering { request, connection in
                if request.header("range") != nil {
                    connection.respond("416 Range Not Satisfiable", ["Content-Range: bytes */5"])
                } else {
                    connection.respond("200 OK", [], Array("short".utf8))
                }
            })
        #expect(sink.bytes == Array("short".utf8))
        #expect(sink.starts == 1)
    }

    @Test func `a connection that brings nothing is given up`() async throws {
        let sink = Sink()
        let error = await #expect(throws: WebFetchError.self) {
            try await download(sink) { connection in
                guard let request = connection.readRequest() else { return }
                Self.part(request, connection, tag: "\"v1\"", cutAfter: connection.number == 0 ? 500 : 0)
            }
        }
        #expect(error?.code == .connectionClosed)
        #expect(sink.bytes == Array(Self.content[..<500]))
    }

    @Test func `what the reader throws ends the download`() async throws {
        struct Full: Error {}
        await #expect(throws: Full.self) {
            try await withServer(handler: answering { _, connection in connection.respond("200 OK", [], [1, 2]) }) {
                server, client in
                _ = try await client.download(WebRequest(server.url())) { _ in throw Full() }
            }
        }
    }
}
