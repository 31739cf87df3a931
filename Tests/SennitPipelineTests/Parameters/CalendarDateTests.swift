import Foundation
import SennitPipeline
import Testing

@Suite struct CalendarDateTests {
    @Test func `every day of ten thousand years there and back`() throws {
        var expected = try #require(CalendarDate("0001-01-01"))
        // A few days of each month, and every day of some years.
        for number in stride(from: expected.daysSince1970, through: 2_932_896, by: 7) {
            let date = try #require(CalendarDate(daysSince1970: number))
            #expect(date.daysSince1970 == number)
            #expect(CalendarDate(date.description) == date)
            #expect(date >= expected)
            #expect(date.weekday == 1)
            expected = date
        }
        for number in 10_957..<(10_957 + 3 * 366) {
            #expect(CalendarDate(daysSince1970: number)?.daysSince1970 == number)
        }
        #expect(CalendarDate(daysSince1970: 2_932_897) == nil)
        #expect(CalendarDate("9999-12-31")?.daysSince1970 == 2_932_896)
    }

    @Test(arguments: [
        "2026-02-29", "2026-02-31", "1900-02-29", "2026-00-01", "2026-13-01", "2026-01-00", "2026-1-1", "2026-01-1",
        "0000-01-01", "2026-01-01 ", " 2026-01-01", "2026-01-01T05", "20260101", "2026/01/01", "-2026-01-01", "",
        "٢٠٢٦-01-01", "2026-01-0\u{301}1", "2026-\u{FE0F}01-01",
    ])
    func `what is no date`(text: String) { #expect(CalendarDate(text) == nil) }

    @Test func `leap days`() {
        #expect(CalendarDate("2024-02-29") != nil)
        #expect(CalendarDate("2000-02-29") != nil)
        #expect(CalendarDate("2026-01-31")?.weekday == 6)
    }

    @Test func `hours`() {
        #expect(CalendarHour("2026-01-31T23")?.description == "2026-01-31T23")
        for text in ["2026-01-31T24", "2026-02-31T00", "2026-01-31T5", "2026-01-31 05", "2026-01-31"] {
            #expect(CalendarHour(text) == nil, "\(text)")
        }
    }
}
