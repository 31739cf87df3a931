import ByteText
import Sennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension FileSystem {
    /// Makes a server's log, to which several processes append.
    static func openLog(_ path: String) throws(SystemError) -> FileDescriptor {
        try open(path, O_WRONLY | O_CREAT | O_APPEND)
    }

    /// Makes a file, or empties the one that is there.
    static func openNew(_ path: String) throws(SystemError) -> FileDescriptor {
        try open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
    }
}

extension ServerDirectory {
    /// The last bytes of the log as text; empty if there is none.
    func logTail(_ limit: Int = 8192) -> String {
        FileSystem.tail(of: logPath, limit: limit)
    }
}

extension FileSystem {
    /// The end of a file, from the start of a line on.
    static func tail(of path: String, limit: Int) -> String {
        guard let file = try? open(path, O_RDONLY), let size = status(of: file.rawValue)?.size else { return "" }
        let start = Int(size) > limit ? Int(size) - limit : 0
        guard lseek(file.rawValue, off_t(start), SEEK_SET) >= 0 else { return "" }
        var bytes = [UInt8](repeating: 0, count: limit)
        // Safety: the system writes at most the array's own size to it.
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(file.rawValue, $0.baseAddress, $0.count) }
        let text = String(decoding: bytes[..<max(0, count)], as: UTF8.self)
        return start > 0 ? text.bytes.cut(at: "\n")?.after.string ?? text : text
    }
}
