import Testing
import VariableExpansion

/// Random texts beside a second, slow implementation that follows the original's pattern step by step.
struct ExpansionPropertyTests {
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 33
        }
    }

    private static let pieces = [
        "$", "$$", "{", "}", "${", "${A", "A", "B1", "é", "\u{301}", "-", "?", ":", " ", "\n", "${A-", "${Z?", "日", "²",
    ]

    @Test(arguments: 1...20)
    func `as the pattern says`(seed: UInt64) throws {
        var generator = Generator(state: seed)
        let variables = ["A": "<a $B1>", "B1": "", "é": "e", "AA": "double", "日": "day"]
        for _ in 0..<500 {
            let count = Int.random(in: 0..<14, using: &generator)
            let text = (0..<count).map { _ in Self.pieces.randomElement(using: &generator) ?? "" }.joined()
            let expected = SlowExpansion(variables: variables).expand(Array(text.unicodeScalars))
            let outcome = Result { try VariableExpander().expand(text, variables: variables) }
            let bytes = (try? outcome.get()).map { Array($0.utf8) }
            #expect(bytes == expected.map { Array($0.utf8) }, "\(text.debugDescription)")
        }
    }
}

/// Substitution by trying the alternatives of the pattern in order at every scalar.
private struct SlowExpansion {
    let variables: [String: String]

    /// The text, or nil if a strict variable has no value.
    func expand(_ text: [Unicode.Scalar]) -> String? {
        var result = String.UnicodeScalarView()
        var rest = text[...]
        while let scalar = rest.popFirst() {
            guard scalar == "$" else {
                result.append(scalar)
                continue
            }
            if rest.first == "$" {
                rest = rest.dropFirst()
                result.append("$")
                continue
            }
            let word = rest.prefix(while: isWord)
            if !word.isEmpty {
                result.append(contentsOf: (value(word) ?? "").unicodeScalars)
                rest = rest.dropFirst(word.count)
                continue
            }
            guard rest.first == "{", let form = braced(rest.dropFirst()) else {
                result.append("$")
                continue
            }
            guard let value = value(form.name) ?? form.default else { return nil }
            result.append(contentsOf: value.unicodeScalars)
            rest = form.rest
        }
        return String(result)
    }

    private typealias Form = (name: ArraySlice<Unicode.Scalar>, default: String?, rest: ArraySlice<Unicode.Scalar>)

    private func braced(_ text: ArraySlice<Unicode.Scalar>) -> Form? {
        let name = text.prefix(while: isWord)
        guard !name.isEmpty else { return nil }
        let rest = text.dropFirst(name.count)
        if rest.first == "}" { return (name, "", rest.dropFirst()) }
        if rest.prefix(2).elementsEqual(["?", "}"]) { return (name, nil, rest.dropFirst(2)) }
        guard rest.first == "-" else { return nil }
        let word = rest.dropFirst().prefix { $0 != "}" }
        let end = rest.dropFirst(1 + word.count)
        return end.isEmpty ? nil : (name, string(word), end.dropFirst())
    }

    private func isWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar.properties.isAlphabetic && scalar != "\u{301}" || scalar.properties.numericType != nil
    }

    private func value(_ name: ArraySlice<Unicode.Scalar>) -> String? { variables[string(name)] }

    private func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        String(String.UnicodeScalarView(scalars))
    }
}
