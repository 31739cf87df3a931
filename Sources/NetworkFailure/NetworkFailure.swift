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
    /// One clause that says why there was no answer, or no whole one: "127.0.0.1:80 refuses connections".
    package static func clause(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError: clause(error)
        case let error as IOError: "the connection failed: \(words(of: error))"
        case let error as HTTPClientError: clause(error)
        default: "the connection failed: \(error)"
        }
    }

    private static func clause(_ error: NIOConnectionError) -> String {
        guard let attempt = error.connectionErrors.first else {
            return "no address of '\(error.host)' can be found"
        }
        guard let failure = attempt.error as? IOError else {
            return "no connection to \(error.host):\(error.port): \(attempt.error)"
        }
        guard failure.errnoCode != ECONNREFUSED else { return "\(error.host):\(error.port) refuses connections" }
        return "no connection to \(error.host):\(error.port): \(words(of: failure))"
    }

    private static func clause(_ error: HTTPClientError) -> String {
        switch error {
        case .readTimeout, .writeTimeout, .deadlineExceeded: "the server was silent for too long"
        case .connectTimeout, .getConnectionFromPoolTimeout: "no connection within the time allowed"
        case .remoteConnectionClosed, .uncleanShutdown: "the server closed the connection"
        default: "the connection failed: \(error)"
        }
    }

    private static func words(of error: IOError) -> String {
        // Safety: the text is copied before another call can change it.
        unsafe strerror(error.errnoCode).map { unsafe String(cString: $0) } ?? "error \(error.errnoCode)"
    }
}
