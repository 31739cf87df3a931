import Testing

@testable import WebFetch

struct RetryPolicyTests {
    private func pause(
        _ outcome: RetryDecision.Outcome, attempt: Int = 1, left: Duration = .seconds(100), isIdempotent: Bool = true,
        policy: RetryPolicy = RetryPolicy(jitter: 0)
    ) -> Duration? {
        RetryDecision(policy: policy, isIdempotent: isIdempotent)
            .pause(after: outcome, attempt: attempt, left: left, random: 0.5)
    }

    private func failure(
        _ code: WebFetchError.Code, _ phase: WebFetchError.Phase = .body, limit: WebFetchError.Limit? = nil
    ) -> RetryDecision.Outcome {
        .failure(WebFetchError(code, url: "", phase: phase, detail: "", limit: limit))
    }

    @Test func `pauses double up to the longest, with some chance`() {
        let policy = RetryPolicy(initialDelay: .seconds(1), maximumDelay: .seconds(5), jitter: 0.5)
        #expect((1...5).map { policy.delay(afterAttempt: $0, random: 0.5) } == [1, 2, 4, 5, 5].map { .seconds($0) })
        #expect(policy.delay(afterAttempt: 1, random: 0) == .milliseconds(500))
        #expect(policy.delay(afterAttempt: 1000, random: 1) == .milliseconds(7500))
    }

    @Test(arguments: [408, 425, 429, 500, 502, 503, 504])
    func `a status of temporary failure is tried again`(status: Int) {
        #expect(pause(.status(status, retryAfter: nil)) == .milliseconds(500))
        #expect(pause(.status(status, retryAfter: nil), attempt: 3) == nil)
    }

    @Test(arguments: [200, 304, 400, 401, 403, 404, 410, 501])
    func `other statuses stand`(status: Int) {
        #expect(pause(.status(status, retryAfter: nil)) == nil)
    }

    @Test func `the server's wish is the least`() {
        #expect(pause(.status(503, retryAfter: .seconds(7))) == .seconds(7))
        #expect(pause(.status(429, retryAfter: .seconds(121))) == nil)
        #expect(pause(.status(429, retryAfter: .seconds(60)), left: .seconds(59)) == nil)
    }

    @Test func `a request that must not be repeated is repeated only if it was not sent`() {
        #expect(pause(failure(.connectionClosed), isIdempotent: false) == nil)
        #expect(pause(failure(.connectionFailed, .connect), isIdempotent: false) != nil)
        #expect(pause(.status(503, retryAfter: nil), isIdempotent: false) == nil)
        #expect(pause(.status(429, retryAfter: nil), isIdempotent: false) != nil)
    }

    @Test(arguments: [
        WebFetchError.Code.addressRefused, .certificateRejected, .bodyTooLarge, .tooManyRedirects, .decodingFailed,
        .protocolViolation, .rangeMismatch, .libraryMissing, .invalidURL,
    ])
    func `a failure that would come again is final`(code: WebFetchError.Code) {
        #expect(pause(failure(code)) == nil)
    }

    @Test func `a limit on time is tried again unless the whole time is over`() {
        #expect(pause(failure(.timedOut, limit: .firstByte)) != nil)
        #expect(pause(failure(.timedOut, limit: .whole)) == nil)
    }
}
