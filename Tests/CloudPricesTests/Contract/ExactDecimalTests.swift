import CloudPrices
import Testing

struct ExactDecimalTests {
    @Test(arguments: ["0", "0.0000000025", "12.3400000000", "-1.5", "3.4E-05", "1e3", "+1", ".5", "5.", "007", "-0"])
    func `text in is text out`(text: String) throws {
        #expect(try ExactDecimal(text).text == text)
    }
}
