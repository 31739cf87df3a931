import ByteText
import Sennit

/// The directory of this user's in which the servers' directories are.
enum StorageBase {
    /// How much a memory file system must have to spare to be chosen unasked.
    static let memoryWanted: UInt64 = 256 << 20

    /// Finds or makes it, so that another user can pass through if `isEntered`, as whom the server runs.
    static func find(_ storage: PostgresStorage, isEntered: Bool) throws -> String {
        let candidates: [String]
        switch storage {
        case .automatic: candidates = memoryDirectories(wanted: memoryWanted) + diskDirectories()
        case .memory: candidates = memoryDirectories(wanted: 32 << 20)
        case .disk: candidates = diskDirectories()
        case .directory(let path): candidates = [path]
        }
        var problems: [String] = []
        for candidate in candidates {
            switch make(in: candidate, isEntered: isEntered) {
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

    private static func make(in parent: String, isEntered: Bool) -> Outcome {
        guard PathText.isAbsolute(parent) else { return .refused("the path must be absolute") }
        guard FileSystem.isDirectory(parent) else { return .refused("there is no such directory; make it first") }
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
        guard isEntered, status.permissions & 0o011 != 0o011 else { return .made(path) }
        do {
            try FileSystem.changeMode(path, 0o711)
        } catch {
            return .refused("\(error)")
        }
        return .made(path)
    }
}
