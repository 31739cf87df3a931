import Testing
import VariableExpansion

/// The results for well-formed texts are those of the tables in the Compose specification.
struct ComposeDialectTests {
    private let expander = VariableExpander(dialect: .compose)
    private let variables = ["SET": "value", "EMPTY": "", "OTHER": "other"]

    private func failure(_ text: String) -> VariableExpansionError? {
        #expect(throws: VariableExpansionError.self) { try expander.expand(text, variables: variables) }
    }

    @Test(arguments: [
        ("$SET ${SET} $$SET $NONE ${NONE}.", "value value $SET  ."),
        ("${SET-d} ${EMPTY-d} ${NONE-d}", "value  d"),
        ("${SET:-d} ${EMPTY:-d} ${NONE:-d}", "value d d"),
        ("${SET+r} ${EMPTY+r} ${NONE+r}.", "r r ."),
        ("${SET:+r} ${EMPTY:+r} ${NONE:+r}.", "r  ."),
        ("${SET?m} ${EMPTY?m} ${SET:?m}", "value  value"),
        ("${NONE:-}${NONE-}${SET:+}.", "."),
        ("$SET-x $SET.", "value-x value."),
    ])
    func `the forms`(text: String, expected: String) throws {
        #expect(try expander.expand(text, variables: variables) == expected)
    }

    @Test(arguments: [
        ("${NONE:-${OTHER}}", "other"),
        ("${NONE:-a ${NONE:-b $OTHER} c}", "a b other c"),
        ("${NONE:-${NONE:-${NONE:-deep}}}!", "deep!"),
        ("${SET:+<${OTHER:+${SET}}>}", "<value>"),
        ("${NONE:-$$x}", "$x"),
        ("${NONE:-{\"a\": {}}}", "{\"a\": {}}"),
        ("${SET:-${NONE:?never}}", "value"),
        ("${NONE:+${NONE:?never}}.", "."),
        ("${NONE:-a:-b?c+d}", "a:-b?c+d"),
    ])
    func `words hold forms again`(text: String, expected: String) throws {
        #expect(try expander.expand(text, variables: variables) == expected)
    }

    @Test func `an error says the word, with values`() {
        #expect(failure("x: ${NONE:?say $OTHER}")?.description == "1:4: Variable NONE is undefined or empty: say other")
        #expect(failure("${EMPTY:?no}")?.code == .required)
        #expect(failure("${NONE?}")?.message == "Variable NONE is undefined: set it")
        #expect(failure("${NONE:-${NONE?inner}}")?.column == 9)
    }

    @Test(arguments: [
        "$", "a $ b", "$1", "${}", "${1A}", "${ SET}", "${SET%x}", "${SET:}", "${SET:x}", "$é", "${NONE:-$}",
    ])
    func `ill-formed`(text: String) {
        #expect(failure(text)?.code == .illFormed)
        #expect(failure(text)?.message.contains("$$") == true)
    }

    @Test(arguments: ["${SET", "${SET:-a", "x\n${SET:-{}", "${NONE:-${SET}", "${NONE?a"])
    func `without an end`(text: String) {
        #expect(failure(text)?.code == .unclosed)
    }

    @Test func `what is not needed is well-formed all the same`() {
        #expect(failure("${SET:-${}}")?.code == .illFormed)
    }

    @Test func `depth is bounded`() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "${A:-", count: depth) + "x" + String(repeating: "}", count: depth)
        }
        #expect(try expander.expand(nested(16), variables: [:]) == "x")
        #expect(failure(nested(17))?.code == .tooDeep)
        #expect(failure(nested(200_000))?.code == .tooDeep)
    }

    @Test func `the variables of a text, needed or not`() throws {
        let text = "${SET:-$A} ${NONE:-${B-x}} ${C:?must} $D"
        let uses = try expander.variables(in: text, defined: variables)
        #expect(uses.map(\.name) == ["SET", "A", "NONE", "B", "C", "D"])
        #expect(uses.filter(\.isMissed).map(\.name) == ["A", "D"])
    }

    @Test func `strict`() {
        let strict = VariableExpander(dialect: .compose, isStrict: true)
        #expect(throws: VariableExpansionError.self) { try strict.expand("$NONE", variables: [:]) }
        #expect(throws: VariableExpansionError.self) { try strict.expand("${NONE:-$A}", variables: [:]) }
        #expect(throws: Never.self) { try strict.expand("${SET:-$A}", variables: variables) }
    }
}
