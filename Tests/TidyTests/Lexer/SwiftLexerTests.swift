import Testing

struct SwiftLexerTests {
    private func words(_ text: String) -> [String] { SwiftLexer(text).tokens.map(\.text) }

    @Test func `words, numbers and operators are tokens`() {
        #expect(
            words("let a1 = b?.c(2) ?? d!") == ["let", "a1", "=", "b", "?", ".", "c", "(", "2", ")", "??", "d", "!"])
    }

    @Test func `strings yield no token`() {
        #expect(words(#"f("{ \" }", g)"#) == ["f", "(", ",", "g", ")"])
        #expect(words("f(\"\"\"\n  { \" } \"\" \n  \"\"\")") == ["f", "(", ")"])
    }

    @Test func `raw strings end at their own number of pounds`() {
        #expect(words(##"a #"{ " \n "# b"##) == ["a", "b"])
        #expect(words("a ##\"{ \"# \"## b") == ["a", "b"])
        #expect(words("#if DEBUG") == ["#", "if", "DEBUG"])
    }

    @Test func `code inside an interpolation is code`() {
        #expect(words(#""a \(b { c(")") }) d" e"#) == ["b", "{", "c", "(", ")", "}", "e"])
        #expect(words(##"#"\(a) \#(b)"# c"##) == ["b", "c"])
    }

    @Test func `comments yield no token and are kept by line`() {
        let lexer = SwiftLexer("a // { one\n/* two {\n/* three */ } */ b\n")
        #expect(lexer.tokens.map(\.text) == ["a", "b"])
        #expect(lexer.tokens.map(\.line) == [1, 3])
        #expect(lexer.comments == [1: "// { one", 2: "/* two {", 3: "/* three */ } */"])
    }

    @Test func `regular expressions yield no token, division does`() {
        #expect(words(#"let r = /[{"]\/+/ ; x"#) == ["let", "r", "=", ";", "x"])
        #expect(words("a #/ { \" /# b") == ["a", "b"])
        #expect(words("x / y / z") == ["x", "/", "y", "/", "z"])
        #expect(words("reduce(1, /)") == ["reduce", "(", "1", ",", "/", ")"])
    }

    @Test func `names in backticks are one token`() {
        #expect(words("func `a { name`() {}") == ["func", "`a { name`", "(", ")", "{", "}"])
    }

    @Test func `characters of C yield no token`() {
        #expect(words(#"if (c == '{' || c == '\'') x"#) == ["if", "(", "c", "==", "||", "c", "==", ")", "x"])
    }

    @Test(arguments: [
        "\"open", "\"\"\"open\n", "/* open /*", "a `open", "#\"open", "\"\\(open", "#/open\\", "'", "\"\\",
    ])
    func `unfinished text ends with the file`(text: String) {
        #expect(SwiftLexer(text).tokens.count <= 2)
    }

    @Test func `lines are counted through literals`() {
        let lexer = SwiftLexer("\"\"\"\na\n\\(b\n)\n\"\"\"\nc")
        #expect(lexer.tokens.map(\.line) == [3, 6])
    }

    @Test func `a token knows whether it touches the one before`() {
        #expect(SwiftLexer("a! b !c").tokens.map(\.touchesPrevious) == [false, true, false, false, true])
    }
}

struct SourceTextTests {
    @Test func `the comment about a line is on it or above it`() {
        let source = SourceText(
            """
            let a = 1 // own

            // first
            // second
            @attribute
            let b = 2
            let c = 3

            let d = 4
            func e() {
            let f = 5
            """
        )
        #expect(source.comment(about: 1) == "// own")
        #expect(source.comment(about: 6) == "// first\n// second")
        #expect(source.comment(about: 7) == "// first\n// second")
        #expect(source.comment(about: 9) == "")
        #expect(source.comment(about: 11) == "")
    }

    @Test func `sequences of tokens are found`() {
        let source = SourceText("try ! a; try? b; try! c")
        #expect(source.positions(of: ["try", "!"]).count == 2)
    }
}
