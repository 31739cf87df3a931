internal import ConfigurationReading

/// A kind of failure, by which a ``RetryPolicy`` decides whether a step is tried again.
///
/// It is a value without code, so it can stand in a configuration file: `retry: [network, workerDied]`.
public struct RetryCondition: Sendable, Hashable, Codable, ExpressibleByStringLiteral {
    /// The name of the kind of failure, or of the error's type.
    public let name: String

    private init(_ name: String) { self.name = name }

    /// The worker process died: a signal, a trap, an exit.
    public static let workerDied = kind(.workerDied)
    /// The step ran longer than it may.
    public static let timedOut = kind(.timedOut)
    /// The step's worker passed its memory limit.
    public static let memoryExceeded = kind(.memoryExceeded)
    /// A connection could not be made, or broke: see ``StepFailureRecord/Kind/network``.
    public static let network = kind(.network)
    /// The step threw an error that is of no other kind.
    public static let thrown = kind(.thrown)
    /// A directory or the store could not be used.
    public static let storage = kind(.storage)

    /// A kind of failure.
    public static func kind(_ kind: StepFailureRecord.Kind) -> RetryCondition { RetryCondition(kind.rawValue) }

    /// Errors of a type, by its name without its module, such as `DecodingError`; subtypes are not meant.
    public static func error(_ type: String) -> RetryCondition { RetryCondition(type) }

    /// A kind of failure by its name, or errors of a type.
    public init(stringLiteral name: String) { self.init(name) }

    /// Reads a name.
    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    /// Writes the name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }

    /// Whether a failure is of this kind.
    func matches(_ failure: StepFailureRecord) -> Bool {
        name == failure.kind.rawValue || name == failure.errorType
    }

    /// The kinds that have names of their own.
    static let kinds = [
        "workerDied", "timedOut", "memoryExceeded", "network", "thrown", "storage", "damagedInput", "missingOutput",
    ]

    /// What is wrong with it; nil if nothing is.
    ///
    /// Types begin with a capital letter, kinds do not.
    var problem: String? {
        let first = name.utf8.first ?? 0
        if RetryCondition.kinds.contains(name) || (0x41...0x5A).contains(first) { return nil }
        return
            "'\(name)' is neither a kind of failure (\(RetryCondition.kinds.joined(separator: ", "))) nor the name of "
            + "an error's type." + NameSuggestion.question(name, among: RetryCondition.kinds)
    }
}

/// An error that says whether another attempt can help.
///
/// What a step throws may conform to it; what does not is tried again as its ``RetryPolicy`` says.
public protocol RetryableError: Error {
    /// Whether another attempt can help: an error that cannot change is not tried again, whatever the policy says.
    var isTransient: Bool { get }
    /// How long to wait at least before the next attempt, as a server may have asked for; an hour at most counts.
    var retryDelay: Duration? { get }
    /// What kind of failure it is.
    var failureKind: StepFailureRecord.Kind { get }
}

extension RetryableError {
    /// No longer than the policy says.
    public var retryDelay: Duration? { nil }
    /// An error that the step threw.
    public var failureKind: StepFailureRecord.Kind { .thrown }
}
