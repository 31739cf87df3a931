import SennitCommands
import Testing

struct DecimalsTests {
    @Test(arguments: [
        (0.0, 0, "0"), (0.5, 0, "1"), (1234.5678, 2, "1,234.57"), (-0.001, 2, "0.00"), (-1.5, 1, "-1.5"),
        (999.995, 2, "1,000.00"), (0.05, 3, "0.050"), (1_000_000, 0, "1,000,000"), (7, 1, "7.0"),
    ])
    func `numbers with decimals`(value: Double, places: Int, text: String) {
        #expect(Decimals.text(value, places: places) == text)
    }

    @Test func `numbers that cannot be cut are shown whole`() {
        #expect(Decimals.text(.nan, places: 2) == "nan")
        #expect(Decimals.text(.infinity, places: 2) == "inf")
        #expect(Decimals.text(1e20, places: 2) == "1e+20")
    }

    @Test(arguments: [
        (0, "0"), (999, "999"), (1000, "1,000"), (-1_234_567, "-1,234,567"), (Int.min, "-9,223,372,036,854,775,808"),
    ])
    func `whole numbers`(value: Int, text: String) {
        #expect(Decimals.text(value) == text)
    }

    @Test(arguments: [(0.04, "0.0 s"), (9.94, "9.9 s"), (59.6, "60 s"), (200.0, "3 min 20 s"), (Double.infinity, "?")])
    func `durations`(seconds: Double, text: String) {
        #expect(Decimals.duration(seconds: seconds) == text)
    }
}
