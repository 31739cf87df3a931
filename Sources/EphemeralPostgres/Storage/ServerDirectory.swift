import ByteText
package import Sennit

/// The private directory of one server: its data, its log and its socket.
///
/// Beside it lies a lock file. Whoever holds that, the owner or its guardian, lives; a directory whose lock nobody
/// holds is a dead owner's and may be removed by anybody.
package final class ServerDirectory: Sendable {
    /// Below a directory of this user's that holds nothing else.
    package let path: String
    private let lock: FileLock

    /// What a lock file's name ends with.
    private static let lockEnding = ".lock"
    /// The longest path of a Unix socket on Linux, without the zero at its end; macOS has four bytes less.
    package static let longestSocketPath = 103

    private init(path: String, lock: FileLock) {
        self.path = path
        self.lock = lock
    }

    var dataPath: String { "\(path)/data" }
    var logPath: String { "\(path)/log" }

    /// A descriptor that keeps the directory from being swept for as long as it is open anywhere.
    var lockDescriptor: Int32 { lock.descriptor }

    /// Makes an empty directory in the best place that there is, for an account or, with nil, for this process's user.
    package static func make(_ storage: PostgresStorage, _ account: ProcessAccount?) throws -> ServerDirectory {
        try makeDirectory(in: StorageBase.find(storage, for: account), account)
    }

    /// Makes an empty directory for a data directory that is not to be run from, wherever there is room for one.
    static func makeForTemplate(_ account: ProcessAccount?) throws -> ServerDirectory {
        let base = try StorageBase.findForTemplate(account)
        sweep(in: base, but: nil)
        return try makeDirectory(in: base, account)
    }

    private static func makeDirectory(in base: String, _ account: ProcessAccount?) throws -> ServerDirectory {
        do {
            return try make(in: base, account)
        } catch let error as SystemError {
            throw EphemeralPostgresError(.noDirectory, "\(error)")
        }
    }

    private static func make(in base: String, _ account: ProcessAccount?) throws -> ServerDirectory {
        while true {
            let path = "\(base)/\(randomName())"
            guard let lock = try FileLock.acquire(path + lockEnding) else { continue }
            guard path.utf8.count + "/.s.PGSQL.65535".utf8.count <= longestSocketPath else {
                lock.remove()
                throw EphemeralPostgresError(
                    .socketPathTooLong,
                    """
                    \(path)/.s.PGSQL.5432 has more than the \(longestSocketPath) bytes that the system allows; choose \
                    a storage directory with a shorter path
                    """)
            }
            do {
                try FileSystem.makeDirectory(path, mode: 0o700)
                if let account { try FileSystem.changeOwner(path, to: account) }
            } catch {
                DirectoryRemoval.remove(path)
                lock.remove()
                if error.isAlreadyThere { continue }
                throw error
            }
            return ServerDirectory(path: path, lock: lock)
        }
    }

    /// Eight letters and digits.
    private static func randomName() -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyz234567")
        return String((0..<8).map { _ in letters[Int.random(in: 0..<letters.count)] })
    }

    /// Removes the directory and its lock.
    package func remove() { Self.remove(path) }

    /// Has the directory stay when this process is gone.
    func release() { Self.release(path) }

    /// The file in which the server of a directory says how it stands.
    static func postmasterPath(_ path: String) -> String { "\(path)/data/postmaster.pid" }

    /// Removes what a server that is ending has stored, which is most of its files.
    static func removeTables(_ path: String) { DirectoryRemoval.remove("\(path)/data/base") }

    /// Removes a server's directory, and what the server has left elsewhere if it was killed.
    static func remove(_ path: String) {
        if let segment = PostmasterFile.read(postmasterPath(path))?.sharedMemory {
            SharedMemoryRemains.remove(segment)
        }
        DirectoryRemoval.remove(path)
        FileSystem.removeFile(path + lockEnding)
    }

    /// Has a directory stay when its owner is gone.
    static func release(_ path: String) { FileSystem.removeFile(path + lockEnding) }

    /// Removes the directories of dead owners beside one, and wherever else this user's servers may have been.
    static func sweepEverywhere(but path: String) {
        sweep(beside: path)
        for base in StorageBase.present { sweep(in: base, but: path) }
    }

    /// Removes the directories of dead owners beside one.
    ///
    /// - Returns: How many there were.
    @discardableResult
    package static func sweep(beside path: String) -> Int {
        guard let base = path.bytes.cut(atLast: "/")?.before else { return 0 }
        return sweep(in: base.string, but: path)
    }

    @discardableResult
    private static func sweep(in base: String, but path: String?) -> Int {
        var count = 0
        for name in FileSystem.names(in: base) {
            guard let other = name.bytes.withoutEnd(lockEnding.bytes).map({ "\(base)/\($0)" }),
                other.bytes != path?.bytes, let lock = try? FileLock.acquire("\(base)/\(name)")
            else { continue }
            withExtendedLifetime(lock) { remove(other) }
            count += 1
        }
        return count
    }
}
