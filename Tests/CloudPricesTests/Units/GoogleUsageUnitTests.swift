import CloudPrices
import Testing

struct GoogleUsageUnitTests {
    /// Names, base units and factors as they stand in the catalog.
    @Test(
        arguments: [
            ("h", "Hours", "s", 3600), ("GiBy.h", "GiB Hours", "By.s", 3_865_470_566_400),
            ("GiBy.mo", "GiB/Month", "By.s", 2_875_910_101_401_600), ("GiBy", "GiB", "By", 1_073_741_824),
            ("GiBy.d", "GiB/Day", "By.s", 92_771_293_593_600), ("count", "Count", "count", 1),
            ("mo", "Months", "s", 2_678_400), ("By", "Bytes", "By", 1), ("s", "Seconds", "s", 1),
            ("min", "Minutes", "s", 60), ("d", "Days", "s", 86400), ("MiBy", "MiB", "By", 1_048_576),
            ("TiBy.mo", "TiB/Month", "By.s", 2_944_931_943_835_238_400), ("GBy", "GB", "By", 1_000_000_000),
            ("By.s", "Byte Seconds", "By.s", 1), ("count.h", "Count Hours", "count.s", 3600),
        ] as [(String, String, String, Int64)]
    )
    func `units of the catalog`(published: String, name: String, base: String, factor: Int64) throws {
        let unit = try #require(GoogleUsageUnit(published))
        #expect(unit.name == name)
        #expect(unit.baseUnit == base)
        #expect(unit.baseUnits == factor)
        #expect(UnitTable.googleCloud.meaning(of: published) == NormalisedUnit(name))
    }

    @Test(
        arguments: [
            "", ".", "h.", ".h", "h.GiBy", "GiBy.GiBy", "GiBy.h.h", "H", "giby", "fortnight", "GiBy/h", "PiBy.a",
        ]
    )
    func `anything else is unknown`(published: String) {
        #expect(GoogleUsageUnit(published) == nil)
        #expect(UnitTable.googleCloud.meaning(of: published) == nil)
    }

    @Test func `months and years depend on the calendar`() {
        #expect(GoogleUsageUnit("GiBy.mo")?.isCalendar == true)
        #expect(GoogleUsageUnit("mo")?.isCalendar == true)
        #expect(GoogleUsageUnit("GiBy.h")?.isCalendar == false)
    }
}
