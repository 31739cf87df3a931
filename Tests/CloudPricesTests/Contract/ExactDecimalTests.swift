import CloudPrices
import Testing

struct ExactDecimalTests {
    private func number(_ text: String) throws -> ExactDecimal { try ExactDecimal(text) }

    @Test(arguments: [
        "0", "0.0000000025", "12.3400000000", "-1.5", "3.4E-05", "1e3", "+1", ".5", "5.", "007", "-0", "0.0", "1E0",
        "12345678901234567890123456789012345678", "0.00000000000000000000000000000000000001",
    ])
    func `text in is text out`(text: String) throws {
        #expect(try number(text).text == text)
    }

    @Test(arguments: [
        ("3.4E-05", "0.000034"), ("1e3", "1000"), ("+1", "1"), (".5", "0.5"), ("5.", "5"), ("007", "7"),
        ("1.50e1", "15.0"), ("-0", "0"), ("0e-5", "0.00000"), ("0E9", "0"),
    ])
    func `plain notation keeps every digit`(text: String, plain: String) throws {
        #expect(try number(text).plainText == plain)
    }

    @Test(arguments: ["", "-", ".", "e5", "1e", "1e+", "1..2", "1,5", "abc", " 1", "1 ", "0x10", "--1", "NaN", "Inf"])
    func `what is no number is refused`(text: String) {
        #expect(throws: ExactDecimalError.notANumber) { try number(text) }
    }

    @Test(arguments: [
        "123456789012345678901234567890123456789", "1e38", "1e999999999999", "1e-77",
        "0." + String(repeating: "0", count: 77),
    ])
    func `more digits than are kept are refused, not rounded`(text: String) {
        #expect(throws: ExactDecimalError.tooManyDigits) { try number(text) }
    }

    @Test func `equal numbers are equal whatever their zeros`() throws {
        #expect(try number("1.50") == number("1.5"))
        #expect(try number("1.50").hashValue == number("15e-1").hashValue)
        #expect(try number("1.50").normalisedText == "1.5")
        #expect(try number("100").normalisedText == "100")
    }

    @Test func `order is the order of the numbers`() throws {
        let sorted = [
            "-12345678901234567890123456789012345678", "-1.000001", "-1", "-0.5", "-0.05", "0",
            "0.00000000000000000001",
            "0.05", "0.5", "1", "1.5", "12345678901234567890123456789012345678",
        ]
        let numbers = try sorted.map(number)
        for (index, left) in numbers.enumerated() {
            for (other, right) in numbers.enumerated() {
                #expect((left < right) == (index < other))
                #expect((left == right) == (index == other))
            }
        }
    }

    @Test func `sums, differences and products are exact`() throws {
        #expect(try (number("0.1") + number("0.2")).text == "0.3")
        #expect(try (number("0.0000000025") + number("1")).text == "1.0000000025")
        #expect(try (number("1") - number("1.001")).text == "-0.001")
        #expect(try (number("0.0000000025") * number("400000000")).normalisedText == "1")
        #expect(try (number("1.10") * number("730")).text == "803.00")
        let large = try number("12345678901234567890123456789012345678")
        #expect(throws: ExactDecimalError.tooManyDigits) { try large + number("0.1") }
        #expect(throws: ExactDecimalError.tooManyDigits) { try large * large }
    }

    @Test func `a quotient by a block is exact or refused`() throws {
        #expect(try (number("3.50") / 10000).normalisedText == "0.00035")
        #expect(try (number("0.036") / 10).normalisedText == "0.0036")
        #expect(try (number("1") / number("0.5")).normalisedText == "2")
        #expect(throws: ExactDecimalError.notExact) { try number("1") / 3 }
        #expect(throws: ExactDecimalError.divisionByZero) { try number("1") / 0 }
        #expect(try number("1").divided(by: 3, places: 4).text == "0.3333")
        #expect(try number("-2").divided(by: 3, places: 2).text == "-0.67")
    }

    @Test(arguments: [("0.5", "0"), ("1.5", "2"), ("2.5", "2"), ("-0.5", "0"), ("-1.5", "-2"), ("2.51", "3")])
    func `half is rounded to even`(text: String, rounded: String) throws {
        #expect(try number(text).rounded(places: 0).text == rounded)
    }
}
