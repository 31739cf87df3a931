import DataChecks
import Testing

struct TimestampTextTests {
    @Test(arguments: [
        ("1970-01-01", 0), ("1970-01-02", 86_400_000_000), ("1969-12-31 23:59:59.5", -500_000),
        ("2025-04-21 10:00:00+00", 1_745_229_600_000_000), ("2025-04-21T12:00:00+02:00", 1_745_229_600_000_000),
        ("2025-04-21 04:30:00.000001-05:30", 1_745_229_600_000_001), ("2025-04-21T10:00:00Z", 1_745_229_600_000_000),
        ("2000-02-29", 951_782_400_000_000), ("0001-01-01", -62_135_596_800_000_000),
        ("2025-04-21 10:00", 1_745_229_600_000_000),
    ])
    func `times in microseconds since 1970`(text: String, microseconds: Int) {
        #expect(TimestampText.microseconds(text) == microseconds)
    }

    @Test(arguments: [
        "", "infinity", "-infinity", "2025", "2025-13-01", "2025-04-21x", "2025-04-21 25:00:00", "0044-03-15 BC",
        "2025-04-21 10:00:00 UTC", "10:00:00", "2025-04-21 10:00:00+0", "2025-04-21 10:00:00.", "٢٠٢٥-04-21",
    ])
    func `no times`(text: String) {
        #expect(TimestampText.microseconds(text) == nil)
    }

    @Test func `ages for people`() {
        #expect(TimestampText.age(seconds: 59.9) == "0:00:59")
        #expect(TimestampText.age(seconds: 90_061) == "1 day, 1:01:01")
        #expect(TimestampText.age(seconds: -7200) == "-(2:00:00)")
    }
}
