/// How often something is tried, and how long to wait between attempts.
public struct RetryPolicy: Sendable, Hashable, Codable {
    /// Attempts in all, from 1.
    public var maximumAttempts: Int
    /// The pause after the first failure.
    public var initialDelay: Duration
    /// The factor between one pause and the next.
    public var multiplier: Double
    /// The longest pause of the client's own choice.
    public var maximumDelay: Duration
    /// The part by which a pause may be longer or shorter, from 0 to 1, so that clients that failed together do not
    /// come back together.
    public var jitter: Double
    /// The longest wait that a server may ask for with `Retry-After`; a longer one ends the attempts.
    public var maximumRetryAfter: Duration

    /// Makes a policy; everything that is not given is as in ``standard``.
    public init(
        maximumAttempts: Int = 3, initialDelay: Duration = .milliseconds(500), multiplier: Double = 2,
        maximumDelay: Duration = .seconds(60), jitter: Double = 0.2, maximumRetryAfter: Duration = .seconds(120)
    ) {
        self.maximumAttempts = maximumAttempts
        self.initialDelay = initialDelay
        self.multiplier = multiplier
        self.maximumDelay = maximumDelay
        self.jitter = jitter
        self.maximumRetryAfter = maximumRetryAfter
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
        var seconds = initialDelay / .seconds(1)
        let longest = maximumDelay / .seconds(1)
        // Never more steps than it takes to pass the longest pause.
        for _ in 1..<min(max(attempt, 1), 64) where seconds < longest { seconds *= multiplier }
        return .seconds(min(seconds, longest) * (1 + jitter * (2 * random - 1)))
    }
}

/// Decides whether a request is sent again; pure.
struct RetryDecision {
    var policy: RetryPolicy
    /// Whether sending the request twice has the effect of sending it once.
    var isIdempotent: Bool

    /// How an attempt ended.
    enum Outcome {
        case status(Int, retryAfter: Duration?)
        case failure(WebFetchError)
    }

    /// The pause before the next attempt.
    ///
    /// - Parameters:
    ///   - outcome: How the attempt ended.
    ///   - attempt: The attempt that ended, from one.
    ///   - left: The time that the whole fetch still has.
    ///   - random: A number from 0 to 1 that decides the jitter.
    /// - Returns: The pause; nil to let this attempt's outcome stand.
    func pause(after outcome: Outcome, attempt: Int, left: Duration, random: Double) -> Duration? {
        guard attempt < policy.maximumAttempts else { return nil }
        var pause = policy.delay(afterAttempt: attempt, random: random)
        switch outcome {
        case .failure(let error):
            guard Self.mayPass(error), isIdempotent || error.isUnsent else { return nil }
        case .status(let status, let retryAfter):
            // Only these two say that the server has not acted on the request.
            guard Self.passingStatuses.contains(status), isIdempotent || status == 429 || status == 425 else {
                return nil
            }
            if let retryAfter {
                guard retryAfter <= policy.maximumRetryAfter else { return nil }
                // The server's wish is the least; chance is added to it.
                pause = retryAfter + .seconds(policy.initialDelay / .seconds(1) * policy.jitter * random)
            }
        }
        return pause < left ? pause : nil
    }

    private static let passingStatuses: Set<Int> = [408, 425, 429, 500, 502, 503, 504]

    /// Whether another attempt may fare better.
    private static func mayPass(_ error: WebFetchError) -> Bool {
        switch error.code {
        case .nameNotFound, .connectionFailed, .proxyFailed, .secureConnectionFailed, .connectionClosed: true
        // The whole time is over for further attempts as well.
        case .timedOut: error.limit != .whole
        default: false
        }
    }
}
