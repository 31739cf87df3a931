import Testing

struct UncheckedClaims: FileRule {
    var promise: String { "`@unchecked Sendable` and `nonisolated(unsafe)` say in a comment why they are right." }

    private static let claims = [
        "@unchecked Sendable": ["@", "unchecked", "Sendable"],
        "nonisolated(unsafe)": ["nonisolated", "(", "unsafe", ")"],
    ]
    /// A reason speaks about one of these; a comment that only says what the type is does not.
    private static let subjects = [
        "sendable", "unchecked", "safe", "thread", "lock", "mutex", "atomic", "immutable", "race", "isolat", "because",
        "concurren", "only ", "never ",
    ]

    func covers(_ file: RepositoryFile) -> Bool { file.isSwift }

    func offences(in file: RepositoryFile) -> [Offence] {
        let offences = Self.claims.flatMap { name, tokens in
            file.source.positions(of: tokens).compactMap { position -> Offence? in
                let line = file.source.tokens[position].line
                let comment = file.source.comment(about: line).lowercased()
                guard !Self.subjects.contains(where: comment.contains) else { return nil }
                return file.offence(line, "'\(name)' without a comment that says why no data race can follow")
            }
        }
        return offences.sorted { $0.line < $1.line }
    }
}

struct UncheckedClaimsTests {
    @Test func `a reason on the line or above`() {
        let text = """
            // The lock guards every field.
            final class A: @unchecked Sendable {}

            nonisolated(unsafe) var b = 1  // Set once, before any thread starts.
            """
        #expect(UncheckedClaims().lines(in: "A.swift", text) == [])
    }

    @Test func `no reason`() {
        let text = """
            /// A queue of tasks.
            final class A: B,
                @unchecked Sendable
            {
                nonisolated(unsafe) var c = 1
            }
            """
        #expect(UncheckedClaims().lines(in: "A.swift", text) == [3, 5])
    }
}
