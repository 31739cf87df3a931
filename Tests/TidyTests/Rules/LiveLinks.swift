import Testing

struct LiveLinks: HouseRule {
    var promise: String { "Every relative link in a document leads to a file, and every anchor to a heading." }

    func offences(in tree: RepositoryTree) -> [Offence] {
        let documents = tree.files.filter(\.isMarkdown)
        let anchors = Dictionary(uniqueKeysWithValues: documents.map { ($0.path, Markdown.anchors(in: $0.lines)) })
        return documents.flatMap { document in
            Markdown.links(in: document.lines).compactMap { link in
                guard let message = fault(in: link.target, of: document.path, tree: tree, anchors: anchors) else {
                    return nil
                }
                return document.offence(link.line, message)
            }
        }
    }

    private func fault(
        in target: String,
        of document: String,
        tree: RepositoryTree,
        anchors: [String: Set<String>]
    ) -> String? {
        // Addresses and the links of DocC (`doc:Name`) have a scheme; DocC checks its own.
        guard !target.contains(":") else { return nil }
        let parts = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let path = parts[0].isEmpty ? document : resolve(parts[0], from: document)
        guard let path, tree.contains(path) else { return "dead link: \(target)" }
        guard parts.count == 2, let known = anchors[path] else { return nil }
        return known.contains(parts[1].lowercased()) ? nil : "no heading for the anchor of \(target)"
    }

    /// The path from the root, or `nil` if it leads out of the repository.
    private func resolve(_ target: Substring, from document: String) -> String? {
        guard !target.hasPrefix("/") else { return nil }
        var parts = document.split(separator: "/").dropLast()
        for part in target.split(separator: "/") where part != "." {
            if part != ".." {
                parts.append(part)
            } else if parts.popLast() == nil {
                return nil
            }
        }
        return parts.joined(separator: "/")
    }
}

struct LiveLinksTests {
    private func lines(_ text: String) -> [Int] {
        let other = RepositoryFile("docs/other.md", "# A heading\n")
        let tree = RepositoryTree(files: [RepositoryFile("docs/a.md", text), other], otherPaths: ["scripts/run"])
        return LiveLinks().offences(in: tree).map(\.line)
    }

    @Test(
        arguments: [
            "other.md", "./other.md#a-heading", "../scripts/run", "../scripts/", "..", "https://example.com/a", "doc:A",
        ]
    )
    func `live`(target: String) {
        #expect(lines("[a](\(target))") == [])
    }

    @Test(arguments: ["none.md", "/docs/other.md", "../../x", "other.md#none", "#none"])
    func `dead`(target: String) {
        #expect(lines("# Title\n[a](\(target))") == [2])
    }
}
