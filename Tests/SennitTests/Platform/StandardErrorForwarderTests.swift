import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

struct StandardErrorForwarderTests {
    @Test func `a reader that sleeps holds nobody up, and gets all of it in order`() throws {
        let pipe = try Ends(socket: false)
        let forwarder = StandardErrorForwarder(to: pipe.writing)
        var expected: [UInt8] = []
        for line in 0..<20_000 {
            let bytes = Array("line \(line) of what a worker said\n".utf8)
            expected += bytes
            // Far more than the pipe holds: this would wait for ever if it waited.
            forwarder.write(bytes)
        }
        #expect(read(expected.count, from: pipe.reading) == expected)
    }

    @Test func `what nobody reads is dropped beyond a limit, and said to be`() throws {
        let pipe = try Ends(socket: false)
        let forwarder = StandardErrorForwarder(to: pipe.writing, limit: 10_000)
        for _ in 0..<300 { forwarder.write([UInt8](repeating: UInt8(ascii: "a"), count: 1000)) }
        var text: [UInt8] = []
        while text.last != UInt8(ascii: "\n") { text += readSome(from: pipe.reading) }
        let kept = text.prefix { $0 == UInt8(ascii: "a") }.count
        #expect(kept < 300_000)
        let note = String(decoding: text.dropFirst(kept), as: UTF8.self)
        #expect(note == "sennit: \(300_000 - kept) bytes that workers wrote here were dropped: nobody read them\n")
    }

    @Test func `to a file and to a socket everything is written at once`() throws {
        var path = Array("/tmp/sennit-forward-XXXXXX".utf8CString)
        let file = FileDescriptor(adopting: unsafe mkstemp(&path))
        defer { unsafe _ = unlink(path) }
        let bytes = [UInt8](repeating: 9, count: 100_000)
        StandardErrorForwarder(to: file.rawValue).write(bytes)
        StandardErrorForwarder(to: file.rawValue).write(bytes)
        #expect(lseek(file.rawValue, 0, SEEK_END) == 200_000)
        let sockets = try Ends(socket: true)
        StandardErrorForwarder(to: sockets.writing).write(Array("hello\n".utf8))
        #expect(read(6, from: sockets.reading) == Array("hello\n".utf8))
    }

    @Test func `a pool whose parent's standard error is a full pipe goes on`() async {
        await #expect(processExitsWith: .success) {
            let pipe = try Ends(socket: false)
            // Nobody ever reads it.
            dup2(pipe.writing, STDERR_FILENO)
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 1) { pool in
                for number in 0..<30 {
                    let answer = try await pool.run(SayMuch(number: number))
                    guard answer == number else { exit(1) }
                }
                // Its end is seen, and its replacement starts.
                do {
                    _ = try await pool.run(SayMuch(number: -1))
                    exit(2)
                } catch is WorkerDied {}
                guard try await pool.run(SayMuch(number: 5)) == 5 else { exit(3) }
            }
            exit(0)
        }
    }

    private func read(_ count: Int, from descriptor: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let some = readSome(from: descriptor)
            guard !some.isEmpty else { break }
            bytes += some
        }
        return bytes
    }

    private func readSome(from descriptor: Int32) -> ArraySlice<UInt8> {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
        return buffer.prefix(max(0, count))
    }
}

/// Writes ten thousand bytes to standard error; with a negative number, ends its worker after it.
private struct SayMuch: PoolTask {
    let number: Int

    func run(in context: NoContext) async throws -> Int {
        let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: 10_000)
        _ = unsafe write(STDERR_FILENO, bytes, bytes.count)
        if number < 0 { kill(getpid(), SIGKILL) }
        return number
    }
}

/// A pipe or a pair of sockets, closed with the object.
private final class Ends: Sendable {
    let reading: Int32
    let writing: Int32

    init(socket: Bool) throws {
        var ends: [Int32] = [-1, -1]
        let code = unsafe socket ? socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) : pipe(&ends)
        try #require(code == 0)
        (reading, writing) = (ends[0], ends[1])
    }

    deinit {
        close(reading)
        close(writing)
    }
}
