import Sennit

/// What tells one prepared data directory from another.
struct TemplateKey: Sendable, Hashable {
    /// Changes whenever `TemplateMaker` makes something else than before.
    private static let recipe = 5

    /// A file name without an ending.
    let name: String

    /// Installations count as the same while their server program is the very same file.
    init(_ binaries: ServerBinaries, keepsTemplateDatabases: Bool, locale: PostgresLocale) throws {
        let path = binaries.path("postgres")
        guard let program = FileSystem.resolved(path), let status = FileSystem.status(program) else {
            throw EphemeralPostgresError(.notInstalled, "\(path) is gone")
        }
        let identity = "\(program) \(status.size) \(status.modified) \(status.device) \(status.inode) \(locale)"
        // Safety: the digest reads the string's own bytes.
        let digest = unsafe TemplateDigest.of(identity.utf8Span.span.bytes)
        let kind = keepsTemplateDatabases ? "full" : "slim"
        name = "\(binaries.version.map { "\($0)-" } ?? "")\(kind)-\(Self.recipe)-\(String(digest, radix: 36))"
    }
}
