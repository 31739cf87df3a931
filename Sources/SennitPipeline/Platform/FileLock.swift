package import Sennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A lock on a file that one process at a time holds, and that the system lifts when the process ends in any way.
///
/// Letting it go removes the file.
package struct FileLock: ~Copyable, Sendable {
    private let file: FileDescriptor
    private let path: String

    /// Takes the lock, or gives nil when another process holds it.
    package init?(_ path: String) throws(SystemError) {
        while true {
            // Safety: the path is a C string that Swift keeps for the length of the call.
            let file = FileDescriptor(adopting: unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644))
            guard file.rawValue >= 0 else { throw SystemError(code: errno, operation: "open \(path)") }
            guard flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 else {
                if errno == EWOULDBLOCK { return nil }
                throw SystemError(code: errno, operation: "flock \(path)")
            }
            // Its last holder may have removed the file between the two calls.
            guard FileSystem.status(path)?.inode == FileLock.inode(of: file) else { continue }
            self.file = file
            self.path = path
            return
        }
    }

    deinit { try? FileSystem.remove(path) }

    /// Whether some process has the lock at this moment.
    ///
    /// One that may not be looked at counts as held.
    package static func isHeld(_ path: String) -> Bool {
        // Safety: the path is a C string that Swift keeps for the length of the call.
        let file = FileDescriptor(adopting: unsafe open(path, O_RDONLY | O_CLOEXEC))
        guard file.rawValue >= 0 else { return errno != ENOENT }
        // A lock that is got here is let go with the descriptor.
        return flock(file.rawValue, LOCK_SH | LOCK_NB) != 0
    }

    private static func inode(of file: borrowing FileDescriptor) -> UInt64? {
        // Safety: the call fills a local variable and keeps no pointer.
        var info = stat()
        return unsafe fstat(file.rawValue, &info) == 0 ? UInt64(info.st_ino) : nil
    }
}
