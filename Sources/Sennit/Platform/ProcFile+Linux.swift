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
            let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw SystemError(code: errno, operation: "open of \(path)") }
            let file = FileDescriptor(adopting: descriptor)
            var bytes = [UInt8](repeating: 0, count: 16 << 10)
            var end = 0
            while end < bytes.count {
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
            return String(decoding: bytes[..<end], as: UTF8.self)
        }
    }
#endif
