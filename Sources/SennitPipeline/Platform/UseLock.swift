import Sennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A lock on a file that either many processes hold together or one alone, and that the system lifts when a process
/// ends in any way.
///
/// The file stays when it is let go.
struct UseLock: ~Copyable, Sendable {
    private let file: FileDescriptor

    /// Takes the lock together with others; waits up to ten seconds for one who holds it alone, and gives nil then.
    static func shared(_ path: String) throws(SystemError) -> UseLock? {
        let file = try opened(path)
        for _ in 0..<1000 {
            if try lock(file, LOCK_SH, path) { return UseLock(file: file) }
            usleep(10_000)
        }
        return nil
    }

    /// Takes the lock alone, or gives nil when anybody holds it.
    static func alone(_ path: String) throws(SystemError) -> UseLock? {
        let file = try opened(path)
        return try lock(file, LOCK_EX, path) ? UseLock(file: file) : nil
    }

    /// A child that was being started at that moment may have the file for a while longer, but not the lock.
    deinit { flock(file.rawValue, LOCK_UN) }

    private static func opened(_ path: String) throws(SystemError) -> FileDescriptor {
        // Safety: the path is a C string that Swift keeps for the length of the call.
        let file = FileDescriptor(adopting: unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644))
        guard file.rawValue >= 0 else { throw SystemError(code: errno, operation: "open \(path)") }
        return file
    }

    private static func lock(
        _ file: borrowing FileDescriptor, _ kind: Int32, _ path: String
    ) throws(SystemError) -> Bool {
        if flock(file.rawValue, kind | LOCK_NB) == 0 { return true }
        if errno == EWOULDBLOCK { return false }
        throw SystemError(code: errno, operation: "flock \(path)")
    }
}
