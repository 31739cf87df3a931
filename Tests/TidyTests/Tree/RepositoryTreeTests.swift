import Testing

struct RepositoryTreeTests {
    @Test func `folders are known from the files in them`() {
        let tree = RepositoryTree(files: [RepositoryFile("a/b/c.md", "")], otherPaths: ["a/d/e.png"])
        #expect(tree.folders == ["", "a", "a/b", "a/d"])
        #expect(tree.contains("a/b/c.md"))
        #expect(tree.contains("a/d"))
        #expect(tree.contains("a/d/e.png"))
        #expect(!tree.contains("a/b/c"))
    }

    @Test func `the tree that holds this file is found`() throws {
        let tree = try RepositoryTree.load()
        #expect(tree.paths.contains("Package.swift"))
        #expect(tree.paths.contains("Tests/TidyTests/Tree/RepositoryTreeTests.swift"))
        #expect(!tree.folders.contains(".git"))
        #expect(!tree.folders.contains(".build"))
    }
}
