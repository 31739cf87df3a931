import ByteText
import Sennit

/// The directory of this user's in which the servers' directories are.
enum StorageBase {
    /// How much a memory file system must have to spare to be chosen unasked.
    static let memoryWanted: UInt64 = 256 << 20

    /// What a server without anything in it takes, with its log.
    static let leastWanted: UInt64 = 32 << 20
    /// What `initdb` makes before all is removed from it that nobody needs.
    static let templateWanted: UInt64 = 96 << 20

    /// Finds or makes it, so that an account can pass through, as whom the server runs.
    static func find(_ storage: PostgresStorage, for account: ProcessAccount?) throws -> String {
        switch storage {
        case .automatic:
            try first(of: memoryDirectories(wanted: memoryWanted) + diskDirectories(), account, leastWanted)
        case .memory: try first(of: memoryDirectories(wanted: leastWanted), account, leastWanted)
        case .disk: try first(of: diskDirectories(), account, leastWanted)
        // Whether there is room is the affair of whoever has named it.
        case .directory(let path): try first(of: [path], account, 0)
        }
    }

    /// Finds or makes it wherever there is room, on disk or in memory.
    static func findForTemplate(_ account: ProcessAccount?) throws -> String {
        try first(of: diskDirectories() + memoryDirectories(wanted: templateWanted), account, templateWanted)
    }

    private static func first(
        of candidates: [String], _ account: ProcessAccount?, _ wanted: UInt64
    ) throws -> String {
        var problems: [String] = []
        for candidate in candidates {
            switch make(in: candidate, account, wanted) {
            case .made(let path): return path
            case .refused(let reason): problems.append("\(candidate): \(reason)")
            }
        }
        if problems.isEmpty { problems = ["there is no memory file system with room"] }
        throw EphemeralPostgresError(.noDirectory, problems.joined(separator: "; "))
    }

    /// Those that are there, wherever servers may have been started without being told where.
    static var present: [String] {
        let parents = ["/dev/shm", "/run/user/\(Account.effectiveUser)"] + diskDirectories()
        return parents.map { "\($0)/sennit-postgres-\(Account.effectiveUser)" }.filter { path in
            FileSystem.status(path).map { $0.isDirectory && $0.owner == Account.effectiveUser } ?? false
        }
    }

    private static func memoryDirectories(wanted: UInt64) -> [String] {
        ["/dev/shm", "/run/user/\(Account.effectiveUser)"].filter { path in
            MemoryFileSystem.holds(path) && FileSystem.isWritable(path)
                && (FileSystem.freeBytes(path) ?? 0) >= wanted
        }
    }

    private static func diskDirectories() -> [String] {
        var paths = ["/tmp", "/var/tmp"]
        // A long one leaves no room for the socket's name.
        if let path = Environment.value("TMPDIR"), PathText.isAbsolute(path), path.utf8.count <= 40 {
            paths.insert(path, at: 0)
        }
        return paths
    }

    private enum Outcome {
        case made(String)
        /// Why not, in words.
        case refused(String)
    }

    private static func make(in parent: String, _ account: ProcessAccount?, _ wanted: UInt64) -> Outcome {
        let isEntered = account != nil
        guard PathText.isAbsolute(parent) else { return .refused("the path must be absolute") }
        guard FileSystem.isDirectory(parent) else { return .refused("there is no such directory; make it first") }
        if let free = FileSystem.freeBytes(parent), free < wanted {
            return .refused("it has \(free >> 20) MB of room, and \(wanted >> 20) MB are needed")
        }
        let user = Account.effectiveUser
        let path = (parent.bytes.withoutEnd("/")?.string ?? parent) + "/sennit-postgres-\(user)"
        do {
            try FileSystem.makeDirectory(path, mode: isEntered ? 0o711 : 0o700)
        } catch {
            // It may be there already; whose it is then, is looked at in any case.
            guard error.isAlreadyThere else { return .refused("\(error)") }
        }
        guard let status = FileSystem.status(path), status.isDirectory, status.owner == user,
            status.permissions & 0o022 == 0
        else { return .refused("\(path) is not this user's alone; remove it") }
        guard let account else { return .made(path) }
        do {
            if status.permissions & 0o011 != 0o011 { try FileSystem.changeMode(path, 0o711) }
            // In the place of the account, as the system itself sees its rights.
            let isReached = try FileSystem.acting(as: account) { FileSystem.isDirectory("\(path)/.") }
            if isReached { return .made(path) }
        } catch {
            return .refused("\(error)")
        }
        let name = Account.numbered(account.user)?.name ?? "\(account.user)"
        return .refused("the user '\(name)', as whom the server runs, may not enter it")
    }
}
