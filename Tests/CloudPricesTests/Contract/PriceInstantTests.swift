import CloudPrices
import Testing

struct PriceInstantTests {
    @Test(arguments: [
        ("1970-01-01", 0), ("2016-12-01T00:00:00Z", 1_480_550_400), ("01/05/2017", 1_493_596_800),
        ("2000-02-29", 951_782_400), ("2024-10-31T23:59:59Z", 1_730_419_199),
        ("2025-01-01T02:00:00+02:00", 1_735_689_600),
        ("1969-12-31T23:59:59Z", -1), ("0001-01-01", -62_135_596_800),
    ])
    func `dates as providers write them`(text: String, seconds: Int64) {
        #expect(PriceInstant(text)?.microseconds == seconds * 1_000_000)
    }

    @Test func `six digits of a fraction count`() {
        #expect(PriceInstant("1970-01-01T00:00:00.123456789Z")?.microseconds == 123_456)
        #expect(PriceInstant("1970-01-01T00:00:01.5")?.microseconds == 1_500_000)
    }

    @Test(arguments: [
        "", "2025", "2025-13-01", "2025-02-29", "31/04/2025", "2025-01-01T", "2025-01-01T25:00:00Z", "05/01/17",
        "2025-01-01T00:00:00+", "2025-01-01 00:00", "yesterday", "2025-01-01T00:00:00.Z", "2025-01-01T00:00:00Zx",
        "2025-02-31", "2025-01-01T24:00:00Z", "2025-01-01T00:00:00+16:00", "2025-01-01T00:00:00+99:99",
    ])
    func `what is no date is refused`(text: String) {
        #expect(PriceInstant(text) == nil)
    }
}
