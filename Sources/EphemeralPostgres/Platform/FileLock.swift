import Sennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file that this process holds locked, until the last descriptor of it is closed, be it by the process's death.
final class FileLock: Sendable {
    /// Where the file is.
    let path: String
    private let file: FileDescriptor

    /// A descriptor of it, to be handed to another process, which then holds the lock as well.
    var descriptor: Int32 { file.rawValue }

    /// Makes the file if it is not there, and locks it without waiting; nil if somebody else holds it.
    static func acquire(_ path: String) throws(SystemError) -> FileLock? {
        while true {
            let file = try FileSystem.open(path, O_RDWR | O_CREAT | O_NOFOLLOW)
            if flock(file.rawValue, LOCK_EX | LOCK_NB) != 0 {
                if errno == EWOULDBLOCK { return nil }
                if errno == EINTR { continue }
                throw SystemError(code: errno, operation: "flock of \(path)")
            }
            let mine = FileSystem.status(of: file.rawValue)
            let there = FileSystem.status(path)
            // Whoever held it before may have removed the file: then nobody else sees the one that is locked now.
            if let mine, let there, mine.inode == there.inode, mine.device == there.device {
                return FileLock(path: path, file: file)
            }
        }
    }

    private init(path: String, file: consuming FileDescriptor) {
        self.path = path
        self.file = file
    }

    /// Removes the file, which stays locked for as long as this lives.
    func remove() { FileSystem.removeFile(path) }
}
