internal import ByteText

/// An `http` or `https` address, checked and in one spelling, so that what was checked is what is asked.
///
/// It is read byte by byte. Scheme and host are in lower case, the default port is left out, dot segments are resolved,
/// the fragment is dropped, and bytes that an address may not hold are percent-encoded. Control characters, user names
/// that smuggle a host, and hosts outside of ASCII are refused; give an international name in its `xn--` form.
///
/// ``description`` is for people and logs: it shows no password and no value of the query. ``text`` is the address
/// itself, still without user name and password.
public struct WebURL: Sendable, Hashable {
    /// Whether the scheme is `https`.
    public let isSecure: Bool
    /// The host in lower case: a name, an IPv4 address, or an IPv6 address without brackets.
    public let host: String
    /// The port, which is the scheme's own unless the address names one.
    public let port: UInt16
    /// The path with its leading `/`.
    public let path: String
    /// The bytes after `?`, or nil without one.
    public let query: String?
    /// The user name and password, still percent-encoded.
    package let userInformation: String?

    /// The longest address that is accepted, in bytes.
    public static let maximumByteCount = 16 * 1024

    /// Reads an absolute address.
    ///
    /// - Throws: ``WebFetchError`` with code `invalidURL` if the text is not an `http` or `https` address.
    public init(_ text: String) throws(WebFetchError) {
        guard text.utf8.count <= Self.maximumByteCount else { throw Self.refusal("it is longer than 16 KiB") }
        guard let (scheme, rest) = text.bytes.cut(at: ":"), let rest = rest.withoutStart("//") else {
            throw Self.refusal("it does not start with http:// or https://")
        }
        try self.init(scheme: scheme, rest: rest)
    }

    /// Reads what stands behind `scheme://`.
    init(scheme: ByteText, rest: ByteText) throws(WebFetchError) {
        switch scheme.string.lowercased() {
        case "http": isSecure = false
        case "https": isSecure = true
        default: throw Self.refusal("its scheme is neither http nor https")
        }
        let end = rest.utf8.firstIndex { "/?#".utf8.contains($0) } ?? rest.utf8.endIndex
        var authority = ByteText(rest.text[..<end])
        if let (user, place) = authority.cut(atLast: "@") {
            guard user.isMade(ofLettersDigitsAnd: "-._~!$&'()*+,;=:%") else {
                throw Self.refusal("its user name holds a byte that must be percent-encoded")
            }
            userInformation = user.string
            authority = place
        } else {
            userInformation = nil
        }
        (host, port) = try Self.place(authority, defaultPort: isSecure ? 443 : 80)
        let target = try AddressBytes.target(ByteText(rest.text[end...]))
        path = AddressBytes.withoutDotSegments(target.path.isEmpty ? "/" : target.path)
        query = target.query
    }

    private init(_ other: WebURL, path: String, query: String?, userInformation: String? = nil) {
        (isSecure, host, port) = (other.isSecure, other.host, other.port)
        (self.path, self.query, self.userInformation) = (path, query, userInformation)
    }

    /// The address with the user name and password of another one.
    func withUser(of other: WebURL) -> WebURL {
        WebURL(self, path: path, query: query, userInformation: userInformation ?? other.userInformation)
    }

    /// Reads a reference as a server gives it in `Location`, relative to this address.
    ///
    /// The result never carries the user name and password of this address.
    ///
    /// - Throws: ``WebFetchError`` with code `invalidURL` if the result is not an `http` or `https` address.
    public func resolving(_ reference: String) throws(WebFetchError) -> WebURL {
        guard reference.utf8.count <= Self.maximumByteCount else { throw Self.refusal("it is longer than 16 KiB") }
        let bytes = reference.bytes.trimmed
        if AddressBytes.hasScheme(bytes) { return try WebURL(bytes.string) }
        if let rest = bytes.withoutStart("//") {
            return try WebURL(scheme: isSecure ? "https" : "http", rest: rest)
        }
        let target = try AddressBytes.target(bytes)
        guard !target.path.isEmpty else { return WebURL(self, path: path, query: target.query ?? query) }
        let whole: String
        if target.path.bytes.hasStart("/") {
            whole = target.path
        } else {
            whole = (path.bytes.cut(atLast: "/")?.before.string ?? "") + "/" + target.path
        }
        return WebURL(self, path: AddressBytes.withoutDotSegments(whole), query: target.query)
    }

    private static func place(
        _ authority: ByteText, defaultPort: UInt16
    ) throws(WebFetchError) -> (host: String, port: UInt16) {
        var port: ByteText = ""
        let name: ByteText
        if let inner = authority.withoutStart("[") {
            guard let (address, after) = inner.cut(at: "]"), IPAddress(parsingIPv6: address.text) != nil else {
                throw refusal("its IPv6 address is malformed")
            }
            guard after.isEmpty || after.hasStart(":") else { throw refusal("something stands behind its host") }
            (name, port) = (address, after.withoutStart(":") ?? "")
        } else {
            let parts = authority.parts(at: ":", limit: 2)
            name = parts[0]
            if parts.count == 2 { port = parts[1] }
            guard !name.isEmpty, name.utf8.count <= 253, name.isMade(ofLettersDigitsAnd: "-._") else {
                throw refusal("its host is not a name or an address in ASCII")
            }
        }
        guard !port.isEmpty else { return (name.string.lowercased(), defaultPort) }
        guard port.utf8.allSatisfy(ByteText.isDigit), let number = UInt16(port.text), number > 0 else {
            throw refusal("its port is not a number from 1 to 65535")
        }
        return (name.string.lowercased(), number)
    }

    private static func refusal(_ reason: String) -> WebFetchError {
        WebFetchError(.invalidURL, url: "", phase: .preparing, detail: "the address cannot be used: \(reason)")
    }
}

extension WebURL {
    /// Scheme, host and port: what decides whether two addresses belong to one owner.
    public struct Origin: Sendable, Hashable, CustomStringConvertible {
        /// Whether the scheme is `https`.
        public let isSecure: Bool
        /// The host in lower case.
        public let host: String
        /// The port.
        public let port: UInt16

        /// The origin as an address without a path.
        public var description: String {
            let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
            let isDefault = port == (isSecure ? 443 : 80)
            return (isSecure ? "https://" : "http://") + name + (isDefault ? "" : ":\(port)")
        }
    }

    /// Scheme, host and port.
    public var origin: Origin { Origin(isSecure: isSecure, host: host, port: port) }

    /// The whole address, without user name, password and fragment.
    public var text: String { origin.description + path + (query.map { "?" + $0 } ?? "") }

    /// The user name and password, decoded; nil if the address has none.
    package var credentials: (name: String, password: String)? {
        userInformation.map { text in
            let parts = text.bytes.parts(at: ":", limit: 2)
            return (AddressBytes.decoded(parts[0]), parts.count == 2 ? AddressBytes.decoded(parts[1]) : "")
        }
    }
}

extension WebURL: CustomStringConvertible {
    /// The address for people: without user name and password, and with `…` for each value of the query.
    public var description: String {
        guard let query else { return origin.description + path }
        let shown = query.bytes.parts(at: "&", limit: 32).map { part in
            part.cut(at: "=").map { "\($0.before)=…" } ?? "…"
        }
        return origin.description + path + "?" + shown.joined(separator: "&")
    }
}
