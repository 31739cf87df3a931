import Testing

struct MachinePaths: FileRule {
    var promise: String { "No file names a path that only one machine has." }

    private static let roots = ["home", "root", "Users", "work", "workspace", "tmp/w"].map { "/" + $0 + "/" }

    func covers(_ file: RepositoryFile) -> Bool { true }

    func offences(in file: RepositoryFile) -> [Offence] {
        // One look at the whole file spares most files the look at each line.
        guard Self.roots.contains(where: file.text.contains) else { return [] }
        return file.lines.enumerated().compactMap { index, line in
            guard let root = Self.roots.first(where: { starts(with: $0, somewhereIn: line) }) else { return nil }
            return file.offence(index + 1, "a path that starts with \(root)")
        }
    }

    /// The root at the start of a path: `a/home/b`, `$HOME/work/` and `example.com/home/` hold none.
    private func starts(with root: String, somewhereIn line: Substring) -> Bool {
        line.ranges(of: root).contains { range in
            guard range.lowerBound > line.startIndex else { return true }
            let before = line[line.index(before: range.lowerBound)]
            return !before.isLetter && !before.isNumber && !"._-}*~)".contains(before)
        }
    }
}

struct MachinePathsTests {
    private func lines(_ text: String) -> [Int] { MachinePaths().lines(in: "README.md", text) }

    // The samples are put together here so that this file keeps the rule.
    @Test(arguments: ["home", "root", "Users", "work"])
    func `a path of one machine`(root: String) {
        let path = "/" + root + "/a/b"
        #expect(lines("a\nSee \(path).") == [2])
        #expect(lines("\(path)\n\"\(path)\"") == [1, 2])
    }

    @Test func `paths that any machine may have`() {
        #expect(lines("/usr/bin/env, ./work/a, $HOME/work/a, a/root/b, https://example.com/home/, /homework/") == [])
    }
}
