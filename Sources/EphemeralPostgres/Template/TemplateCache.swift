import ByteText
import Sennit
import Synchronization

/// The prepared data directories of this user: each is made once, whoever asks first.
struct TemplateCache {
    private let directory: String
    private let binaries: ServerBinaries
    private let key: TemplateKey
    private let maker: TemplateMaker

    /// Templates that this process has opened, by path, each with what tells that file from a later one.
    private static let opened = Mutex<[String: (status: FileSystem.Status, template: Template)]>([:])

    init(_ options: PostgresOptions, _ binaries: ServerBinaries, _ account: ProcessAccount?) throws {
        self.binaries = binaries
        directory = try Self.directory(options)
        key = try TemplateKey(
            binaries, keepsTemplateDatabases: options.keepsTemplateDatabases, locale: options.locale)
        maker = TemplateMaker(
            binaries: binaries, account: account, keepsTemplateDatabases: options.keepsTemplateDatabases,
            locale: options.locale)
    }

    private var path: String { "\(directory)/\(key.name).template" }

    /// The template, made now if nobody has made it yet or if the one that is there is damaged.
    func template(_ flag: CancellationFlag) throws -> Template {
        if let template = known() { return template }
        let lock = try lock(flag)
        defer { withExtendedLifetime(lock) {} }
        // Whoever held the lock before may have made it.
        if let template = known() { return template }
        removeDrafts()
        let archive = try maker.make(flag)
        let draft = "\(directory)/\(key.name).\(ProcessIdentity.current)\(Self.draftEnding)"
        do {
            try FileSystem.create(draft, archive)
            try FileSystem.move(draft, to: path)
        } catch {
            FileSystem.removeFile(draft)
            throw EphemeralPostgresError(.templateFailed, "cannot keep it in \(directory): \(error)")
        }
        guard let template = known() else {
            throw EphemeralPostgresError(.templateFailed, "what was written to \(path) cannot be read back")
        }
        return template
    }

    private static let draftEnding = ".draft"

    /// Removes what processes have left that were killed while they wrote this template; whoever holds its lock is
    /// the only one to write it.
    private func removeDrafts() {
        for name in FileSystem.names(in: directory) where name.hasPrefix(key.name + ".") {
            if name.hasSuffix(Self.draftEnding) { FileSystem.removeFile("\(directory)/\(name)") }
        }
    }

    /// The template if it is there and whole.
    private func known() -> Template? {
        guard let status = FileSystem.status(path) else { return nil }
        if let known = Self.opened.withLock({ $0[path] }), known.status == status { return known.template }
        guard let template = Template(path) else { return nil }
        Self.opened.withLock { $0[path] = (status, template) }
        return template
    }

    private func lock(_ flag: CancellationFlag) throws -> FileLock {
        while true {
            do {
                if let lock = try FileLock.acquire("\(directory)/\(key.name).lock") { return lock }
            } catch {
                throw EphemeralPostgresError(.templateFailed, "cannot lock in \(directory): \(error)")
            }
            try flag.check()
            SystemThread.pause(nanoseconds: 10_000_000)
        }
    }

    /// Where templates are kept; it is made if it is not there.
    private static func directory(_ options: PostgresOptions) throws -> String {
        let candidates: [String?] = [
            options.cacheDirectory,
            Environment.value("XDG_CACHE_HOME").map { "\($0)/sennit/postgres" },
            (Environment.value("HOME") ?? Account.numbered(Account.effectiveUser)?.home).map {
                "\($0)/.cache/sennit/postgres"
            },
            "/tmp/sennit-postgres-cache-\(Account.effectiveUser)",
        ]
        var problem = "no candidate"
        for case let path? in options.cacheDirectory == nil ? candidates : [options.cacheDirectory] {
            guard PathText.isAbsolute(path) else { continue }
            do {
                try FileSystem.makeDirectories(path, mode: 0o700)
                // Somebody else's directory could hold a template of theirs.
                guard let status = FileSystem.status(path), status.isDirectory,
                    status.owner == Account.effectiveUser, status.permissions & 0o022 == 0
                else {
                    problem = "\(path) is not this user's alone"
                    continue
                }
                if FileSystem.isWritable(path) { return path }
                problem = "\(path) cannot be written to"
            } catch {
                problem = "\(error)"
            }
        }
        throw EphemeralPostgresError(
            .templateFailed, "there is no directory to keep it in: \(problem). Set cacheDirectory in the options")
    }
}
