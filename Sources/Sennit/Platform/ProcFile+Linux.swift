#if os(Linux)
    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Musl)
        import Musl
    #endif

    /// Reads the small text files under /proc.
    package enum ProcFile {
        /// The file's first 16 KiB.
        package static func contents(of path: String) throws(SystemError) -> String {
            String(decoding: try bytes(of: path, limit: 16 << 10), as: UTF8.self)
        }

        /// The file's first bytes, `limit` at most.
        package static func bytes(of path: String, limit: Int) throws(SystemError) -> [UInt8] {
            let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw SystemError(code: errno, operation: "open of \(path)") }
            let file = FileDescriptor(adopting: descriptor)
            var bytes = [UInt8](repeating: 0, count: min(limit, 16 << 10))
            var end = 0
            while end < limit {
                if end == bytes.count {
                    bytes.append(contentsOf: [UInt8](repeating: 0, count: min(bytes.count, limit - end)))
                }
                let room = bytes.count - end
                // Safety: `end` is less than the array's size, so `room` bytes fit behind it; the array is this call's
                // own, and the system keeps no pointer to it.
                let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                    unsafe read(file.rawValue, buffer.baseAddress.map { unsafe $0 + end }, room)
                }
                if count < 0, errno == EINTR { continue }
                // A process that ends meanwhile gives ESRCH.
                guard count >= 0 else { throw SystemError(code: errno, operation: "read of \(path)") }
                if count == 0 { break }
                end += count
            }
            bytes.removeSubrange(end...)
            return bytes
        }
    }
#endif
