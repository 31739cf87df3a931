import GRDB

/// A store could not do what was asked of it.
public struct EventStoreError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is; an open set, to be compared and not to be switched over exhaustively.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case invalidArgument, streamDeleted, busy, overloaded, corrupted, foreignFile, futureFormat
            case unknownEventType, futureEvent, undecodablePayload, encodingFailed, closed, storageFailed
            case malformedLine
        }

        private let kind: Kind

        /// The name of the code.
        public var description: String { kind.rawValue }

        /// A name, a count or a size is out of range.
        public static let invalidArgument = Code(kind: .invalidArgument)
        /// The stream was deleted, and its name is not used again.
        public static let streamDeleted = Code(kind: .streamDeleted)
        /// Other processes kept the database locked for longer than the busy timeout.
        public static let busy = Code(kind: .busy)
        /// More appends wait than the store's options allow.
        public static let overloaded = Code(kind: .overloaded)
        /// The file is damaged.
        public static let corrupted = Code(kind: .corrupted)
        /// The file is a database of something else.
        public static let foreignFile = Code(kind: .foreignFile)
        /// The file was written by a newer release.
        public static let futureFormat = Code(kind: .futureFormat)
        /// The schema does not know the event's type.
        public static let unknownEventType = Code(kind: .unknownEventType)
        /// The event's stored form is newer than any that the schema knows.
        public static let futureEvent = Code(kind: .futureEvent)
        /// The event's stored form does not fit its type.
        public static let undecodablePayload = Code(kind: .undecodablePayload)
        /// The event cannot be written as JSON, or is too large.
        public static let encodingFailed = Code(kind: .encodingFailed)
        /// The store was closed.
        public static let closed = Code(kind: .closed)
        /// The system refused something: a full disk, missing rights.
        public static let storageFailed = Code(kind: .storageFailed)
        /// A line of an import is not an event.
        public static let malformedLine = Code(kind: .malformedLine)
    }

    /// What kind of failure it is.
    public let code: Code
    /// What happened, and the way out where there is one.
    public let message: String
    /// The error behind it, if there is one.
    public let cause: (any Error)?

    /// Whether it failed because there is no room on the disk.
    package var isFullDisk: Bool {
        guard let cause = cause as? DatabaseError else { return false }
        // The file that readers and writers share is made before anything is written.
        return cause.resultCode == .SQLITE_FULL || cause.extendedResultCode == .SQLITE_IOERR_SHMSIZE
    }

    /// Makes an error.
    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// The code, the message and the cause in one line.
    public var description: String {
        let suffix = cause.map { " Cause: \($0)" } ?? ""
        return "\(code): \(message)\(suffix)"
    }
}

/// A stream was not at the version that a writer expected: somebody else has written meanwhile.
///
/// Nothing was written. Read the stream again, decide again, and append with the new version.
public struct VersionConflict: Error, Sendable, Hashable, CustomStringConvertible {
    /// The stream.
    public let stream: StreamID
    /// What the writer expected.
    public let expected: ExpectedVersion
    /// The version of the stream's last event; zero if there is none.
    public let actual: Int

    /// Makes an error.
    package init(stream: StreamID, expected: ExpectedVersion, actual: Int) {
        self.stream = stream
        self.expected = expected
        self.actual = actual
    }

    /// The facts in one line.
    public var description: String {
        "Stream '\(stream)' has \(actual == 0 ? "no events" : "version \(actual)"); expected \(expected)."
    }
}

/// A command came again with other events than the first time.
///
/// Nothing was written. The first time stands.
public struct CommandConflict: Error, Sendable, Hashable, CustomStringConvertible {
    /// The command.
    public let command: CommandID
    /// The stream to which it wrote the first time.
    public let stream: StreamID
    /// The versions of the events that it wrote the first time.
    public let versions: ClosedRange<Int>

    /// Makes an error.
    package init(command: CommandID, stream: StreamID, versions: ClosedRange<Int>) {
        self.command = command
        self.stream = stream
        self.versions = versions
    }

    /// The facts in one line.
    public var description: String {
        "Command '\(command)' has already written versions \(versions.lowerBound) to \(versions.upperBound) of stream "
            + "'\(stream)', and they differ from what it brings now."
    }
}
