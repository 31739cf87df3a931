import ByteText
package import Sennit

#if canImport(Glibc)
    import Glibc
    // The compiler finds members of `timespec` in this module if another file of the batch has loaded it first.
    import SwiftOverlayShims
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

// Safety: paths are C strings that Swift keeps for the length of each call; buffers are local arrays whose sizes are
// passed with them; no pointer outlives its call, and a directory's entries are copied before the next one is read.

/// What the system says about a file.
package struct FileStatus: Sendable, Hashable {
    /// The size in bytes.
    package let bytes: Int64
    /// Whether it is a plain file.
    package let isRegular: Bool
    /// Whether it is a directory.
    package let isDirectory: Bool
    /// When its content last changed, in nanoseconds since 1970.
    package let modified: Int64
    /// When its content, its name or its rights last changed, in nanoseconds since 1970.
    package let changed: Int64
    /// Its number on its device.
    package let inode: UInt64
    /// How many names it has.
    package let links: Int
    /// Whether it is a symbolic link; only of a file that was looked at without following links.
    package let isLink: Bool
    /// The rights and the rest of its mode that is not its kind.
    package let permissions: UInt32

    init(_ info: stat) {
        let kind = info.st_mode & S_IFMT
        bytes = Int64(info.st_size)
        isRegular = kind == S_IFREG
        isDirectory = kind == S_IFDIR
        isLink = kind == S_IFLNK
        modified = Int64(info.st_mtim.tv_sec) * 1_000_000_000 + Int64(info.st_mtim.tv_nsec)
        changed = Int64(info.st_ctim.tv_sec) * 1_000_000_000 + Int64(info.st_ctim.tv_nsec)
        inode = UInt64(info.st_ino)
        links = Int(info.st_nlink)
        permissions = UInt32(info.st_mode & 0o7777)
    }
}

/// The few things that runs do with files, without Foundation.
package enum FileSystem {
    /// Looks at a file, following links; nil when there is none or it cannot be reached.
    package static func status(_ path: String) -> FileStatus? {
        var info = stat()
        guard unsafe stat(path, &info) == 0 else { return nil }
        return FileStatus(info)
    }

    /// Looks at a file itself, without following a link; nil when there is none or it cannot be reached.
    package static func statusOfLink(_ path: String) -> FileStatus? {
        var info = stat()
        guard unsafe lstat(path, &info) == 0 else { return nil }
        return FileStatus(info)
    }

    /// Looks at an open file.
    static func status(_ file: borrowing FileDescriptor, path: String) throws(SystemError) -> FileStatus {
        var info = stat()
        guard unsafe fstat(file.rawValue, &info) == 0 else { throw SystemError(code: errno, operation: "stat \(path)") }
        return FileStatus(info)
    }

    /// A path that means the same wherever this process or another one works.
    package static func wholePath(_ path: String) -> String {
        path.utf8.first == UInt8(ascii: "/") ? path : "\(workingDirectory)/\(path)"
    }

    /// Makes a directory and those above it; one that is there already is fine.
    package static func makeDirectory(_ path: String) throws(SystemError) {
        if unsafe mkdir(path, 0o755) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let folder = path.bytes.cut(atLast: "/")?.before, !folder.isEmpty else {
            throw SystemError(code: errno, operation: "mkdir \(path)")
        }
        try makeDirectory(folder.string)
        guard unsafe mkdir(path, 0o755) == 0 || errno == EEXIST else {
            throw SystemError(code: errno, operation: "mkdir \(path)")
        }
    }

    /// Gives a file another name, in place of a file that has it.
    package static func rename(_ old: String, to new: String) throws(SystemError) {
        guard systemRename(old, new) == 0 else {
            throw SystemError(code: errno, operation: "rename \(old) to \(new)")
        }
    }

    /// Makes a symbolic link.
    package static func link(_ path: String, to target: String) throws(SystemError) {
        guard unsafe symlink(target, path) == 0 else {
            throw SystemError(code: errno, operation: "symlink \(path)")
        }
    }

    /// Removes a file, or a directory with all that is in it; what is not there is fine.
    package static func remove(_ path: String) throws(SystemError) {
        if unsafe unlink(path) == 0 || errno == ENOENT { return }
        guard errno == EISDIR || errno == EPERM else {
            throw SystemError(code: errno, operation: "unlink \(path)")
        }
        for name in try names(in: path) { try remove("\(path)/\(name)") }
        guard unsafe rmdir(path) == 0 || errno == ENOENT else {
            throw SystemError(code: errno, operation: "rmdir \(path)")
        }
    }

    /// The names in a directory, in alphabetical order.
    package static func names(in path: String) throws(SystemError) -> [String] {
        guard let directory = unsafe opendir(path) else {
            throw SystemError(code: errno, operation: "opendir \(path)")
        }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Waits until a directory's names are on the disk.
    package static func synchronizeDirectory(_ path: String) throws(SystemError) {
        let directory = FileDescriptor(adopting: unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
        guard directory.rawValue >= 0, fsync(directory.rawValue) == 0 else {
            throw SystemError(code: errno, operation: "fsync \(path)")
        }
    }

    /// Reads a file of at most `limit` bytes.
    package static func read(_ path: String, limit: Int = 64 << 20) throws(SystemError) -> [UInt8] {
        let file = try openToRead(path)
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = try readBlock(from: file, into: &block, path: path)
            guard count > 0 else { return bytes }
            guard bytes.count + count <= limit else { throw SystemError(code: EFBIG, operation: "read \(path)") }
            bytes += block[..<count]
        }
    }

    /// Writes a file so that it appears whole or not at all, in place of a file of that name.
    ///
    /// - Parameters:
    ///   - bytes: All of its content.
    ///   - path: Where it is to be.
    ///   - isDurable: Whether it waits until the file is on the disk.
    /// - Throws: `SystemError`; nothing is left behind then.
    package static func write(
        _ bytes: [UInt8], to path: String, isDurable: Bool = false
    ) throws(SystemError) {
        let temporary = "\(path).\(ProcessIdentity.current).tmp"
        do {
            try writeBlocks(bytes, to: temporary, isDurable: isDurable)
            try rename(temporary, to: path)
        } catch {
            try? remove(temporary)
            throw error
        }
    }

    private static func writeBlocks(
        _ bytes: [UInt8], to path: String, isDurable: Bool
    ) throws(SystemError) {
        let file = try create(path)
        try write(bytes[...], to: file, path: path)
        if isDurable, fsync(file.rawValue) != 0 { throw SystemError(code: errno, operation: "fsync \(path)") }
    }

    /// Opens a file for reading.
    static func openToRead(_ path: String) throws(SystemError) -> FileDescriptor {
        // What is no file must not keep the caller waiting, as a pipe would until somebody writes to it.
        let file = FileDescriptor(adopting: unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK))
        guard file.rawValue >= 0 else { throw SystemError(code: errno, operation: "open \(path)") }
        return file
    }

    /// Opens an empty file for writing.
    static func create(_ path: String) throws(SystemError) -> FileDescriptor {
        let file = FileDescriptor(adopting: unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644))
        guard file.rawValue >= 0 else { throw SystemError(code: errno, operation: "create \(path)") }
        return file
    }

    /// Reads the next bytes of a file; zero at its end.
    static func readBlock(
        from file: borrowing FileDescriptor, into block: inout [UInt8], path: String
    ) throws(SystemError) -> Int {
        while true {
            let count = unsafe systemRead(file.rawValue, &block, block.count)
            if count >= 0 { return count }
            guard errno == EINTR else { throw SystemError(code: errno, operation: "read \(path)") }
        }
    }

    /// Writes all of the bytes.
    static func write(
        _ bytes: ArraySlice<UInt8>, to file: borrowing FileDescriptor, path: String
    ) throws(SystemError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe systemWrite(file.rawValue, $0.baseAddress, $0.count) }
            if count < 0 {
                guard errno == EINTR else { throw SystemError(code: errno, operation: "write \(path)") }
                continue
            }
            rest = rest.dropFirst(count)
        }
    }

    /// Waits until a file's bytes are on the disk.
    static func synchronize(_ file: borrowing FileDescriptor, path: String) throws(SystemError) {
        guard fsync(file.rawValue) == 0 else { throw SystemError(code: errno, operation: "fsync \(path)") }
    }
}

private func systemRead(_ file: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
    unsafe read(file, buffer, count)
}

private func systemWrite(_ file: Int32, _ buffer: UnsafeRawPointer?, _ count: Int) -> Int {
    unsafe write(file, buffer, count)
}

private func systemRename(_ old: String, _ new: String) -> Int32 { unsafe rename(old, new) }
