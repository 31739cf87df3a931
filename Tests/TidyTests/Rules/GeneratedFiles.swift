import Testing

struct GeneratedFiles: HouseRule {
    var promise: String { "Nothing that a command can make again is committed." }

    private static let names: Set<Substring> = [
        "Package.resolved", ".build", ".swiftpm", ".venv", "__pycache__", ".DS_Store", "node_modules", "core",
    ]
    private static let endings = [
        ".o", ".a", ".so", ".pyc", ".profraw", ".profdata", ".swiftmodule", ".xcodeproj", ".doccarchive", ".log",
    ]

    func offences(in tree: RepositoryTree) -> [Offence] {
        tree.paths.filter(isGenerated).sorted().map {
            Offence(path: $0, line: 1, message: "is generated; do not commit it")
        }
    }

    private func isGenerated(_ path: String) -> Bool {
        // Fixtures may be anything.
        guard !path.contains("/Fixtures/") else { return false }
        return path.split(separator: "/").contains { part in
            Self.names.contains(part) || Self.endings.contains { part.hasSuffix($0) }
        }
    }
}

struct GeneratedFilesTests {
    private func isAllowed(_ path: String) -> Bool {
        GeneratedFiles().offences(in: RepositoryTree(files: [], otherPaths: [path])).isEmpty
    }

    @Test(arguments: ["Package.resolved", "Examples/A/Package.resolved", "a/.build/b", "a.o", "B/__pycache__/c.pyc"])
    func `generated`(path: String) {
        #expect(!isAllowed(path))
    }

    @Test(arguments: ["Package.swift", "Sources/A/B.swift", "Tests/ATests/Fixtures/a.log", ".gitignore"])
    func `written by hand`(path: String) {
        #expect(isAllowed(path))
    }
}
