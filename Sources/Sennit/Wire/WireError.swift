/// Why bytes could not be made from a value, or a value from bytes.
package struct WireError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it was.
    package enum Code: String, Sendable {
        /// The bytes end too early.
        case truncated
        /// The bytes are no value of the type asked for.
        case invalidValue
        /// The bytes hold a value of another type.
        case typeMismatch
        /// Values are nested more deeply than the coder follows.
        case depthExceeded
        /// The message is larger than its limit.
        case tooLarge
        /// A key asked for is not there.
        case keyNotFound
        /// The value does something that the coder cannot carry.
        case unsupported
    }

    package var code: Code
    /// What happened, as a sentence without its full stop.
    package var message: String
    /// The byte where it was noticed, when there is one.
    package var offset: Int?
    /// The keys from the outermost value to the one that failed.
    package var codingPath: [String]

    package init(_ code: Code, _ message: String, offset: Int? = nil, codingPath: [String] = []) {
        self.code = code
        self.message = message
        self.offset = offset
        self.codingPath = codingPath
    }

    package var description: String {
        var text = message
        if !codingPath.isEmpty { text += " at \(codingPath.joined(separator: "."))" }
        if let offset { text += " (byte \(offset))" }
        return "\(text) [\(code.rawValue)]"
    }

    /// The same failure in the coder's own terms, when it came as one of the standard library's coding errors.
    ///
    /// Containers throw `DecodingError` and `EncodingError`, since written-out `Codable` code catches these by case.
    package static func normalized(_ error: any Error) -> any Error {
        switch error {
        case DecodingError.typeMismatch(_, let context): wrap(.typeMismatch, context.debugDescription, context)
        case DecodingError.valueNotFound(_, let context): wrap(.typeMismatch, context.debugDescription, context)
        case DecodingError.keyNotFound(_, let context): wrap(.keyNotFound, context.debugDescription, context)
        case DecodingError.dataCorrupted(let context): wrap(.invalidValue, context.debugDescription, context)
        case EncodingError.invalidValue(_, let context):
            wrap(.unsupported, context.debugDescription, context.codingPath, context.underlyingError)
        default: error
        }
    }

    private static func wrap(_ code: Code, _ message: String, _ context: DecodingError.Context) -> WireError {
        wrap(code, message, context.codingPath, context.underlyingError)
    }

    private static func wrap(
        _ code: Code, _ message: String, _ path: [any CodingKey], _ cause: (any Error)?
    ) -> WireError {
        let path = path.map(\.stringValue)
        guard var inner = cause as? WireError else { return WireError(code, message, codingPath: path) }
        if inner.codingPath.isEmpty { inner.codingPath = path }
        return inner
    }
}
