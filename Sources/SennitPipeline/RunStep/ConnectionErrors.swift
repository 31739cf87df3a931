import Sennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Errors that mean that a connection could not be made, or broke.
enum ConnectionErrors {
    /// Types that only connections have.
    ///
    /// They are known by their names, so that this module needs none of theirs.
    private static let types: Set<String> = ["URLError", "NIOConnectionError", "HTTPClientError", "ChannelError"]

    private static let codes: Set<Int32> = [
        ECONNREFUSED, ECONNRESET, ECONNABORTED, ENETUNREACH, ENETDOWN, EHOSTUNREACH, ETIMEDOUT, EPIPE,
    ]

    static func isOne(_ error: any Error) -> Bool {
        if let error = error as? SystemError { return codes.contains(error.code) }
        return types.contains("\(type(of: error))")
    }
}
