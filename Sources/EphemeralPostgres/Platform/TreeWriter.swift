import Sennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

// Safety: names are C strings for the length of a call; bytes are lent by the archive's mapping, which the caller
// holds.
/// Lays out the files of a prepared data directory.
final class TreeWriter {
    private let root: FileDescriptor
    private let path: String

    /// Opens the directory.
    init(_ path: String) throws(SystemError) {
        root = try FileSystem.open(path, O_RDONLY | O_DIRECTORY)
        self.path = path
    }

    func write(_ entry: TemplateEntry, _ bytes: RawSpan) throws(SystemError) {
        if entry.isDirectory {
            guard unsafe mkdirat(root.rawValue, entry.path, 0o700) == 0 else { throw failure("mkdir", entry) }
            return
        }
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
        let descriptor = unsafe openat(root.rawValue, entry.path, flags, 0o600)
        guard descriptor >= 0 else { throw failure("open", entry) }
        let file = FileDescriptor(adopting: descriptor)
        try FileSystem.write(bytes.extracting(entry.content), to: file.rawValue, "\(path)/\(entry.path)")
        if entry.size > entry.content.count, ftruncate(file.rawValue, off_t(entry.size)) != 0 {
            throw failure("ftruncate", entry)
        }
    }

    private func failure(_ operation: String, _ entry: TemplateEntry) -> SystemError {
        SystemError(code: errno, operation: "\(operation) of \(path)/\(entry.path)")
    }
}
