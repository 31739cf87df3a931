import AsyncHTTPClient
import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What went wrong on the way to a server, in words for people.
package enum NetworkFailure {
    /// One clause that says why there was no answer, or no whole one: "no server listens there".
    package static func clause(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError: clause(error)
        case let error as IOError: clause(error)
        case let error as HTTPClientError: clause(error)
        default: "the connection failed: \(error)"
        }
    }

    private static func clause(_ error: NIOConnectionError) -> String {
        guard let attempt = error.connectionErrors.first else {
            return "no address of '\(error.host)' can be found"
        }
        if let failure = attempt.error as? IOError { return clause(failure) }
        return "no connection to \(error.host):\(error.port): \(attempt.error)"
    }

    private static func clause(_ error: IOError) -> String {
        guard error.errnoCode != ECONNREFUSED else { return "no server listens there" }
        // Safety: the text is copied before another call can change it.
        let words = unsafe strerror(error.errnoCode).map { unsafe String(cString: $0) }
        return "the connection failed: \(words ?? "error \(error.errnoCode)")"
    }

    private static func clause(_ error: HTTPClientError) -> String {
        switch error {
        case .readTimeout, .writeTimeout, .deadlineExceeded: "the server was silent for too long"
        case .connectTimeout, .getConnectionFromPoolTimeout: "no connection within the time allowed"
        case .remoteConnectionClosed, .uncleanShutdown: "the server closed the connection"
        default: "the connection failed: \(error)"
        }
    }
}
