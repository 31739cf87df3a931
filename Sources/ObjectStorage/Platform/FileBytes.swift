#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

// Safety: buffers are passed to `read` and `write` for the length of one call, with their own counts.
/// An open file, closed with its owner.
package final class FileBytes: Sendable {
    private let descriptor: Int32
    private let path: String

    private init(_ descriptor: Int32, _ path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// Opens a file to be read.
    package static func reading(_ path: String) throws(StorageError) -> FileBytes {
        try opened(path, O_RDONLY, "read")
    }

    /// Makes a new file, for its owner alone.
    package static func creating(_ path: String) throws(StorageError) -> FileBytes {
        try opened(path, O_WRONLY | O_CREAT | O_EXCL, "write")
    }

    /// Opens a file, or a device, that is there, to be written.
    package static func writing(_ path: String) throws(StorageError) -> FileBytes {
        try opened(path, O_WRONLY, "write")
    }

    private static func opened(_ path: String, _ flags: Int32, _ what: String) throws(StorageError) -> FileBytes {
        let descriptor = unsafe open(path, flags | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("cannot \(what)", path) }
        return FileBytes(descriptor, path)
    }

    /// The number of its bytes; an error for what is no plain file.
    package func byteCount() throws(StorageError) -> Int64 {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw Self.failure("cannot look at", path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw StorageError(.fileSystem, "\(path) is not a plain file")
        }
        return Int64(status.st_size)
    }

    /// The next bytes, empty at the end.
    package func read(upTo count: Int = 256 << 10) throws(StorageError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        while true {
            #if canImport(Darwin)
                let got = unsafe Darwin.read(descriptor, &bytes, count)
            #elseif canImport(Musl)
                let got = unsafe Musl.read(descriptor, &bytes, count)
            #else
                let got = unsafe Glibc.read(descriptor, &bytes, count)
            #endif
            if got >= 0 {
                bytes.removeLast(count - got)
                return bytes
            }
            guard errno == EINTR else { throw Self.failure("cannot read", path) }
        }
    }

    /// Writes all the bytes.
    package func write(_ bytes: [UInt8]) throws(StorageError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let done = unsafe rest.withUnsafeBytes { buffer in
                #if canImport(Darwin)
                    unsafe Darwin.write(descriptor, buffer.baseAddress, buffer.count)
                #elseif canImport(Musl)
                    unsafe Musl.write(descriptor, buffer.baseAddress, buffer.count)
                #else
                    unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count)
                #endif
            }
            if done >= 0 {
                rest = rest.dropFirst(done)
            } else if errno != EINTR {
                throw Self.failure("cannot write", path)
            }
        }
    }

    /// Returns when the bytes are on the disk.
    package func synchronise() throws(StorageError) {
        guard fsync(descriptor) == 0 else { throw Self.failure("cannot write", path) }
    }

    /// The error of the system call that has just failed.
    static func failure(_ what: String, _ path: String) -> StorageError {
        let number = errno
        let reason = unsafe String(cString: strerror(number))
        let hint = number == ENOSPC ? "; make room and try again" : ""
        return StorageError(number == ENOENT ? .notFound : .fileSystem, "\(what) \(path): \(reason)\(hint)")
    }
}
