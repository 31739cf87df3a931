#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

// Safety: the C library looks at as many bytes as lie between the index and the end, and the pointer it returns is
// within them.
/// Finds lines at the speed of memory.
enum LineSearch {
    /// The start of the line after the one that the index is in; nil if it is the last one.
    static func next(in bytes: UnsafeRawBufferPointer, from index: Int) -> Int? {
        guard let base = bytes.baseAddress, index < bytes.count,
            let found = unsafe memchr(base + index, 10, bytes.count - index)
        else { return nil }
        return unsafe UnsafeRawPointer(found) - base + 1
    }
}
