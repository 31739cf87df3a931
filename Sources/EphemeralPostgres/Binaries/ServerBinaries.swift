import Sennit

/// The programs of one PostgreSQL installation.
struct ServerBinaries: Sendable, Hashable {
    /// The directory that holds them.
    var directory: String
    /// The first number of the version, if the directory's name or the program says so.
    var version: Int?

    func path(_ program: String) -> String { "\(directory)/\(program)" }

    /// Whether a server can be prepared and run from there.
    var isComplete: Bool { FileSystem.isExecutable(path("postgres")) && FileSystem.isExecutable(path("initdb")) }
}

extension ServerBinaries {
    /// Where systems keep PostgreSQL, with the version in place of the star: Debian's, Red Hat's, Homebrew's.
    private static let layouts = [
        (before: "/usr/lib/postgresql", prefix: "", after: "bin"),
        (before: "/usr", prefix: "pgsql-", after: "bin"),
        (before: "/opt/homebrew/opt", prefix: "postgresql@", after: "bin"),
        (before: "/usr/local/opt", prefix: "postgresql@", after: "bin"),
    ]

    /// Every installation under a directory named after its version, newest first.
    static func versioned() -> [ServerBinaries] {
        let found = layouts.flatMap { layout in
            FileSystem.names(in: layout.before).compactMap { name -> ServerBinaries? in
                guard name.hasPrefix(layout.prefix), let version = Int(name.dropFirst(layout.prefix.count)) else {
                    return nil
                }
                return ServerBinaries(directory: "\(layout.before)/\(name)/\(layout.after)", version: version)
            }
        }
        return found.filter(\.isComplete).sorted { ($0.version ?? 0) > ($1.version ?? 0) }
    }

    /// Installations in the directories of `PATH`, whose version only they themselves know.
    static func inSearchPath(_ path: String? = Environment.value("PATH")) -> [ServerBinaries] {
        (path ?? "").split(separator: ":").compactMap { part -> ServerBinaries? in
            guard part.hasPrefix("/"), let program = FileSystem.resolved("\(part)/postgres"),
                let slash = program.lastIndex(of: "/")
            else { return nil }
            return ServerBinaries(directory: String(program[..<slash]))
        }
        .filter(\.isComplete)
    }

    /// The installation that the options ask for.
    ///
    /// - Throws: ``EphemeralPostgresError`` that says what was searched and what to install.
    static func find(_ options: PostgresOptions) throws -> ServerBinaries {
        if let directory = options.binaries {
            let chosen = ServerBinaries(directory: directory)
            guard chosen.isComplete else {
                throw EphemeralPostgresError(
                    .notInstalled, "there are no programs 'postgres' and 'initdb' in \(directory)")
            }
            return try chosen.checked(options.version)
        }
        let versioned = versioned()
        guard let wanted = options.version else {
            if let newest = versioned.first ?? inSearchPath().first ?? ofConfigurationProgram() { return newest }
            throw EphemeralPostgresError(
                .notInstalled,
                """
                looked in /usr/lib/postgresql/*/bin, in PATH and where pg_config points to. Install it, on Debian with \
                'apt-get install postgresql', or say in the options where its programs are
                """)
        }
        if let match = versioned.first(where: { $0.version == wanted }) { return match }
        let others = inSearchPath() + [ofConfigurationProgram()].compactMap { $0 }
        if let match = others.first(where: { $0.measuredVersion() == wanted }) { return match }
        let there = versioned.compactMap(\.version).map(String.init).joined(separator: ", ")
        throw EphemeralPostgresError(
            .notInstalled,
            """
            version \(wanted) is not on this machine\(there.isEmpty ? "" : ", which has \(there)"). Install it, on \
            Debian with 'apt-get install postgresql-\(wanted)', or ask for another version
            """)
    }

    private func checked(_ wanted: Int?) throws -> ServerBinaries {
        guard let wanted, let found = measuredVersion(), wanted != found else { return self }
        throw EphemeralPostgresError(
            .notInstalled, "\(path("postgres")) is version \(found), and version \(wanted) was asked for")
    }

    /// What the program itself says.
    private func measuredVersion() -> Int? {
        guard let output = try? Tool(path("postgres"), ["--version"]).run().text else { return nil }
        // As in "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)".
        let words = output.split(whereSeparator: \.isWhitespace)
        return words.lazy.compactMap { word in word.split(separator: ".").first.flatMap { Int($0) } }.first
    }

    private static func ofConfigurationProgram() -> ServerBinaries? {
        for part in (Environment.value("PATH") ?? "").split(separator: ":") {
            let program = "\(part)/pg_config"
            guard FileSystem.isExecutable(program), let output = try? Tool(program, ["--bindir"]).run().text
            else { continue }
            let found = ServerBinaries(directory: String(output.drop { $0.isWhitespace }.prefix { !$0.isNewline }))
            if found.isComplete { return found }
        }
        return nil
    }
}
