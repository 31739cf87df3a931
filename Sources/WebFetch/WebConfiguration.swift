#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// What a ``WebClient`` does unless a request says otherwise.
public struct WebConfiguration: Sendable {
    /// Which addresses the client may connect to.
    ///
    /// The default leaves out private networks and this machine.
    public var addresses = AddressPolicy.publicOnly
    /// The limits of each fetch.
    public var limits = WebLimits()
    /// Which redirects are followed.
    public var redirects = RedirectPolicy.standard
    /// How often a request is tried.
    public var retry = RetryPolicy.standard
    /// The proxy.
    public var proxy = ProxyChoice.none
    /// Who is trusted to issue certificates.
    public var trust = TrustedCertificates.system
    /// Whether HTTP/2 is used where a server offers it in the TLS handshake.
    ///
    /// Without TLS it is always HTTP/1.1.
    public var usesHTTP2 = true
    /// What the client says it is; a request's own header takes precedence.
    public var userAgent = "Sennit-WebFetch"
    /// The most requests that run at once, from 1; others wait for their turn.
    public var maximumRequests = 256
    /// The most requests to one scheme, host and port that run at once, from 1.
    public var maximumRequestsPerOrigin = 64
    /// The most requests that wait for their turn.
    public var maximumWaitingRequests = 65_536
    /// The most connections that are kept open for later requests.
    public var maximumIdleConnections = 128

    /// The defaults.
    public init() {}
}

/// Who is trusted to issue the certificates of servers.
///
/// Certificates are always verified.
public struct TrustedCertificates: Sendable, Hashable {
    private let path: String?

    /// The issuers that the system trusts.
    public static let system = TrustedCertificates(path: nil)

    /// The issuers in a file of PEM certificates, and no others.
    public static func file(_ path: String) -> TrustedCertificates { TrustedCertificates(path: path) }

    /// The file to read; nil where the system has none of the usual ones, and libcurl's own choice holds.
    var file: String? {
        // Safety: access() reads the path for the length of the call.
        path ?? Self.usualFiles.first { unsafe access($0, R_OK) == 0 }
    }

    private static let usualFiles = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem",
    ]
}
