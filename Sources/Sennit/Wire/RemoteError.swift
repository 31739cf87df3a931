/// An error that a task threw in a worker process and that could not cross as itself.
///
/// Errors that are `Codable` arrive as their own type; this stands for all others. It keeps the domain and the code by
/// which Foundation knows its errors, so that a caller can tell a missing file (`NSCocoaErrorDomain` 260) from a
/// refused connection (`NSPOSIXErrorDomain` 111) without reading the message.
public struct RemoteError: Error, Sendable, Hashable, Codable, CustomStringConvertible {
    /// The name of the error's type in the worker, module first.
    public let typeName: String
    /// What the error said about itself, at most 64 KiB.
    public let message: String
    /// The functions the error was thrown through, innermost first; empty when they are not known.
    public let throwSite: [String]
    /// The domain that `NSError` gives the error.
    ///
    /// Such as `NSPOSIXErrorDomain`, `NSCocoaErrorDomain` or `NSURLErrorDomain`; the type's name for an error that has
    /// none of its own, and for a `POSIXError` or `CocoaError` where the package's trait FoundationErrors is left out.
    /// At most 64 KiB.
    public let domain: String
    /// The code that `NSError` gives the error within its domain.
    ///
    /// For a `POSIXError` it is the value of `errno`, for an enumeration without codes of its own the case's number.
    public let code: Int

    /// Describes an error that stays where it is.
    ///
    /// - Parameters:
    ///   - typeName: The name of the error's type, module first.
    ///   - message: What the error says about itself.
    ///   - throwSite: The functions it was thrown through, innermost first.
    ///   - domain: The domain of the code; nil takes the name of the type.
    ///   - code: The code within the domain.
    public init(
        typeName: String, message: String, throwSite: [String] = [], domain: String? = nil, code: Int = 1
    ) {
        self.typeName = typeName
        self.message = message
        self.throwSite = throwSite
        self.domain = domain ?? typeName
        self.code = code
    }

    /// The type, what it said and where it was thrown.
    public var description: String {
        let head = "\(typeName): \(message)"
        return throwSite.isEmpty ? head : head + throwSite.map { "\n  at \($0)" }.joined()
    }
}

extension RemoteError {
    /// Describes an error, unless it is a description already; its message is cut to the length that one may have.
    package init(describing error: any Error, typeName: String? = nil, throwSite: [String] = []) {
        if let described = error as? RemoteError {
            self = described
            return
        }
        let (domain, code) = Self.identity(of: error)
        self.init(
            typeName: typeName ?? String(reflecting: type(of: error)),
            message: ErrorEnvelope.shortened(String(describing: error)), throwSite: throwSite,
            domain: ErrorEnvelope.shortened(domain), code: code)
    }

    /// What Foundation would tell of an error.
    ///
    /// The standard library's coding errors have Foundation's codes on Apple's systems alone.
    package static func identity(of error: any Error) -> (domain: String, code: Int) {
        switch error {
        case DecodingError.keyNotFound, DecodingError.valueNotFound: ("NSCocoaErrorDomain", 4865)
        case is DecodingError: ("NSCocoaErrorDomain", 4864)
        case is EncodingError: ("NSCocoaErrorDomain", 4866)
        case let error as RemoteError: (error.domain, error.code)
        default: FoundationErrors.identity(of: error) ?? (error._domain, error._code)
        }
    }
}
