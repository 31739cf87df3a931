internal import ByteText

/// The start of a response: its status and its headers.
public struct WebHead: Sendable, Hashable, Codable {
    /// The status, from 100 to 599.
    public var status: Int
    /// The headers, in the order and the case received.
    public var headers: WebHeaders
    /// The version of HTTP that the server answered with, such as "1.1" or "2".
    public var version: String

    /// Makes a head, as a recording has it.
    public init(status: Int, headers: WebHeaders = WebHeaders(), version: String = "1.1") {
        (self.status, self.headers, self.version) = (status, headers, version)
    }

    /// The length of the body on the wire as the server announced it; nil if it did not.
    public var contentLength: Int64? {
        headers["content-length"].flatMap { text in
            let digits = text.bytes.trimmed
            return !digits.isEmpty && digits.utf8.allSatisfy(ByteText.isDigit) ? Int64(digits.text) : nil
        }
    }

    /// What tells this version of the resource from others.
    public var validators: Validators {
        Validators(entityTag: headers["etag"], lastModified: headers["last-modified"])
    }
}

/// What tells two versions of a resource apart; sent back exactly as it came.
public struct Validators: Sendable, Hashable, Codable {
    /// The entity tag with its quotes, and with `W/` if it is weak.
    public private(set) var entityTag: String?
    /// The time of the last change, as the server wrote it.
    public private(set) var lastModified: String?

    /// Makes validators of what a server sent.
    ///
    /// A text that could not be sent back is dropped: one with control characters or bytes outside of ASCII, or one
    /// longer than a kilobyte.
    public init(entityTag: String? = nil, lastModified: String? = nil) {
        self.entityTag = entityTag.flatMap(Self.sendable)
        self.lastModified = lastModified.flatMap(Self.sendable)
    }

    private static func sendable(_ text: String) -> String? {
        let isPlain = text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        return isPlain && (1...1024).contains(text.utf8.count) ? text : nil
    }

    /// Whether there is nothing to tell versions apart by.
    public var isEmpty: Bool { entityTag == nil && lastModified == nil }

    /// The entity tag if it promises equal bytes; only such a tag lets a download resume.
    public var strongTag: String? {
        entityTag.flatMap { $0.bytes.hasStart("W/") || !$0.bytes.hasStart("\"") ? nil : $0 }
    }
}

/// The bytes that a partial response holds: `bytes 100-199/500`.
package struct ContentRange: Sendable, Hashable {
    package var first: Int64
    package var last: Int64
    /// The length of the whole; nil for `*`.
    package var total: Int64?

    /// Reads the value of `Content-Range`; nil if it is malformed or contradicts itself.
    package init?(_ text: String) {
        guard let (range, total) = text.bytes.trimmed.withoutStart("bytes ")?.cut(at: "/"),
            let (first, last) = range.cut(at: "-"), let start = Self.number(first), let end = Self.number(last),
            start <= end
        else { return nil }
        self.first = start
        self.last = end
        guard total != "*" else { return }
        guard let whole = Self.number(total), end < whole else { return nil }
        self.total = whole
    }

    private static func number(_ text: ByteText) -> Int64? {
        !text.isEmpty && text.utf8.allSatisfy(ByteText.isDigit) ? Int64(text.text) : nil
    }
}
