import CSennit

/// What tells one executable file from another.
package struct ExecutableIdentity: Sendable, Hashable, Codable {
    /// The device that holds the file.
    package var device: UInt64
    /// The file's number there.
    package var inode: UInt64
    /// The file's size in bytes.
    package var size: UInt64

    /// Identifies the file that this process runs, even if another has taken its place on disk.
    package static func current() throws(SystemError) -> ExecutableIdentity {
        var (size, device, inode): (UInt64, UInt64, UInt64) = (0, 0, 0)
        // Safety: here and below, the call writes to local variables of this thread and reads a path that Swift keeps
        // as a C string meanwhile; it keeps no pointer.
        let code = unsafe sennit_file_identity(-1, path, &size, &device, &inode)
        try SystemError.check(code, "stat of \(path)")
        return ExecutableIdentity(device: device, inode: inode, size: size)
    }

    /// Computes a digest of the contents of the file that this process runs.
    ///
    /// Reads the whole file: only for two processes whose identities differ, as in two containers with the same image.
    /// It tells builds apart and is no protection against forgery.
    package static func contentDigest() throws(SystemError) -> UInt64 {
        var digest: UInt64 = 0
        try SystemError.check(unsafe sennit_file_digest(path, &digest), "read of \(path)")
        return digest
    }

    private static let path = "/proc/self/exe"
}
