import EphemeralPostgres
import PostgresClient
import Testing

@Suite struct BinaryCopyTests {
    /// What the server's own reading of the same text must equal, digit for digit.
    private static let decimals = [
        "0", "-0", "0.0000000025", "3.4E-05", "1e10", "-1", "1", "9999", "10000", "10001", "99999999", "100000000",
        "0.1", "0.0001", "0.00010000", "0.00001", "00012.3400", ".5", "5.", "+7", "1e-20", "1.5e3", "-9.99E+2", "0e5",
        "0.000", "12345678901234567890.12345678901234567890", "1e131071", "1e-16383",
        "20000000000000000.0000000000000000002",
        String(repeating: "9", count: 400) + "." + String(repeating: "8", count: 399),
    ]

    @Test func `every kind of field arrives as it was given`() async throws {
        try await withPostgres { server in
            let connection = try server.connect()
            try connection.execute(
                """
                CREATE TABLE t (a text, n numeric, s smallint, i integer, l bigint, at timestamptz, day date,
                    more jsonb, yes boolean, nothing text)
                """)
            let moment = try #require(PostgresTimestamp(iso8601: "2024-05-28T20:35:22.1234567+02:00"))
            let day = try #require(PostgresDate(year: 2024, month: 2, day: 29))
            let count = try connection.copyIn("COPY t FROM STDIN (FORMAT binary)") { writer in
                var rows = BinaryCopyWriter(writer, columnCount: 10)
                for decimal in Self.decimals {
                    try rows.startRow()
                    try rows.appendText(decimal)
                    try rows.appendNumeric(decimalText: decimal)
                    try rows.appendInteger(Int16.min)
                    try rows.appendInteger(Int32.max)
                    try rows.appendInteger(Int64.min)
                    try rows.appendTimestamp(moment)
                    try rows.appendDate(day)
                    try unsafe rows.appendJSONB("{\"ü\": 1}".utf8Span.span.bytes)
                    try rows.appendBool(true)
                    try rows.appendNull()
                }
                try rows.startRow()
                try rows.appendText("taken back")
                rows.abandonRow()
                #expect(rows.rowCount == Self.decimals.count)
                try rows.finish()
            }
            #expect(count == Self.decimals.count)
            let wrong = try connection.query("SELECT a, n FROM t WHERE a::numeric::text <> n::text OR a::numeric <> n")
            #expect(wrong.map { $0[0] } == [])
            let rest = try connection.query(
                "SELECT DISTINCT s, i, l, at AT TIME ZONE 'UTC', day, more, yes, nothing FROM t")
            #expect(rest.count == 1)
            #expect(
                (0..<8).map { rest[0][$0] } == [
                    "-32768", "2147483647", "-9223372036854775808", "2024-05-28 18:35:22.123457", "2024-02-29",
                    "{\"ü\": 1}", "t", nil,
                ])
        }
    }

    @Test(arguments: [
        "", "-", ".", "1.2.3", "1e", "1e+", "abc", "1 ", " 1", "0x10", "1,5", "1e999999999", "NaN", "--1",
    ])
    func `what is no decimal number is refused, and the row can be taken back`(text: String) throws {
        var bytes = 0
        var rows = BinaryCopyWriter(columnCount: 2) { bytes += $0.byteCount }
        try rows.startRow()
        try rows.appendNull()
        do {
            try rows.appendNumeric(decimalText: text)
            Issue.record("'\(text)' was taken")
        } catch {
            #expect(error.code == .invalidValue)
        }
        rows.abandonRow()
        try rows.finish()
        #expect(bytes == 19 + 2)
    }

    @Test func `a number with too many digits is refused`() throws {
        var rows = BinaryCopyWriter(columnCount: 1) { _ in }
        try rows.startRow()
        for text in [String(repeating: "9", count: 131_073), "0." + String(repeating: "1", count: 16_384), "1e131072"] {
            var code: PostgresError.Code?
            do { try rows.appendNumeric(decimalText: text) } catch { code = error.code }
            #expect(code == .invalidValue)
        }
    }

    @Test func `rows with too few or too many fields are refused`() throws {
        var rows = BinaryCopyWriter(columnCount: 1) { _ in }
        var failures: [PostgresError.Code] = []
        do { try rows.appendNull() } catch { failures.append(error.code) }
        try rows.startRow()
        do { try rows.startRow() } catch { failures.append(error.code) }
        do { try rows.finish() } catch { failures.append(error.code) }
        try rows.appendNull()
        do { try rows.appendNull() } catch { failures.append(error.code) }
        try rows.finish()
        do { try rows.startRow() } catch { failures.append(error.code) }
        #expect(failures == Array(repeating: .misuse, count: 5))
    }

    @Test func `rows are sent in blocks of a quarter of a megabyte`() throws {
        var blocks: [Int] = []
        var rows = BinaryCopyWriter(columnCount: 1) { blocks.append($0.byteCount) }
        let text = String(repeating: "x", count: 1000)
        for _ in 0..<1000 {
            try rows.startRow()
            try rows.appendText(text)
        }
        try rows.finish()
        let total: Int = blocks.reduce(0, +)
        #expect(total == 1_006_021)
        #expect(blocks.count == 4)
        let sizes = 262_144..<264_192
        #expect(blocks.dropLast().allSatisfy { sizes.contains($0) })
    }
}

struct PostgresTimestampTests {
    @Test(
        arguments: [
            ("1970-01-01", 0), ("2000-01-01T00:00:00Z", 946_684_800_000_000),
            ("2024-02-29 12:00:00", 1_709_208_000_000_000),
            ("1969-12-31T23:59:59.5Z", -500_000), ("2024-05-28T20:35:22.123456789Z", 1_716_928_522_123_457),
            ("2024-05-28T20:35:22+02", 1_716_921_322_000_000), ("2024-05-28t20:35:22-0230", 1_716_937_522_000_000),
            ("0001-01-01", -62_135_596_800_000_000), ("9999-12-31T23:59:60Z", 253_402_300_800_000_000),
        ] as [(String, Int64)])
    func `moments are read`(text: String, microseconds: Int64) {
        #expect(PostgresTimestamp(iso8601: text)?.microsecondsSince1970 == microseconds)
    }

    @Test(arguments: [
        "", "2024", "2024-13-01", "2023-02-29", "2024-00-01", "2024-01-00", "0000-01-01", "2024-01-01T",
        "2024-01-01T24:00:00Z",
        "2024-01-01T00:00", "2024-01-01T00:00:00.Z", "2024-01-01T00:00:00ZZ", "28/05/2024", "2024-1-1", "20240101",
        "2024-01-01T00:00:00+99", "2024-01-01T00:00:00+02:99",
    ])
    func `everything else is refused`(text: String) {
        #expect(PostgresTimestamp(iso8601: text) == nil)
    }

    @Test func `every day of four centuries has its number`() {

        var number = PostgresDate(year: 1800, month: 1, day: 1)?.daysSince1970 ?? 0
        #expect(number == -62_091)
        for year in 1800..<2200 {
            for month in 1...12 {
                for day in 1...31 {
                    guard let date = PostgresDate(year: year, month: month, day: day) else { continue }
                    #expect(date.daysSince1970 == number)
                    number += 1
                }
            }
        }
        #expect(PostgresDate(year: 2200, month: 1, day: 1)?.daysSince1970 == number)
    }
}
