import Sennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

// Safety: no pointer is kept, and the only ones are of paths for the length of a call.

extension FileSystem {
    private static let blockBytes = 256 * 1024

    /// Copies a plain file and waits until the copy is on the disk; stretches of zeros take no space in the copy.
    ///
    /// - Parameters:
    ///   - file: The file, or a link to it.
    ///   - copy: Where the copy is to be.
    ///   - isReadOnly: Whether nobody gets the right to write to the copy.
    /// - Throws: `SystemError`, with `EBUSY` if the file changed meanwhile; what was copied may be there then.
    static func copy(_ file: String, to copy: String, isReadOnly: Bool = false) throws(SystemError) {
        let source = try openToRead(file)
        let before = try status(source, path: file)
        guard before.isRegular else {
            throw SystemError(code: EINVAL, operation: "copy \(file), which is no plain file")
        }
        let target = try create(copy)
        var block = [UInt8](repeating: 0, count: blockBytes)
        var length: off_t = 0
        while true {
            let count = try readBlock(from: source, into: &block, path: file)
            guard count > 0 else { break }
            length += off_t(count)
            if block[..<count].allSatisfy({ $0 == 0 }) {
                guard lseek(target.rawValue, length, SEEK_SET) == length else {
                    throw SystemError(code: errno, operation: "seek \(copy)")
                }
            } else {
                try write(block[..<count], to: target, path: copy)
            }
        }
        guard ftruncate(target.rawValue, length) == 0 else {
            throw SystemError(code: errno, operation: "write \(copy)")
        }
        let executable = before.permissions & 0o111
        guard fchmod(target.rawValue, mode_t((isReadOnly ? 0o444 : 0o644) | executable)) == 0 else {
            throw SystemError(code: errno, operation: "chmod \(copy)")
        }
        try checkUnchanged(source, since: before, path: file)
        try synchronize(target, path: copy)
    }

    /// Throws `EBUSY` if an open file has other bytes than before.
    static func checkUnchanged(
        _ file: borrowing FileDescriptor, since before: FileStatus, path: String
    ) throws(SystemError) {
        let after = try status(file, path: path)
        guard after.bytes == before.bytes, after.modified == before.modified else {
            throw SystemError(code: EBUSY, operation: "copy \(path), which something still writes to")
        }
    }

    /// Takes the right to write to an open file from everybody; who may run it, still may.
    static func makeReadOnly(
        _ file: borrowing FileDescriptor, _ status: FileStatus, path: String
    ) throws(SystemError) {
        guard fchmod(file.rawValue, mode_t(0o444 | (status.permissions & 0o111))) == 0 else {
            throw SystemError(code: errno, operation: "chmod \(path)")
        }
    }

    /// Whether somebody may have the file open to write to it; true also where the system does not tell.
    static func mayBeWritten(_ file: borrowing FileDescriptor) -> Bool {
        #if canImport(Darwin)
            return true
        #else
            // A lease on reading is given only while nobody can write. Its signal must be one that ends nothing.
            let (setLease, setSignal): (Int32, Int32) = (1024, 10)
            guard fcntl(file.rawValue, setSignal, SIGWINCH) == 0, fcntl(file.rawValue, setLease, F_RDLCK) == 0 else {
                return true
            }
            _ = fcntl(file.rawValue, setLease, F_UNLCK)
            return false
        #endif
    }
}
