import ByteText
package import CloudPrices
import Foundation

/// A list that can be served: its bytes and what they are.
package struct Content: Sendable {
    package var bytes: [UInt8]
    package var mediaType: String

    package init(_ bytes: [UInt8], _ mediaType: String = "application/json; charset=utf-8") {
        self.bytes = bytes
        self.mediaType = mediaType
    }

    package init(_ text: String) { self.init(Array(text.utf8)) }

    /// Elements with commas between them, and a head and a tail around them.
    init(list: ArraySlice<ArraySlice<UInt8>>, between head: String, and tail: String) {
        var bytes = Array(head.utf8)
        bytes.reserveCapacity(list.reduce(head.utf8.count + tail.utf8.count) { $0 + $1.count + 2 })
        for (index, element) in list.enumerated() {
            if index > 0 { bytes += ",\n".utf8 }
            bytes += element
        }
        bytes += tail.utf8
        self.init(bytes)
    }
}

/// What a reply consists of, before it is sent.
package struct Answer: Error {
    package var status: Int
    package var headers: [HTTPHead.Header]
    package var body: [UInt8]
    /// The length that the headers tell, where it is not the body's.
    var announcedLength: Int?
    /// The body is sent in pieces of this size with a pause between them.
    var pace: (piece: Int, pause: Duration)?

    init(status: Int, headers: [HTTPHead.Header] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A refusal as Google's servers write it; good enough for all.
    static func refusal(_ status: Int, _ message: String, _ reason: String = "INVALID_ARGUMENT") -> Answer {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        let text = (try? encoder.encode(message)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
        let body = """
            {
              "error": {
                "code": \(status),
                "message": \(text),
                "status": "\(reason)"
              }
            }

            """
        return Answer(
            status: status, headers: [.init("content-type", "application/json; charset=utf-8")], body: Array(body.utf8))
    }
}

/// Turns a list into a reply: with validators, in the coding asked for, whole or in part.
package struct ContentNegotiation {
    var acceptsGzip = false
    var ifNoneMatch: String?
    var range: String?
    var ifRange: String?
    /// Makes every reply a version of its own.
    var version: Int?

    /// Where compressed bodies are kept; nil to compress each time.
    var compressed: CompressedBodies?

    package init(
        acceptsGzip: Bool = false, ifNoneMatch: String? = nil, range: String? = nil, ifRange: String? = nil,
        version: Int? = nil, compressed: CompressedBodies? = nil
    ) {
        self.acceptsGzip = acceptsGzip
        self.ifNoneMatch = ifNoneMatch
        self.range = range
        self.ifRange = ifRange
        self.version = version
        self.compressed = compressed
    }

    package func answer(_ content: Content) -> Answer {
        let hash = content.bytes.span.mixed(into: 0)
        let tag = "\"\(hash.hexadecimal)\(version.map { "-\($0)" } ?? "")\(acceptsGzip ? "-gzip" : "")\""
        var headers: [HTTPHead.Header] = [
            .init("etag", tag), .init("content-type", content.mediaType), .init("vary", "accept-encoding"),
            .init("accept-ranges", "bytes"),
        ]
        if let ifNoneMatch, ifNoneMatch == tag || ifNoneMatch == "*" { return Answer(status: 304, headers: headers) }
        let body = acceptsGzip ? gzip(content.bytes, hash) : content.bytes
        if acceptsGzip { headers.append(.init("content-encoding", "gzip")) }
        guard let range, ifRange == nil || ifRange == tag, let start = Self.start(range) else {
            return Answer(status: 200, headers: headers, body: body)
        }
        guard start < body.count else {
            headers.append(.init("content-range", "bytes */\(body.count)"))
            return Answer(status: 416, headers: headers)
        }
        headers.append(.init("content-range", "bytes \(start)-\(body.count - 1)/\(body.count)"))
        return Answer(status: 206, headers: headers, body: Array(body[start...]))
    }

    private func gzip(_ bytes: [UInt8], _ hash: UInt64) -> [UInt8] {
        compressed?.body(of: bytes, hash: hash) ?? GzipWriter.compress(bytes)
    }

    /// The start of `bytes=START-`; no other form is served in parts.
    private static func start(_ range: String) -> Int? {
        let start = range.bytes.withoutStart("bytes=")?.withoutEnd("-").flatMap { Int($0.text) }
        return start.flatMap { $0 >= 0 ? $0 : nil }
    }
}
