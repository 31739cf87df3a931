import SennitPipeline
import Testing

@Suite struct ParameterTests {
    private func pipeline(_ parameters: [Parameter], reads: [String] = []) throws -> Pipeline {
        try Pipeline(
            "p", parameters: parameters,
            steps: [Step("a", Tell(ledger: ""), outputs: ["told"], codeVersion: "1", parameters: reads)])
    }

    private func set(_ type: ParameterType, _ text: String) throws -> ParameterValue? {
        try pipeline([Parameter("x", type)]).setting(["x": text]).parameterValues["x"]
    }

    private func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "no error"
        } catch { return "\(error)" }
    }

    @Test(arguments: [
        (ParameterType.string, "any thing = that", ParameterValue.string("any thing = that")),
        (.string, "", .string("")), (.integer, "007", .integer(7)), (.integer, "-3", .integer(-3)),
        (.integer(in: 1...9), "9", .integer(9)), (.decimal, "+001.500", .decimal("1.5")),
        (.decimal, "-0.0", .decimal("0")),
        (.decimal, "12345678901234567890.123456789", .decimal("12345678901234567890.123456789")),
        (.boolean, "false", .boolean(false)), (.duration, "1.5 min", .duration(milliseconds: 90_000)),
        (.duration, "90", .duration(milliseconds: 90_000)), (.oneOf(["eu", "us"]), "us", .string("us")),
    ])
    func `values of every type`(type: ParameterType, text: String, value: ParameterValue) throws {
        #expect(try set(type, text) == value)
        // The recorded text leads back to the value.
        #expect(try set(type, value.text) == value)
    }

    @Test(arguments: [
        (ParameterType.integer, "many", "an integer"), (.integer, "1.0", "an integer"),
        (.integer, "99999999999999999999", "an integer"), (.integer(in: 1...9), "10", "an integer from 1 to 9"),
        (.decimal, "1e5", "a decimal number"), (.decimal, ".5", "a decimal number"),
        (.decimal, "5.", "a decimal number"),
        (.decimal, String(repeating: "9", count: 39), "a decimal number"), (.boolean, "yes", "true or false"),
        (.date, "2026-02-31", "February 2026 has 28 days"), (.date, "tomorrow", "write it like 2026-01-31"),
        (.hour, "2026-01-31T24", "an hour"), (.duration, "soon", "a time"), (.duration, "0.0001 s", "a time"),
        (.oneOf(["eu", "us"]), "ue", "Did you mean 'eu'?"), (.oneOf(["e"]), "e\u{301}", "one of e"),
        (.string, "a\u{1B}[31m", "control characters"), (.string, "a\nb", "control characters"),
        (.string, "a\u{9B}31m", "control characters"),
        (.string, String(repeating: "a", count: 4097), "4,096 bytes"),
    ])
    func `what is not a value says what was expected`(type: ParameterType, text: String, words: String) {
        let message = message { _ = try set(type, text) }
        #expect(message.contains("Parameter 'x' takes "), "\(message)")
        #expect(message.contains(words), "\(message)")
    }

    @Test func `a name that nothing has, and the nearest one`() {
        let message = message { _ = try pipeline([Parameter("region", .string)]).setting(["regoin": "eu"]) }
        #expect(message == "Pipeline 'p' has no parameter 'regoin'; it has region. Did you mean 'region'?")
        #expect(self.message { _ = try pipeline([]).setting(["x": "1"]) }.contains("has no parameters"))
    }

    @Test func `declarations that cannot be`() {
        #expect(message { _ = try pipeline([Parameter("a b", .string)]) }.contains("cannot be the name of a parameter"))
        #expect(
            message { _ = try pipeline([Parameter("x", .integer, default: "many")]) }.contains("Its default: 'many'"))
        #expect(message { _ = try pipeline([Parameter("x", .oneOf([]))]) }.contains("needs a list of values"))
        let twice = [Parameter("x", .string), Parameter("x", .integer)]
        #expect(message { _ = try pipeline(twice) }.contains("two parameters called 'x'"))
        #expect(
            message { _ = try pipeline([Parameter("day", .date)], reads: ["dya"]) }
                == "Step 'a' reads parameter 'dya', which pipeline 'p' does not declare. Did you mean 'day'?")
    }

    @Test func `defaults count until something is set, and literals are read by the type`() throws {
        let pipeline = try pipeline([
            Parameter("limit", .integer, default: 5), Parameter("dry", .boolean, default: true),
            Parameter("day", .date, default: "2026-01-31"), Parameter("needed", .string),
        ])
        #expect(pipeline.recordedValues == ["limit": "5", "dry": "true", "day": "2026-01-31"])
        #expect(pipeline.parameterValues["day"] == CalendarDate("2026-01-31").map { .date($0) })
        #expect(try pipeline.setting(["limit": "6"]).setting(["limit": "7"]).recordedValues["limit"] == "7")
    }

    @Test func `the fingerprint of a step has the parameters that it reads, and no others`() throws {
        let parameters = [Parameter("region", .string, default: "eu"), Parameter("limit", .integer, default: 1)]
        let pipeline = try pipeline(parameters, reads: ["region"])
        func fingerprint(_ values: [String: String]) throws -> ContentHash {
            let set = try pipeline.setting(values)
            return try StepRecipe(set.steps[0], artefacts: [], parameters: set.values(of: set.steps[0])).fingerprint
        }
        let first = try fingerprint([:])
        #expect(try fingerprint(["limit": "2"]) == first)
        #expect(try fingerprint(["region": "us"]) != first)
        #expect(try fingerprint(["region": "eu"]) == first)
        // A step that reads none has the fingerprint that it had before there were any.
        let plain = Step("a", Tell(ledger: ""), outputs: ["told"], codeVersion: "1")
        #expect(try StepRecipe(plain, artefacts: []).parameters == nil)
    }

    @Test func `texts of name and value are split at the first byte of the sign`() throws {
        #expect(RunValues.split("a=b=c").map { [$0.name, $0.value] } == ["a", "b=c"])
        #expect(RunValues.split("a=").map { [$0.name, $0.value] } == ["a", ""])
        #expect(RunValues.split("a=\u{301}b").map { $0.name } == "a")
        #expect(RunValues.split("=b") == nil && RunValues.split("ab") == nil)
    }
}
