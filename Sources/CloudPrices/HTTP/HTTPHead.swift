import ByteText

/// The status and the headers of a reply.
package struct HTTPHead: Sendable, Equatable {
    package var status: Int
    /// In the order received; names in the case received.
    package var headers: [Header]

    package struct Header: Sendable, Equatable, Codable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(status: Int, headers: [Header] = []) {
        self.status = status
        self.headers = headers
    }

    /// The first value under this name, whatever its case.
    package subscript(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// How long the body says it is.
    var contentLength: Int64? { self["content-length"].flatMap { Int64($0) }.flatMap { $0 >= 0 ? $0 : nil } }

    var isGzip: Bool {
        guard let coding = self["content-encoding"]?.lowercased() else { return false }
        return coding == "gzip" || coding == "x-gzip"
    }

    /// The media type without its parameters, in lower case.
    var mediaType: String? {
        self["content-type"]?.bytes.parts(at: ";").first?.trimmed.string.lowercased()
    }

    var validators: Validators { Validators(entityTag: self["etag"], lastModified: self["last-modified"]) }

    /// Where the bytes of a partial reply start and how long the whole is: `bytes 100-199/500`.
    var contentRange: (start: Int64, total: Int64?)? {
        guard let (range, total) = self["content-range"]?.bytes.withoutStart("bytes ")?.cut(at: "/"),
            let start = range.cut(at: "-").flatMap({ Int64($0.before.text) }), start >= 0
        else { return nil }
        return (start, Int64(total.text))
    }
}

/// What tells two versions of a resource apart.
public struct Validators: Sendable, Hashable, Codable {
    /// The entity tag, quotes included.
    public var entityTag: String?
    /// The time of the last change, as the server wrote it.
    public var lastModified: String?

    /// Makes validators from what a server sent.
    public init(entityTag: String? = nil, lastModified: String? = nil) {
        self.entityTag = entityTag
        self.lastModified = lastModified
    }

    /// Whether there is nothing to tell versions apart by.
    public var isEmpty: Bool { entityTag == nil && lastModified == nil }

    /// The value of `If-Range`: a tag that promises equal bytes, else the time; `nil` if neither will do.
    var rangeCondition: String? {
        guard let entityTag, !entityTag.bytes.hasStart("W/") else { return lastModified }
        return entityTag
    }
}
