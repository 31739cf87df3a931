import ByteText
import Sennit

/// The programs of one PostgreSQL installation.
package struct ServerBinaries: Sendable, Hashable {
    /// The directory that holds them.
    package var directory: String
    /// The first number of the version, if the directory's name or the program says so.
    package var version: Int?

    func path(_ program: String) -> String { "\(directory)/\(program)" }

    /// Whether a server can be prepared and run from there.
    var isComplete: Bool { FileSystem.isExecutable(path("postgres")) && FileSystem.isExecutable(path("initdb")) }
}

/// Where installations are looked for.
package struct SearchPlaces: Sendable {
    /// Directories whose entries are versions: the path before the version, what the version's name starts with, and
    /// the path behind it.
    package var layouts: [(before: String, prefix: String, after: String)]
    /// Directories of programs, separated by colons.
    package var path: String

    package init(layouts: [(before: String, prefix: String, after: String)], path: String) {
        self.layouts = layouts
        self.path = path
    }

    /// Debian's, Red Hat's and Homebrew's places, and `PATH`.
    package static var machine: SearchPlaces {
        SearchPlaces(
            layouts: [
                ("/usr/lib/postgresql", "", "bin"), ("/usr", "pgsql-", "bin"),
                ("/opt/homebrew/opt", "postgresql@", "bin"), ("/usr/local/opt", "postgresql@", "bin"),
            ], path: Environment.value("PATH") ?? "")
    }

    /// Every installation under a directory named after its version, newest first.
    func versioned() -> [ServerBinaries] {
        let found = layouts.flatMap { layout in
            FileSystem.names(in: layout.before).compactMap { name -> ServerBinaries? in
                guard let version = name.bytes.withoutStart(layout.prefix.bytes).flatMap({ Int($0.text) }) else {
                    return nil
                }
                return ServerBinaries(directory: "\(layout.before)/\(name)/\(layout.after)", version: version)
            }
        }
        return found.filter(\.isComplete).sorted { ($0.version ?? 0) > ($1.version ?? 0) }
    }

    /// Installations whose version only they themselves know: in `PATH`, or where a `pg_config` in it points to.
    func unversioned() -> [ServerBinaries] {
        let parts = path.bytes.parts(at: ":").filter { $0.hasStart("/") }
        let direct = parts.compactMap { part -> ServerBinaries? in
            guard let program = FileSystem.resolved("\(part)/postgres") else { return nil }
            return ServerBinaries(directory: PathText.split(program).folder)
        }
        let configured = parts.compactMap { part -> ServerBinaries? in
            let program = "\(part)/pg_config"
            guard FileSystem.isExecutable(program), let output = try? Tool(program, ["--bindir"]).run().text
            else { return nil }
            return ServerBinaries(directory: output.bytes.trimmed.lines.first?.string ?? "")
        }
        return (direct + configured).filter(\.isComplete)
    }
}

extension ServerBinaries {
    /// The installation that the options ask for.
    ///
    /// - Throws: ``EphemeralPostgresError`` that says what was searched and what to install.
    package static func find(
        _ options: PostgresOptions, in places: @autoclosure () -> SearchPlaces = .machine
    ) throws -> ServerBinaries {
        if let directory = options.binaries {
            let chosen = ServerBinaries(directory: directory)
            guard chosen.isComplete else {
                throw EphemeralPostgresError(
                    .notInstalled,
                    """
                    there are no programs 'postgres' and 'initdb' in \(directory). Install them, on Debian with \
                    'apt-get install postgresql', which puts them into /usr/lib/postgresql/*/bin
                    """)
            }
            return try chosen.checked(options.version)
        }
        let places = places()
        let versioned = places.versioned()
        guard let wanted = options.version else {
            if let newest = versioned.first ?? places.unversioned().first { return newest }
            throw EphemeralPostgresError(
                .notInstalled,
                """
                looked in /usr/lib/postgresql/*/bin, in PATH and where pg_config points to. Install it, on Debian with \
                'apt-get install postgresql', or say in the options where its programs are
                """)
        }
        if let match = versioned.first(where: { $0.version == wanted }) { return match }
        if let match = places.unversioned().first(where: { $0.measuredVersion() == wanted }) { return match }
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
        let words = output.bytes.words
        return words.lazy.compactMap { word in Int(word.parts(at: ".")[0].text) }.first
    }
}
