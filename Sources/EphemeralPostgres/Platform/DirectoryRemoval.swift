import Sennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

// Safety: names are C strings for the length of a call; a directory stream owns its descriptor and is closed here; an
// entry is read before the stream moves on.
/// Removes whole trees.
enum DirectoryRemoval {
    /// More levels than any tree of a server's has; a deeper one is left.
    private static let deepest = 64

    /// Removes a directory with everything in it, as far as this process may; symbolic links are not followed.
    ///
    /// - Returns: Whether nothing is left.
    @discardableResult
    static func remove(_ path: String) -> Bool {
        remove(path, at: AT_FDCWD, depth: 0)
    }

    private static func remove(_ name: String, at parent: Int32, depth: Int) -> Bool {
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        let descriptor = unsafe openat(parent, name, flags)
        guard descriptor >= 0 else { return unsafe errno == ENOENT || unlinkat(parent, name, 0) == 0 }
        guard depth < deepest, let stream = unsafe fdopendir(descriptor) else {
            close(descriptor)
            return false
        }
        while let entry = unsafe readdir(stream) {
            let kind = unsafe entry.pointee.d_type
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name == "." || name == ".." { continue }
            if kind != UInt8(DT_DIR), unsafe unlinkat(descriptor, name, 0) == 0 { continue }
            _ = remove(name, at: descriptor, depth: depth + 1)
        }
        unsafe closedir(stream)
        return unsafe unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT
    }
}
