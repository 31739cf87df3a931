import Testing

struct TestFolders: HouseRule {
    var promise: String { "Every folder of a module has a folder of tests." }

    /// Folders that need none of their own, each with the reason.
    var exempt: [String: String] = [:]

    func offences(in tree: RepositoryTree) -> [Offence] {
        let holdingSwift = Set(tree.paths.filter { $0.hasSuffix(".swift") }.compactMap(folder))
        let missing = holdingSwift.filter { $0.hasPrefix("Sources/") && exempt[$0] == nil }
            .map { (folder: $0, tests: tests(of: $0)) }
            .filter { pair in !holdingSwift.contains(pair.tests) }
            .map { Offence(path: $0.folder, line: 1, message: "no tests in \($0.tests)") }
        let stale = exempt.keys.filter { !holdingSwift.contains($0) }
            .map { Offence(path: $0, line: 1, message: "is exempt from tests and does not exist") }
        return (missing + stale).sorted { $0.path < $1.path }
    }

    /// `Sources/Sennit/Wire/Coder/A.swift` is in `Sources/Sennit/Wire`; files at a module's root are in no folder.
    private func folder(of path: String) -> String? {
        let parts = path.split(separator: "/")
        return parts.count < 4 ? nil : parts.prefix(3).joined(separator: "/")
    }

    private func tests(of folder: String) -> String {
        let parts = folder.split(separator: "/")
        return "Tests/\(parts[1])Tests/\(parts[2])"
    }
}

struct TestFoldersTests {
    private func offences(_ paths: [String], exempt: [String: String] = [:]) -> [String] {
        let tree = RepositoryTree(files: paths.map { RepositoryFile($0, "") })
        return TestFolders(exempt: exempt).offences(in: tree).map(\.path)
    }

    @Test func `a folder without tests`() {
        #expect(offences(["Sources/A/B/C.swift", "Tests/ATests/D/C.swift"]) == ["Sources/A/B"])
        #expect(offences(["Sources/A/B/C.swift", "Tests/ATests/B/sample.json"]) == ["Sources/A/B"])
    }

    @Test func `a folder with tests`() {
        #expect(offences(["Sources/A/B/C.swift", "Sources/A/B/D/E.swift", "Tests/ATests/B/CTests.swift"]) == [])
        #expect(offences(["Sources/A/A.swift", "Sources/A/A.docc/A.md"]) == [])
    }

    @Test func `exemptions must be of use`() {
        #expect(offences(["Sources/A/B/C.swift"], exempt: ["Sources/A/B": "constants only"]) == [])
        #expect(offences([], exempt: ["Sources/A/B": "constants only"]) == ["Sources/A/B"])
    }
}
