import CSennit

// Safety: the path is a C string for the length of the call.
/// File systems whose files are in memory.
enum MemoryFileSystem {
    /// Whether a directory is in one.
    static func holds(_ path: String) -> Bool { unsafe sennit_is_in_memory(path) }
}
