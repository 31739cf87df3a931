/// A named file that a step has made: its name in the pipeline and the hash of its content.
public struct ArtefactReference: Sendable, Hashable, Codable {
    /// The name, unique in its pipeline.
    public var name: String
    /// The hash of its bytes, under which the artefact store keeps it.
    public var hash: ContentHash
    /// Its size in bytes.
    public var bytes: Int64

    /// Makes a reference.
    public init(name: String, hash: ContentHash, bytes: Int64) {
        self.name = name
        self.hash = hash
        self.bytes = bytes
    }
}

/// How far a step has come.
public struct StepProgress: Sendable, Hashable, Codable {
    /// Rows, or other units of the step's own, that are done.
    public var rows: Int64
    /// How many there will be, or nil when that is not known.
    public var totalRows: Int64?
    /// Bytes that are read or written.
    public var bytes: Int64?
    /// How many there will be, or nil when that is not known.
    public var totalBytes: Int64?
    /// What the step is doing, in a few words.
    public var message: String

    /// Makes a progress.
    public init(
        rows: Int64 = 0, totalRows: Int64? = nil, bytes: Int64? = nil, totalBytes: Int64? = nil, message: String = ""
    ) {
        self.rows = rows
        self.totalRows = totalRows
        self.bytes = bytes
        self.totalBytes = totalBytes
        self.message = message
    }

    /// The part done, from 0 to 1, by rows or else by bytes; nil when no total is known.
    public var fraction: Double? {
        if let totalRows, totalRows > 0 { return min(1, max(0, Double(rows) / Double(totalRows))) }
        if let bytes, let totalBytes, totalBytes > 0 { return min(1, max(0, Double(bytes) / Double(totalBytes))) }
        return nil
    }
}

/// Why a step's attempt failed; secrets are taken out before it is recorded.
public struct StepFailureRecord: Sendable, Hashable, Codable {
    /// What kind of failure it was; an open set, compared by its name.
    public struct Kind: Sendable, Hashable, Codable, RawRepresentable {
        /// The kind's name.
        public let rawValue: String

        /// A kind by its name.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The step threw an error.
        public static let thrown = Kind(rawValue: "thrown")
        /// A connection could not be made, or broke: the system said so, or the error is of a type that only
        /// connections have, or says so itself.
        public static let network = Kind(rawValue: "network")
        /// Its worker process passed the step's memory limit and was ended.
        public static let memoryExceeded = Kind(rawValue: "memoryExceeded")
        /// Its worker process died: a signal, a trap, an exit.
        public static let workerDied = Kind(rawValue: "workerDied")
        /// It ran longer than it may.
        public static let timedOut = Kind(rawValue: "timedOut")
        /// It killed so many workers that it is not tried again.
        public static let poisoned = Kind(rawValue: "poisoned")
        /// An input's bytes were not those that were published.
        public static let damagedInput = Kind(rawValue: "damagedInput")
        /// It ended well without writing all of its outputs.
        public static let missingOutput = Kind(rawValue: "missingOutput")
        /// A check of its data failed.
        public static let checkFailed = Kind(rawValue: "checkFailed")
        /// Its turn has not come while it waited for a limit over all runs.
        public static let waitedTooLong = Kind(rawValue: "waitedTooLong")
        /// Its worker or its working directory could not be had, or its outputs could not be stored.
        public static let storage = Kind(rawValue: "storage")
    }

    /// What kind of failure it was.
    public var kind: Kind
    /// What happened, in words.
    public var message: String
    /// Whether another attempt is pointless.
    public var isPermanent: Bool
    /// The end of what the worker wrote to its standard error, where there is something.
    public var standardErrorTail: String?
    /// The name of the type of the error that was thrown, without its module.
    public var errorType: String?
    /// How long to wait at least before the next attempt.
    public var retryDelayMilliseconds: Int64?

    /// Makes a record.
    public init(kind: Kind, message: String, isPermanent: Bool = false, standardErrorTail: String? = nil) {
        self.kind = kind
        self.message = message
        self.isPermanent = isPermanent
        self.standardErrorTail = standardErrorTail
    }
}

/// What came of a data check.
public enum CheckOutcome: String, Sendable, Hashable, Codable, CaseIterable {
    /// The data are as they should be.
    case pass
    /// Something is odd, and the step goes on.
    case warn
    /// The data must not be published.
    case fail
    /// The check itself could not be made.
    case error
}

/// A step as the run's plan knows it.
public struct PlannedStep: Sendable, Hashable, Codable {
    /// The step's name.
    public var name: String
    /// The artefacts and files that it reads.
    public var inputs: [String]
    /// The artefacts that it makes.
    public var outputs: [String]

    /// Makes a planned step.
    public init(name: String, inputs: [String], outputs: [String]) {
        self.name = name
        self.inputs = inputs
        self.outputs = outputs
    }
}
