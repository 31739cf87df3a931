import Foundation
import Testing
import VariableExpansion

/// A text with what the original makes of it.
struct OriginalCase: Decodable, Sendable, CustomTestStringConvertible {
    let input: String
    let variables: [String: String]
    let expected: String?
    let error: String?

    var testDescription: String { input.debugDescription }

    /// Every case of the fixtures.
    static func load() throws -> [OriginalCase] {
        try ["substitution-cases", "substitution-probes"].flatMap(load)
    }

    private static func load(_ name: String) throws -> [OriginalCase] {
        struct File: Decodable { let cases: [OriginalCase] }
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "Fixtures/\(name).json")
        return try JSONDecoder().decode(File.self, from: Data(contentsOf: file)).cases
    }
}

struct OriginalCasesTests {
    @Test func `all cases are there`() throws {
        let cases = try OriginalCase.load()
        #expect(cases.count == 50 + 164)
    }

    @Test(arguments: try OriginalCase.load())
    func `as the original`(_ example: OriginalCase) throws {
        let outcome = Result { try VariableExpander().expand(example.input, variables: example.variables) }
        if let expected = example.expected {
            // Byte for byte: Swift's == takes different normalisations for equal.
            #expect(try Array(outcome.get().utf8) == Array(expected.utf8))
        } else {
            let message = try #require(example.error)
            let error = #expect(throws: VariableExpansionError.self) { try outcome.get() }
            let name = try #require(error?.name)
            #expect(message.hasPrefix("Variable \(name) is undefined"))
            #expect(error?.message.hasPrefix("Variable \(name) is undefined") == true)
            #expect(error?.code == .undefined)
        }
    }

    @Test(arguments: try OriginalCase.load())
    func `listing does not change the text`(_ example: OriginalCase) throws {
        let expander = VariableExpander()
        guard let expected = example.expected else { return }
        let listed = try expander.expandListing(example.input, variables: example.variables)
        #expect(listed.text == expected)
        #expect(listed.variables == (try expander.variables(in: example.input, defined: example.variables)))
    }
}
