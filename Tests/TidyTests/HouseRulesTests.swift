import Testing

/// Folders whose code is tested through real pools, in Behaviours, Failures and Pool: alone they would need a second
/// set of fakes that shows nothing about processes.
private let testedThroughPools: [String: String] = Dictionary(
    uniqueKeysWithValues: [
        "Sources/Sennit/Driver", "Sources/Sennit/Link", "Sources/Sennit/Map", "Sources/Sennit/Task",
        "Sources/Sennit/Worker", "Sources/SennitTesting/Seeds",
    ].map { ($0, "tested through real pools") }
        + ["Sources/PostgresClient/PrivateServer", "Sources/PostgresClient/Script"]
        .map { ($0, "tested through real servers, in EphemeralPostgresTests") })

/// Every rule that the repository keeps.
private let houseRules: [any HouseRule] = [
    FileLength(), FunctionLength(), LineWidth(), FileNames(), Whitespace(),
    PlainWords(), UnfinishedWork(), CommentedOutCode(),
    UncheckedClaims(), SafetyNotes(), ForcedOperations(),
    CoreImports(), PlatformConditions(), TestSleeps(), TestFolders(exempt: testedThroughPools),
    LiveLinks(), NamedTests(), MachinePaths(), GeneratedFiles(), ScriptShape(), SliceBoundaries(), TextBoundaries(),
    TerminalWriting(),
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
