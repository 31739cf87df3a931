import Testing
import VariableExpansion

/// Which characters belong to a name is what `\w` of Python 3.11 says.
struct NameScanTests {
    private func isWord(_ scalar: Unicode.Scalar) throws -> Bool {
        // A word character is part of the name, and the variable of that name is not there.
        try VariableExpander().expand("$a\(scalar)", variables: ["a": "x"]) == ""
    }

    @Test(arguments: "azAZ09_äßŁʰªǅЖא日本가²½Ⅷ٣①〇㉈ↀ𝟘𐄇𝒜𠀀".unicodeScalars.map(\.self))
    func `word characters`(scalar: Unicode.Scalar) throws {
        #expect(try isWord(scalar))
    }

    @Test(
        arguments: "-.:/@`[{^ \t\u{0}\u{7F}\u{A0}·×\u{301}\u{20DD}\u{903}‿–€™©😀。\u{200D}\u{FEFF}".unicodeScalars.map(
            \.self))
    func `others`(scalar: Unicode.Scalar) throws {
        #expect(try !isWord(scalar))
    }
}
