import ByteText
import Sennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

// Safety: every buffer handed to the system is borrowed for the call with its own size; strings are C strings for the
// length of a call; records are local variables that the call fills; a directory stream is closed where it was opened.
/// Files and directories, with failures that say which.
enum FileSystem {
    /// What is known of a file without opening it; a symbolic link is not followed.
    struct Status: Hashable {
        var isDirectory: Bool
        var isRegular: Bool
        var owner: UInt32
        var permissions: UInt32
        var size: UInt64
        var device: UInt64
        var inode: UInt64
        var modified: Int64
    }

    static func status(_ path: String) -> Status? {
        var record = stat()
        return unsafe lstat(path, &record) == 0 ? Status(record) : nil
    }

    static func status(of descriptor: Int32) -> Status? {
        var record = stat()
        return unsafe fstat(descriptor, &record) == 0 ? Status(record) : nil
    }

    static func isExecutable(_ path: String) -> Bool {
        unsafe access(path, X_OK) == 0 && status(resolving: path)?.isRegular == true
    }

    /// Whether there is a directory, be it behind a symbolic link.
    static func isDirectory(_ path: String) -> Bool { status(resolving: path)?.isDirectory == true }

    static func status(resolving path: String) -> Status? {
        var record = stat()
        return unsafe stat(path, &record) == 0 ? Status(record) : nil
    }

    /// The path without symbolic links; nil if there is no such file.
    static func resolved(_ path: String) -> String? {
        guard let text = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(text) }
        return unsafe String(cString: text)
    }

    static func open(_ path: String, _ flags: Int32, mode: mode_t = 0o600) throws(SystemError) -> FileDescriptor {
        while true {
            let descriptor = unsafe systemOpen(path, flags | O_CLOEXEC, mode)
            if descriptor >= 0 { return FileDescriptor(adopting: descriptor) }
            if errno != EINTR { throw SystemError(code: errno, operation: "open of \(path)") }
        }
    }

    /// The whole file.
    ///
    /// - Throws: EFBIG if it has more than `limit` bytes.
    static func contents(of path: String, limit: Int = 64 << 20) throws(SystemError) -> [UInt8] {
        let file = try open(path, O_RDONLY)
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = unsafe block.withUnsafeMutableBytes {
                unsafe Self.read(file.rawValue, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemError(code: errno, operation: "read of \(path)") }
            if count == 0 { return bytes }
            bytes += block[..<count]
            guard bytes.count <= limit else { throw SystemError(code: EFBIG, operation: "read of \(path)") }
        }
    }

    static func write(_ bytes: RawSpan, to descriptor: Int32, _ path: String) throws(SystemError) {
        var offset = 0
        while offset < bytes.byteCount {
            let count = unsafe bytes.extracting(droppingFirst: offset).withUnsafeBytes {
                unsafe systemWrite(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemError(code: errno, operation: "write to \(path)") }
            offset += count
        }
    }

    /// Reads once; returns how many bytes came, 0 at the end, or -1 with errno.
    static func read(_ descriptor: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
        unsafe systemRead(descriptor, bytes, count)
    }

    /// Writes a new file.
    static func create(_ path: String, _ bytes: [UInt8], mode: mode_t = 0o600) throws(SystemError) {
        let file = try open(path, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
        try unsafe write(bytes.span.bytes, to: file.rawValue, path)
    }

    static func makeDirectory(_ path: String, mode: mode_t) throws(SystemError) {
        if unsafe mkdir(path, mode) != 0 { throw SystemError(code: errno, operation: "mkdir of \(path)") }
    }

    /// Makes a directory and those above it that are missing.
    static func makeDirectories(_ path: String, mode: mode_t) throws(SystemError) {
        if status(path) != nil { return }
        if let folder = path.bytes.cut(atLast: "/")?.before, !folder.isEmpty {
            try makeDirectories(folder.string, mode: mode)
        }
        do throws(SystemError) {
            try makeDirectory(path, mode: mode)
        } catch  where error.code == EEXIST {
            return
        }
    }

    static func move(_ path: String, to other: String) throws(SystemError) {
        if unsafe rename(path, other) != 0 { throw SystemError(code: errno, operation: "rename to \(other)") }
    }

    /// Waits until what was written to a file is on its disk.
    static func synchronize(_ descriptor: Int32, _ path: String) throws(SystemError) {
        guard fsync(descriptor) == 0 else { throw SystemError(code: errno, operation: "fsync of \(path)") }
    }

    static func removeFile(_ path: String) { _ = unsafe unlink(path) }

    static func changeOwner(_ path: String, to account: ProcessAccount) throws(SystemError) {
        if unsafe chown(path, account.user, account.group) != 0 {
            throw SystemError(code: errno, operation: "chown of \(path)")
        }
    }

    static func changeMode(_ path: String, _ mode: mode_t) throws(SystemError) {
        if unsafe chmod(path, mode) != 0 { throw SystemError(code: errno, operation: "chmod of \(path)") }
    }

    /// The names in a directory, in no order; none if it cannot be read.
    static func names(in path: String) -> [String] {
        guard let directory = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Bytes that an ordinary user may still write there; nil if the file system does not say.
    static func freeBytes(_ path: String) -> UInt64? {
        var record = statvfs()
        guard unsafe statvfs(path, &record) == 0 else { return nil }
        return UInt64(record.f_bavail) * UInt64(record.f_frsize)
    }

    /// Whether this process may make files in a directory.
    static func isWritable(_ path: String) -> Bool { unsafe access(path, W_OK | X_OK) == 0 }
}

extension SystemError {
    /// Whether what was to be made exists.
    var isAlreadyThere: Bool { code == EEXIST }
}

extension FileSystem.Status {
    init(_ record: stat) {
        isDirectory = record.st_mode & S_IFMT == S_IFDIR
        isRegular = record.st_mode & S_IFMT == S_IFREG
        owner = record.st_uid
        permissions = UInt32(record.st_mode) & 0o7777
        size = UInt64(max(0, record.st_size))
        device = UInt64(record.st_dev)
        inode = UInt64(record.st_ino)
        modified = Int64(record.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(record.st_mtim.tv_nsec)
    }
}

// Inside of the enumeration these names mean its own functions.
private func systemOpen(_ path: UnsafePointer<CChar>, _ flags: Int32, _ mode: mode_t) -> Int32 {
    unsafe open(path, flags, mode)
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    unsafe write(descriptor, bytes, count)
}

private func systemRead(_ descriptor: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    unsafe read(descriptor, bytes, count)
}
