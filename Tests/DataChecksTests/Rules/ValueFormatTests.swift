import DataChecks
import Testing

struct ValueFormatTests {
    /// A right and a wrong text for every format.
    private static let examples: [String: (right: String, wrong: String)] = [
        "integer": ("- 12", "1.5"), "positive integer": ("+7", "-7"), "negative integer": ("-7", "7"),
        "decimal": (",5", "1."), "positive decimal": ("1,5", "-1,5"), "negative decimal": ("-.5", ".5"),
        "decimal point": ("1.5", "1,5"), "positive decimal point": ("+1.5", "-1.5"),
        "negative decimal point": ("-1.5", "1.5"), "decimal comma": ("1,5", "1.5"),
        "positive decimal comma": ("1,5", "-1,5"), "negative decimal comma": ("-1,5", "1,5"),
        "percentage": ("5,5 %", "5"), "positive percentage": ("5%", "-5%"), "negative percentage": ("-5%", "5%"),
        "percentage point": ("5.5%", "5,5%"), "positive percentage point": ("5.5%", "-5.5%"),
        "negative percentage point": ("-5.5%", "5.5%"), "percentage comma": ("5,5%", "5.5%"),
        "positive percentage comma": ("5,5%", "-5,5%"), "negative percentage comma": ("-5,5%", "5,5%"),
        "money": ("10,5 eur", "10 Eur"), "money point": ("1,234.50 USD", "1234.50 $"),
        "money comma": ("1.234,50 EUR", "1,234,50 EUR"), "date us": ("12/31/2024", "31/12/2024"),
        "date eu": ("31.12.24", "12.31.24"), "date inverse": ("2024/12/31", "31/12/2024x"),
        "date iso 8601": ("2024-12-31T23:59:59Z", "2024-13-01"), "time 24h": ("23:59:59", "24:00"),
        "time 24h nosec": ("23:59", "23:59:59"), "time 12h": ("12:30:15", "13:00"), "time 12h nosec": ("1:05", "13:05"),
        "timestamp 24h": ("23:59:59", "23:59"), "timestamp 12h": ("11:59:59", "13:00:00"),
        "uuid": ("123e4567-e89b-12d3-a456-426614174000", "123e4567"), "ip address": ("10.0.0.1", "10.0.0"),
        "ipv4 address": ("10.0.0.1", "::1"), "ipv6 address": ("2001:db8::1", "2001:db8::1::"),
        "email": ("jörg@bücher.de", "a@b"), "phone number": ("555-1234", "5551234"),
        "credit card number": ("4111 1111 1111 1111", "4111"),
    ]

    @Test func `every format has an example`() {
        #expect(ValueFormat.names == Self.examples.keys.sorted())
    }

    @Test func `right and wrong texts`() async throws {
        let rows = Self.examples.map { "('\($0)', '\($1.right)', '\($1.wrong)')" }.joined(separator: ", ")
        let sql = "CREATE TABLE t (format text, good text, bad text); INSERT INTO t VALUES \(rows)"
        try await CheckedTables.with(sql) { tables in
            var yaml = "checks for t:\n"
            for format in ValueFormat.names {
                for (column, count) in [("good", 1), ("bad", 0)] {
                    yaml += "  - valid_count(\(column)) = \(count):\n      name: \(format) \(column)\n"
                    yaml += "      valid format: \(format)\n      filter: format = '\(format)'\n"
                }
            }
            let report = tables.run(yaml)
            let wrong = report.checks.filter { $0.outcome != .pass }.map(\.name)
            #expect(wrong == [])
            #expect(report.checks.count == 2 * ValueFormat.names.count)
            #expect(report.problems == [])
        }
    }
}
