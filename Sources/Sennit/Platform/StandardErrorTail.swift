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
    private let forwarder: StandardErrorForwarder?
    private var tail: [UInt8] = []

    init(pipe: consuming FileDescriptor, limit: Int, forwarder: StandardErrorForwarder?) {
        self.pipe = pipe
        self.limit = max(0, limit)
        self.forwarder = forwarder
    }

    /// Reads once; the pipe must be readable.
    ///
    /// - Returns: False at the end.
    mutating func read() -> Bool {
        let descriptor = pipe.rawValue
        // Safety: the system writes at most `buffer.count` bytes to storage that nobody else has yet, and `count` says
        // how many it wrote.
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 16 * 1024) { buffer, count in
            count = unsafe max(0, Glibc.read(descriptor, buffer.baseAddress, buffer.count))
        }
        guard !bytes.isEmpty else { return false }
        forwarder?.write(bytes)
        tail.append(contentsOf: bytes)
        if tail.count > 2 * roomKept { tail.removeFirst(tail.count - roomKept) }
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

    /// Room for the words before the stack trace that the Swift runtime prints after them, up to 128 lines.
    private var roomKept: Int { limit == 0 ? 0 : limit + 16 * 1024 }

    /// The last bytes, as text.
    ///
    /// Left out are the lines of the runtime's own stack trace that hold an address and no name: they say nothing, and
    /// would push out the message, which stands before them.
    var text: String {
        let lines = tail.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let telling = lines.filter { !Self.isNamelessFrame($0) }
        return String(decoding: telling.joined(separator: [UInt8(ascii: "\n")]).suffix(limit), as: UTF8.self)
    }

    private static func isNamelessFrame(_ line: ArraySlice<UInt8>) -> Bool {
        guard let first = line.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
        return String(decoding: line, as: UTF8.self).contains(" <unavailable> + ")
    }
}
