import Sennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

// Safety: the system writes into a local array during the call only.

/// Text of files whose size is not known before, such as /proc/self/maps.
enum TextFile {
    /// The text, up to `limit` bytes; nil if the file cannot be read.
    static func contents(of path: String, limit: Int = 8 << 20) -> String? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        let file = FileDescriptor(adopting: descriptor)
        var text: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 64 << 10)
        while text.count < limit {
            let count = unsafe block.withUnsafeMutableBytes { unsafe read(file.rawValue, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { break }
            text += block[..<count]
        }
        return String(decoding: text, as: UTF8.self)
    }
}
