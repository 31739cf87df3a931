import Testing

/// Every rule that the repository keeps.
private let houseRules: [any HouseRule] = [
    FileLength(), FunctionLength(), LineWidth(), FileNames(), Whitespace(),
    PlainWords(), UnfinishedWork(), CommentedOutCode(),
    UncheckedClaims(), SafetyNotes(), ForcedOperations(),
    CoreImports(), PlatformConditions(), TestSleeps(), TestFolders(),
    LiveLinks(), MachinePaths(), GeneratedFiles(), ScriptShape(),
]

struct HouseRulesTests {
    private static let tree = Result { try RepositoryTree.load() }

    @Test(arguments: houseRules)
    func `the repository keeps the rule`(rule: any HouseRule) throws {
        let offences = rule.offences(in: try Self.tree.get())
        guard !offences.isEmpty else { return }
        Issue.record("\(rule.promise)\n\(offences.map(\.description).joined(separator: "\n"))")
    }
}
