import Testing

/// A rule that the whole repository keeps.
///
/// Rules are pure: the same tree gives the same offences.
protocol HouseRule: Sendable, CustomTestStringConvertible {
    /// What holds everywhere, as one plain sentence. It names the test.
    var promise: String { get }

    /// Every place where the rule does not hold.
    func offences(in tree: RepositoryTree) -> [Offence]
}

extension HouseRule {
    var testDescription: String { promise }
}

/// A rule that looks at one file at a time.
protocol FileRule: HouseRule {
    /// Whether the rule speaks about a file.
    func covers(_ file: RepositoryFile) -> Bool

    /// Every place in a covered file where the rule does not hold.
    func offences(in file: RepositoryFile) -> [Offence]
}

extension FileRule {
    func offences(in tree: RepositoryTree) -> [Offence] {
        tree.files.filter(covers).flatMap(offences)
    }

    /// The lines of the offences in one file made of the given text; empty if the rule does not cover it.
    func lines(in path: String, _ text: String, isExecutable: Bool = false) -> [Int] {
        let file = RepositoryFile(path, text, isExecutable: isExecutable)
        return covers(file) ? offences(in: file).map(\.line) : []
    }
}
