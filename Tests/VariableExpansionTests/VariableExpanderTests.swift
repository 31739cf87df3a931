import Testing
import VariableExpansion

struct VariableExpanderTests {
    private let expander = VariableExpander()

    private func failure(
        _ text: String, _ variables: [String: String] = [:], by expander: VariableExpander
    ) -> VariableExpansionError? {
        #expect(throws: VariableExpansionError.self) { try expander.expand(text, variables: variables) }
    }

    @Test func `an error has line and column, and the way out`() {
        let error = failure("one\nzwölf ${HOST?}", by: expander)
        #expect(error?.line == 2)
        #expect(error?.column == 7)
        #expect(
            error?.description == "2:7: Variable HOST is undefined; set it, or give it a default with ${HOST-default}")
    }

    @Test func `no error holds the text or a value`() {
        let error = failure("password=$PASSWORD ${HOST?}", ["PASSWORD": "hunter2"], by: expander)
        #expect(error?.description.contains("hunter2") == false)
        #expect(error?.description.contains("password") == false)
    }

    @Test func `names are compared byte for byte`() throws {
        // Swift takes the two for equal, Python does not: a Hangul syllable, and the letters that it is made of.
        let syllable = "\u{AC00}"
        let letters = "\u{1100}\u{1161}"
        #expect(try expander.expand("$\(letters)|$\(syllable)", variables: [syllable: "x"]) == "|x")
    }

    @Test func `every name is looked up once`() throws {
        var asked: [String] = []
        let text = try expander.expand("$A $B ${A-x} $$ ${B?} $A") { name in
            asked.append(name)
            return name.lowercased()
        }
        #expect(text == "a b a $ b a")
        #expect(asked == ["A", "B"])
    }

    @Test func `many names`() throws {
        let names = (0..<5000).map { "NAME_\($0)" }
        let values = Dictionary(uniqueKeysWithValues: names.map { ($0, "<\($0)>") })
        let text = (names + names.reversed()).map { "$\($0) ${\($0)}" }.joined(separator: "\n")
        let expected = (names + names.reversed()).map { "<\($0)> <\($0)>" }.joined(separator: "\n")
        #expect(try expander.expand(text, variables: values) == expected)
    }

    @Test func `the variables of a text`() throws {
        let text = "a $ONE\n ${TWO-2} ${ONE} $THREE $$ ${FOUR"
        let uses = try expander.expandListing(text, variables: ["ONE": ""]).variables
        #expect(uses.map(\.name) == ["ONE", "TWO", "THREE"])
        #expect(uses.map(\.isDefined) == [true, false, false])
        #expect(uses.map(\.isMissed) == [false, false, true])
        #expect(uses.map(\.count) == [2, 1, 1])
        #expect(uses.map(\.line) == [1, 2, 2])
        #expect(uses.map(\.column) == [3, 2, 18])
        let expanded = try expander.expandListing(text, variables: ["ONE": ""])
        #expect(expanded.used == ["ONE"])
        #expect(expanded.undefined == ["TWO", "THREE"])
    }

    @Test func `a dry run has no missing values`() throws {
        #expect(try expander.variables(in: "${A?} $B").map(\.name) == ["A", "B"])
    }

    @Test func `strict: what has no value is an error`() throws {
        let strict = VariableExpander(isStrict: true)
        #expect(failure("a $NAME", by: strict)?.code == .undefined)
        #expect(failure("a ${NAME}", by: strict)?.name == "NAME")
        #expect(try strict.expand("${A-x} $B", variables: ["B": ""]) == "x ")
    }

    @Test(arguments: ["a $ b", "${A:-x}", "${", "${A", "${A-b", "$", "${A?b}", "${ A }"])
    func `strict: a dollar sign that begins nothing is an error`(text: String) {
        let error = failure(text, by: VariableExpander(isStrict: true))
        #expect(error?.code == .illFormed)
        #expect(error?.message.contains("write $$") == true)
    }

    @Test func `a result that is too long`() {
        var bounded = VariableExpander()
        bounded.maximumLength = 1000
        let long = String(repeating: "x", count: 600)
        #expect(throws: Never.self) { try bounded.expand("$A", variables: ["A": long]) }
        #expect(failure("$A\n$A", ["A": long], by: bounded)?.code == .tooLong)
        #expect(failure("$A\n$A", ["A": long], by: bounded)?.line == 2)
        bounded.dialect = .compose
        #expect(failure("${B:-$A$A}", ["A": long], by: bounded)?.code == .tooLong)
    }

    @Test(.timeLimit(.minutes(5)))
    func `many open braces take no quadratic time`() throws {
        let text = String(repeating: "${A-", count: 300_000)
        #expect(try expander.expand(text, variables: ["A": "x"]) == text)
    }

    @Test func `texts of every length around the small ones`() throws {
        for length in 0..<40 {
            let text = String(repeating: "é", count: length)
            #expect(try expander.expand(text, variables: [:]) == text)
            #expect(try expander.expand(text + " $A", variables: ["A": text]) == text + " " + text)
        }
    }
}
