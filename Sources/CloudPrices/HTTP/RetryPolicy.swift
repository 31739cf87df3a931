/// How often and how patiently a download is tried again.
public struct RetryPolicy: Sendable, Hashable {
    /// The most attempts in a row that may bring no byte; at least 1.
    public var maximumAttempts = 6
    /// The most times that one download goes on after a cut, however much each part brought.
    public var maximumResumes = 50
    /// The wait before the second attempt; each further wait is twice as long.
    public var firstDelay: Duration = .milliseconds(500)
    /// The longest wait of our own choice.
    public var longestDelay: Duration = .seconds(30)
    /// The longest `Retry-After` that is obeyed; a server that asks for more ends the download.
    public var longestRetryAfter: Duration = .seconds(300)
    /// The most redirects that are followed.
    public var maximumRedirects = 5

    /// The defaults.
    public init() {}

    /// The wait before the next attempt.
    ///
    /// A third of the wait is left to chance, so that many clients do not come back at once. What the server asks for
    /// is the least; chance is added to it.
    ///
    /// - Returns: `nil` if the server asks for more patience than there is.
    package func delay(afterFailures failures: Int, retryAfter: Duration?, random: Double) -> Duration? {
        if let retryAfter {
            guard retryAfter <= longestRetryAfter else { return nil }
            return max(retryAfter, .zero) + firstDelay * random
        }
        let exponent = min(max(failures - 1, 0), 30)
        let doubled = min(firstDelay * (1 << exponent), longestDelay)
        return doubled - doubled * ((1 - random) / 3)
    }
}

/// How much one download may bring and how long it may take.
public struct DownloadLimits: Sendable, Hashable {
    /// The most bytes as they cross the wire.
    public var maximumBytes: Int64 = 8 << 30
    /// The most bytes after gzip was undone.
    public var maximumExpandedBytes: Int64 = 32 << 30
    /// The longest that the whole may take, waits included.
    public var longestTime: Duration = .seconds(3600)
    /// The longest silence in a body, and the longest wait for a head.
    public var longestSilence: Duration = .seconds(60)
    /// The longest that a connection may take.
    public var longestConnect: Duration = .seconds(15)

    /// The defaults.
    public init() {}
}
