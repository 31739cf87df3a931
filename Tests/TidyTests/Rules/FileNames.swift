import Testing

struct FileNames: HouseRule {
    var promise: String { "A file or folder is named after what is in it, never Utils, Helpers, Common or Misc." }

    private static let vague: Set<String> = [
        "util", "utils", "utility", "utilities", "helper", "helpers", "common", "misc", "miscellaneous", "stuff",
    ]

    func offences(in tree: RepositoryTree) -> [Offence] {
        let names = tree.paths.union(tree.folders).filter { isVague($0.split(separator: "/").last ?? "") }
        return names.sorted().map { Offence(path: $0, line: 1, message: "name it after what is in it") }
    }

    /// The first or the last word of the name says nothing: `Utils+Text.swift`, `PoolHelpers.swift`.
    private func isVague(_ name: Substring) -> Bool {
        let words = words(of: name.split(separator: ".", omittingEmptySubsequences: true).first ?? "")
        guard let first = words.first, let last = words.last else { return false }
        return Self.vague.contains(last) || (Self.vague.contains(first) && first != "common")
            || (first == "common" && name.dropFirst(6).first == "+")
    }

    private func words(of stem: Substring) -> [String] {
        var words: [String] = [""]
        for character in stem {
            if !character.isLetter {
                words.append("")
            } else {
                if character.isUppercase { words.append("") }
                words[words.count - 1] += character.lowercased()
            }
        }
        return words.filter { !$0.isEmpty }
    }
}

struct FileNamesTests {
    private func isVague(_ path: String) -> Bool {
        !FileNames().offences(in: RepositoryTree(files: [RepositoryFile(path, "")])).isEmpty
    }

    @Test(arguments: [
        "Utils.swift", "PoolHelpers.swift", "test_utils.py", "Common.swift", "Common+A.swift", "Misc+A.swift",
    ])
    func `vague names`(name: String) {
        #expect(isVague("Sources/A/" + name))
    }

    @Test func `vague folders`() {
        #expect(isVague("Sources/A/Helpers/B.swift"))
    }

    @Test(arguments: ["CommonMark.swift", "Utilisation.swift", "ByteReader.swift", "README.md", ".gitignore", "run"])
    func `plain names`(name: String) {
        #expect(!isVague("Sources/A/" + name))
    }
}
