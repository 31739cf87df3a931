/// A Swift or C file, read once and asked many times.
struct SourceText {
    let tokens: [Token]
    /// The comment text of each line, by line number.
    let comments: [Int: String]
    /// The lines on which at least one token starts.
    let linesOfCode: Set<Int>
    /// Of those, the lines that open or close a block.
    private let linesWithBraces: Set<Int>

    init(_ text: String) {
        let lexer = SwiftLexer(text)
        tokens = lexer.tokens
        comments = lexer.comments
        linesOfCode = Set(tokens.map(\.line))
        linesWithBraces = Set(tokens.lazy.filter { $0.text == "{" || $0.text == "}" }.map(\.line))
    }

    /// The comment that speaks about a line: on the line itself, else the block above it.
    ///
    /// Up to three lines of code may stand between, as long as none opens or closes a block, so that a
    /// declaration may span lines and one comment may speak about neighbours.
    func comment(about line: Int) -> String {
        if let own = comments[line] { return own }
        var above = line - 1
        var crossed = 0
        while above > 0, comments[above] == nil {
            guard linesOfCode.contains(above), !linesWithBraces.contains(above), crossed < 3 else { return "" }
            crossed += 1
            above -= 1
        }
        var block: [String] = []
        while above > 0, let text = comments[above] {
            block.append(text)
            if linesOfCode.contains(above) { break }
            above -= 1
        }
        return block.reversed().joined(separator: "\n")
    }

    /// The token at an index, or an empty one past either end.
    func token(_ index: Int) -> Token {
        tokens.indices.contains(index) ? tokens[index] : Token(text: "", line: 0, touchesPrevious: false)
    }

    /// The positions at which a sequence of tokens starts.
    func positions(of sequence: [String]) -> [Int] {
        tokens.indices.filter { start in
            tokens[start].text == sequence[0]
                && sequence.indices.dropFirst().allSatisfy { token(start + $0).text == sequence[$0] }
        }
    }
}
