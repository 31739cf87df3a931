import CloudPrices
import Testing

struct RetryAfterTests {
    /// 2023-11-14T22:13:20Z.
    private let now = PriceInstant(microseconds: 1_700_000_000_000_000)

    @Test(
        arguments: [
            ("0", 0), ("120", 120), (" 7 ", 7), ("Tue, 14 Nov 2023 22:13:50 GMT", 30),
            ("Tuesday, 14-Nov-23 22:14:20 GMT", 60), ("Tue Nov 14 22:13:21 2023", 1),
            ("Tue, 14 Nov 2023 22:13:00 GMT", 0), ("99999999999999999999", 999_999_999),
        ]
    )
    func `seconds and all three forms of dates`(text: String, seconds: Int) {
        #expect(RetryAfter.duration(text, now: now) == .seconds(seconds))
    }

    @Test(arguments: ["", "-1", "soon", "1.5", "Tue, 31 Feb 2023 22:13:50 GMT", "Tue, 14 Nov 2023 25:13:50 GMT"])
    func `anything else is none`(text: String) {
        #expect(RetryAfter.duration(text, now: now) == nil)
    }

    @Test func `delays double up to the longest, and a server's wish comes first`() {
        let policy = RetryPolicy()
        #expect(policy.delay(afterFailures: 1, retryAfter: nil, random: 1) == .milliseconds(500))
        #expect(policy.delay(afterFailures: 3, retryAfter: nil, random: 1) == .seconds(2))
        #expect(policy.delay(afterFailures: 90, retryAfter: nil, random: 1) == .seconds(30))
        #expect(policy.delay(afterFailures: 1, retryAfter: .seconds(40), random: 0) == .seconds(40))
        #expect(policy.delay(afterFailures: 1, retryAfter: .seconds(301), random: 0) == nil)
    }
}
