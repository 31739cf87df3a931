#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

// Safety: the buffer is read into for no more than its own length, and the count says how much of it is initialised.
/// Reads what a worker writes to its standard error: passes it on, and keeps the end of it.
struct StandardErrorTail: ~Copyable {
    let pipe: FileDescriptor
    private let limit: Int
    private let forwards: Bool
    private var tail: [UInt8] = []

    init(pipe: consuming FileDescriptor, limit: Int, forwards: Bool) {
        self.pipe = pipe
        self.limit = max(0, limit)
        self.forwards = forwards
    }

    /// Reads once; the pipe must be readable.
    ///
    /// - Returns: False at the end.
    mutating func read() -> Bool {
        let descriptor = pipe.rawValue
        // Safety: the system writes at most `buffer.count` bytes to storage that nobody else has yet, and `count` says
        // how many it wrote. What is passed on is read while the array is borrowed.
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 16 * 1024) { buffer, count in
            count = unsafe max(0, Glibc.read(descriptor, buffer.baseAddress, buffer.count))
        }
        guard !bytes.isEmpty else { return false }
        if forwards { unsafe bytes.withUnsafeBytes { _ = unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) } }
        tail.append(contentsOf: bytes)
        if tail.count > 2 * limit { tail.removeFirst(tail.count - limit) }
        return true
    }

    /// Reads what is there without waiting, as after the worker's death, when a grandchild may hold the pipe open.
    mutating func readRest() {
        for _ in 0..<64 {
            guard let ready = try? EventPoll.wait(for: .readable, on: pipe.rawValue, timeoutNanoseconds: 0),
                ready.contains(.readable), read()
            else { return }
        }
    }

    /// The last bytes, as text.
    var text: String {
        let end = tail.suffix(limit)
        return String(decoding: end, as: UTF8.self)
    }
}
