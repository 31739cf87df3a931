import Testing

struct FunctionLength: FileRule {
    var limit = 70
    var promise: String { "A function has at most \(limit) lines, from its name to its closing brace." }

    func covers(_ file: RepositoryFile) -> Bool { file.isSwift }

    func offences(in file: RepositoryFile) -> [Offence] {
        functions(in: file.source).compactMap { function in
            let count = function.lastLine - function.firstLine + 1
            guard count > limit else { return nil }
            return file.offence(function.firstLine, "\(function.name) has \(count) lines; split it")
        }
    }

    struct Function: Equatable {
        var name: String
        var firstLine: Int
        var lastLine: Int
    }

    /// Every function, initialiser and subscript with a body; nested ones too.
    func functions(in source: SourceText) -> [Function] {
        source.tokens.indices.compactMap { index in
            let keyword = source.tokens[index]
            guard ["func", "init", "deinit", "subscript"].contains(keyword.text), source.token(index - 1).text != "."
            else { return nil }
            guard let opening = bodyOpening(after: index, in: source), let closing = closing(opening, in: source)
            else { return nil }
            let name = keyword.text == "func" ? source.token(index + 1).text : keyword.text
            return Function(name: name, firstLine: keyword.line, lastLine: source.tokens[closing].line)
        }
    }

    /// The brace that opens the body; `nil` for a requirement, which has none.
    private func bodyOpening(after start: Int, in source: SourceText) -> Int? {
        // The word after `func` is a name, whatever it looks like.
        var index = start + (source.tokens[start].text == "func" ? 2 : 1)
        var depth = 0
        while index < source.tokens.count {
            switch source.tokens[index].text {
            case "(", "[": depth += 1
            case ")", "]": depth -= 1
            case "{" where depth == 0: return index
            case "}" where depth == 0: return nil
            case let word where depth == 0 && Self.declarations.contains(word): return nil
            default: break
            }
            if depth < 0 { return nil }
            index += 1
        }
        return nil
    }

    private static let declarations: Set<String> = [
        "func", "init", "deinit", "subscript", "var", "let", "case", "struct", "class", "enum", "actor", "extension",
        "protocol", "typealias", "associatedtype", "import", "static", "public", "package", "internal", "private",
        "fileprivate", "mutating", "@",
    ]

    private func closing(_ opening: Int, in source: SourceText) -> Int? {
        var depth = 0
        for index in opening..<source.tokens.count {
            switch source.tokens[index].text {
            case "{": depth += 1
            case "}": depth -= 1
            default: continue
            }
            if depth == 0 { return index }
        }
        return nil
    }
}

struct FunctionLengthTests {
    private let rule = FunctionLength(limit: 3)

    private func names(_ text: String) -> [String] {
        rule.functions(in: SourceText(text)).map { "\($0.name) \($0.firstLine)-\($0.lastLine)" }
    }

    @Test func `the limit itself is allowed`() {
        #expect(rule.lines(in: "A.swift", "func a() {\n  b\n}") == [])
        #expect(rule.lines(in: "A.swift", "\nfunc a() {\n  b\n  c\n}") == [2])
    }

    @Test func `braces in strings and comments do not count`() {
        #expect(names("func a() {\n \"{\" // {\n}\nfunc b() {}") == ["a 1-3", "b 4-4"])
    }

    @Test func `signatures may be long and hold braces`() {
        let text = "func a<T: P>(_ b: () -> Void = { }, c: [Int] = [{ 1 }()])\n async throws(E) -> T where T: Q {\n}"
        #expect(names(text) == ["a 1-3"])
        #expect(names("static func == (a: A, b: A) -> Bool { true }") == ["== 1-1"])
        #expect(names("func `a { b`() {\n}") == ["`a { b` 1-2"])
    }

    @Test func `requirements have no body`() {
        #expect(names("protocol P {\n func a()\n init(b: Int)\n var c: Int { get }\n}\nfunc d() {}") == ["d 6-6"])
        #expect(names("protocol P {\n func a() -> Int\n}\nstruct S {\n}") == [])
        #expect(names("protocol P {\n func a()\n @B func c()\n}") == [])
    }

    @Test func `calls of initialisers are no declarations`() {
        #expect(names("let a = B.init(c: 1)\nif d {\n}\nself.init()\n{}") == [])
    }

    @Test func `initialisers, subscripts and nested functions count`() {
        let text = "init() {\n}\nsubscript(a: Int) -> Int {\n 1\n}\ndeinit { }\nfunc b() {\n func c() {\n }\n}"
        #expect(names(text) == ["init 1-2", "subscript 3-5", "deinit 6-6", "b 7-10", "c 8-9"])
    }
}
