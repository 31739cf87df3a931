/// How often a step is tried, and how long the engine waits between attempts.
///
/// The death of a worker counts as a failed attempt like any other. Failures that another attempt cannot mend are never
/// retried: a failed check, a missing output, a ``StepFailure`` that is permanent, a ``RetryableError`` that is not
/// transient. A step that passes its memory limit is tried again only where ``on(_:)`` names `memoryExceeded`.
///
/// ```swift
/// Step("fetch", Fetch(), retry: .standard.on(.network, .timedOut).never(for: .error("DecodingError")))
/// ```
public struct RetryPolicy: Sendable, Hashable, Codable {
    /// Attempts in all, from 1.
    public var maximumAttempts: Int
    /// The pause after the first failure.
    public var initialDelay: Duration
    /// What each further pause is multiplied by.
    public var multiplier: Double
    /// The longest pause.
    public var maximumDelay: Duration
    /// By which part a pause may be longer or shorter, from 0 to 1, so that steps that failed together do not come
    /// back together.
    public var jitter: Double
    /// The only failures that are tried again; nil for all that another attempt may mend.
    public var conditions: [RetryCondition]?
    /// Failures that are not tried again.
    public var exceptions: [RetryCondition] = []

    /// Makes a policy; everything that is not given is as in ``standard``.
    public init(
        maximumAttempts: Int = 3, initialDelay: Duration = .milliseconds(500), multiplier: Double = 2,
        maximumDelay: Duration = .seconds(60), jitter: Double = 0.2
    ) {
        self.maximumAttempts = maximumAttempts
        self.initialDelay = initialDelay
        self.multiplier = multiplier
        self.maximumDelay = maximumDelay
        self.jitter = jitter
    }

    /// The policy for these failures only.
    public func on(_ conditions: RetryCondition...) -> RetryPolicy {
        var policy = self
        policy.conditions = (policy.conditions ?? []) + conditions
        return policy
    }

    /// The policy without these failures.
    public func never(for exceptions: RetryCondition...) -> RetryPolicy {
        var policy = self
        policy.exceptions += exceptions
        return policy
    }

    /// Whether a failure is one that is tried again, as long as there are attempts left.
    package func retries(_ failure: StepFailureRecord) -> Bool {
        guard !failure.isPermanent, !exceptions.contains(where: { $0.matches(failure) }) else { return false }
        guard let conditions else { return failure.kind != .memoryExceeded }
        return conditions.contains { $0.matches(failure) }
    }

    /// Three attempts, half a second and then a second apart.
    public static let standard = RetryPolicy()

    /// One attempt.
    public static let never = RetryPolicy(maximumAttempts: 1)

    /// The pause after so many failed attempts.
    ///
    /// - Parameters:
    ///   - attempt: The attempt that failed, from one.
    ///   - random: A number from 0 to 1 that decides the jitter.
    /// - Returns: The pause, never longer than the longest one and its jitter.
    package func delay(afterAttempt attempt: Int, random: Double) -> Duration {
        var seconds = initialDelay.seconds
        // Never more steps than it takes to pass the longest pause.
        for _ in 1..<min(max(attempt, 1), 64) where seconds < maximumDelay.seconds { seconds *= multiplier }
        let factor = 1 + jitter * (2 * random - 1)
        return .seconds(min(seconds, maximumDelay.seconds) * factor)
    }

    /// What is wrong with the policy, or nil.
    package var problem: String? {
        if !(1...1000).contains(maximumAttempts) { return "attempts must be from 1 to 1,000, not \(maximumAttempts)" }
        if initialDelay < .zero || maximumDelay < .zero { return "a pause must not be negative" }
        if maximumDelay > .seconds(86_400) { return "a pause must not be longer than a day" }
        if let wrong = ((conditions ?? []) + exceptions).compactMap(\.problem).first { return wrong }
        if !(1...100).contains(multiplier) { return "the multiplier must be from 1 to 100, not \(multiplier)" }
        return (0...1).contains(jitter) ? nil : "the jitter must be from 0 to 1, not \(jitter)"
    }
}

extension Duration {
    /// The duration as a number of seconds.
    package var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }

    /// Whole milliseconds.
    package var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
