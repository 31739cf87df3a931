package import Sennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

// Safety: the system writes into a local array during the call only.

/// Reads lines from a pipe, each within a time limit.
package struct LineReader: ~Copyable {
    private let pipe: FileDescriptor
    private var buffer: [UInt8] = []

    package init(_ pipe: consuming FileDescriptor) { self.pipe = pipe }

    /// The next line without its end; nil at the end of the pipe, when the time is up, or after 64 KiB without a line.
    package mutating func next(before deadline: UInt64) -> String? {
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: buffer[..<end], as: UTF8.self)
                buffer.removeSubrange(...end)
                return line
            }
            let now = MonotonicClock.now()
            guard now < deadline, buffer.count < 64 << 10 else { return nil }
            _ = try? EventPoll.wait(for: .readable, on: pipe.rawValue, timeoutNanoseconds: deadline - now)
            guard MonotonicClock.now() < deadline, fill() else { return nil }
        }
    }

    private mutating func fill() -> Bool {
        var block = [UInt8](repeating: 0, count: 4096)
        let descriptor = pipe.rawValue
        let count = unsafe block.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
        guard count > 0 else { return count < 0 && errno == EINTR }
        buffer += block[..<count]
        return true
    }
}
