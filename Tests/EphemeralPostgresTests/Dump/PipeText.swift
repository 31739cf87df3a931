import Sennit

#if canImport(Glibc)
    import Glibc
#endif

/// Everything that a pipe gives.
enum PipeText {
    static func read(_ pipe: borrowing FileDescriptor) -> String {
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = unsafe Glibc.read(pipe.rawValue, &block, block.count)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += block[..<count]
        }
    }
}
