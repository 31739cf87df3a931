import SennitCommands
import Testing

struct QuantileTests {
    @Test(arguments: [(0.0, 1.0), (0.5, 3.0), (0.99, 5.0), (1.0, 5.0), (2.0, 5.0), (-1.0, 1.0)])
    func `the value at the rank`(fraction: Double, value: Double) {
        #expect(Quantile.of([5, 1, 4, 2, 3], fraction) == value)
    }

    @Test func `the higher of two neighbours is not taken for the median of an even count`() {
        #expect(Quantile.of([4, 3, 2, 1], 0.5) == 2)
        #expect(Quantile.of([4, 3, 2, 1], 0.51) == 3)
    }

    @Test func `few values`() {
        #expect(Quantile.of([7], 0.99) == 7)
        #expect(Quantile.of([], 0.5) == nil)
    }
}
