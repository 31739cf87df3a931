internal import ByteText

/// Which proxy a client goes through.
public struct ProxyChoice: Sendable {
    private enum Kind {
        case none
        case fixed(WebURL)
        case environment([String: String])
    }

    private let kind: Kind

    /// None, whatever the environment says; the default.
    public static let none = ProxyChoice(kind: .none)

    /// One proxy for every request; its address may hold a user name and a password.
    public static func fixed(_ url: WebURL) -> ProxyChoice { ProxyChoice(kind: .fixed(url)) }

    /// The proxies that an environment names: `http_proxy` in lower case, `https_proxy`, `all_proxy`, and `no_proxy`
    /// for the hosts that are asked directly.
    ///
    /// `HTTP_PROXY` in upper case is ignored, because a web server puts a stranger's header there.
    public static func environment(_ variables: [String: String]) -> ProxyChoice {
        ProxyChoice(kind: .environment(variables))
    }

    /// The proxy for an address; nil to ask it directly.
    ///
    /// - Throws: ``WebFetchError`` with code `invalidURL` if the environment names a proxy that is no address.
    package func proxy(for url: WebURL) throws(WebFetchError) -> WebURL? {
        switch kind {
        case .none: return nil
        case .fixed(let proxy): return proxy
        case .environment(let variables):
            let exceptions = variables["no_proxy"] ?? variables["NO_PROXY"] ?? ""
            guard !Self.isException(url, in: exceptions) else { return nil }
            let names = url.isSecure ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy"]
            guard let text = (names + ["all_proxy", "ALL_PROXY"]).lazy.compactMap({ variables[$0] }).first,
                !text.isEmpty
            else { return nil }
            return try WebURL(text.bytes.range(of: "://") == nil ? "http://" + text : text)
        }
    }

    /// Whether a host is in a list such as `localhost,.example.org,10.0.0.1:8080`; `*` is every host.
    private static func isException(_ url: WebURL, in list: String) -> Bool {
        list.bytes.parts(at: ",", limit: 1024).contains { entry in
            var name = entry.trimmed.string.lowercased().bytes
            if name == "*" { return true }
            if name.utf8.count(where: { $0 == UInt8(ascii: ":") }) == 1, let (host, port) = name.cut(atLast: ":") {
                guard UInt16(port.text) == url.port else { return false }
                name = host
            }
            name = name.withoutStart(".") ?? name
            guard !name.isEmpty else { return false }
            return url.host.bytes == name || url.host.bytes.hasEnd(".\(name)".bytes)
        }
    }
}
