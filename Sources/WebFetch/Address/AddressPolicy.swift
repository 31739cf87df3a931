internal import ByteText

/// Which addresses a client may connect to.
///
/// The policy is asked with the address itself, after the name was looked up and before a socket exists, on every hop.
/// A name that resolves to a public address in a check and to a private one in the connection gains nothing: there is
/// no such gap. Connections are reused within one client only, so each has passed its client's policy.
///
/// A proxy is the operator's choice and is not asked about. Through a proxy the name is looked up by the proxy; a
/// target that is an address itself, or a name of this machine, is still checked.
public struct AddressPolicy: Sendable {
    /// A network address and port that a client is about to connect to.
    public struct Endpoint: Sendable, Hashable, CustomStringConvertible {
        /// The address.
        public let address: IPAddress
        /// The port.
        public let port: UInt16

        /// Makes an endpoint.
        public init(address: IPAddress, port: UInt16) {
            (self.address, self.port) = (address, port)
        }

        /// Address and port.
        public var description: String { address.isIPv4 ? "\(address):\(port)" : "[\(address)]:\(port)" }
    }

    private let isAllowed: @Sendable (Endpoint) -> Bool

    private init(_ isAllowed: @escaping @Sendable (Endpoint) -> Bool) { self.isAllowed = isAllowed }

    /// Whether a connection to this endpoint is allowed.
    public func allows(_ endpoint: Endpoint) -> Bool { isAllowed(endpoint) }

    /// Hosts on the public Internet only; the choice for addresses that strangers give.
    public static let publicOnly = AddressPolicy { $0.address.isPublic }
    /// Hosts on the public Internet, and this machine.
    public static let publicAndLoopback = AddressPolicy { $0.address.isPublic || $0.address.isLoopback }
    /// Every address; the choice for addresses that the operator gives.
    public static let any = AddressPolicy { _ in true }

    /// A policy of the caller's own.
    ///
    /// The closure runs on the client's network thread: it must not block.
    public static func custom(_ isAllowed: @escaping @Sendable (Endpoint) -> Bool) -> AddressPolicy {
        AddressPolicy(isAllowed)
    }

    /// Judges a target that a proxy will connect to, as far as it is known here; nil if it is a name.
    func allowsBehindProxy(_ url: WebURL) -> Bool? {
        let host = url.host.bytes
        if host == "localhost" || host.hasEnd(".localhost") {
            return IPAddress(bytes: [127, 0, 0, 1]).map { allows(Endpoint(address: $0, port: url.port)) }
        }
        let address = IPAddress(parsingIPv6: url.host[...]) ?? HostNumber.address(url.host)
        return address.map { allows(Endpoint(address: $0, port: url.port)) }
    }
}
