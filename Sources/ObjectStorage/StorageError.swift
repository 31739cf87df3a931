/// What went wrong with a storage, in words that say the way out.
public struct StorageError: Error, Sendable, CustomStringConvertible {
    /// The kind of fault; more may come.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Kind: String, Sendable {
            case invalidKey, invalidLocation, invalidCredentials, notFound, refused, unreachable, unexpectedAnswer
            case fileSystem, tooLarge
        }

        private let kind: Kind
        /// The code's name.
        public var description: String { kind.rawValue }

        /// A key that no storage takes.
        public static let invalidKey = Code(kind: .invalidKey)
        /// A location that is neither a folder nor an `s3://` address.
        public static let invalidLocation = Code(kind: .invalidLocation)
        /// Credentials that are missing or not of the form asked for.
        public static let invalidCredentials = Code(kind: .invalidCredentials)
        /// There is no such object, or no such bucket.
        public static let notFound = Code(kind: .notFound)
        /// The service does not let these credentials do that.
        public static let refused = Code(kind: .refused)
        /// The service did not answer, or went on failing after the retries.
        public static let unreachable = Code(kind: .unreachable)
        /// The service's answer makes no sense.
        public static let unexpectedAnswer = Code(kind: .unexpectedAnswer)
        /// A file cannot be read or written: no such file, no rights, a full disk.
        public static let fileSystem = Code(kind: .fileSystem)
        /// A file or a listing is past its bound.
        public static let tooLarge = Code(kind: .tooLarge)
    }

    /// What kind of fault it is.
    public var code: Code
    /// What happened, where, and what to do.
    public var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// What happened, where, and what to do.
    public var description: String { message }
}
