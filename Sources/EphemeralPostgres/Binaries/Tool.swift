import Sennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A program that runs for a moment and whose output is wanted.
struct Tool {
    private var executable: String
    private var arguments: [String]
    var account: ProcessAccount?
    var input: [UInt8] = []
    var environment: [String: String?] = [:]
    /// How long it may take.
    var timeoutNanoseconds: UInt64 = 60_000_000_000

    init(_ executable: String, _ arguments: [String]) {
        self.executable = executable
        self.arguments = arguments
    }

    /// Has another program start this one, whose path and arguments follow its own.
    mutating func run(through program: String, _ options: [String]) {
        arguments = options + [executable] + arguments
        executable = program
    }

    /// What a program has written to its two outputs, and how it ended.
    struct Outcome {
        var bytes: [UInt8]
        var status: WorkerExitStatus
        var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    /// More output than any of the tools has.
    static let mostOutput = 64 << 20

    /// Runs the program to its end; the calling thread is blocked meanwhile.
    ///
    /// - Throws: `CancellationError`, the failure of a start, or ETIMEDOUT; the program has ended then.
    func run(_ flag: CancellationFlag = CancellationFlag()) throws -> Outcome {
        var pipe = try DescriptorPair.pipe()
        guard let output = pipe.first.take(), let writeEnd = pipe.second.take() else {
            throw SystemError(code: EBADF, operation: "pipe2")
        }
        let inputFile = try inputFile()
        var request = SpawnRequest(executable: executable, arguments: [executable] + arguments)
        request.standardInput = inputFile
        request.standardOutput = writeEnd.rawValue
        request.standardError = writeEnd.rawValue
        request.account = account
        request.environment = environment
        let child = try ProcessSpawner().spawn(request)
        if let inputFile { _ = FileDescriptor(adopting: inputFile) }
        _ = consume writeEnd
        do {
            let bytes = try read(output, flag)
            guard let status = try child.waitAndReap(timeoutNanoseconds: timeoutNanoseconds) else {
                throw SystemError(code: ETIMEDOUT, operation: executable)
            }
            return Outcome(bytes: bytes, status: status)
        } catch {
            child.killGroup()
            _ = try? child.waitAndReap()
            throw error
        }
    }

    /// The input as a file in memory, so that nobody has to write it while the program runs.
    private func inputFile() throws -> Int32? {
        guard !input.isEmpty else { return nil }
        var pipe = try DescriptorPair.pipe()
        guard let readEnd = pipe.first.take(), let writeEnd = pipe.second.take(), input.count <= 32 << 10 else {
            throw SystemError(code: EFBIG, operation: "the input of \(executable)")
        }
        // It fits the pipe, so that this does not wait.
        try unsafe FileSystem.write(input.span.bytes, to: writeEnd.rawValue, "a pipe")
        return readEnd.take()
    }

    // Safety: the system writes at most the block's size to it, and says how much.
    private func read(_ pipe: borrowing FileDescriptor, _ flag: CancellationFlag) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 64 << 10)
        let deadline = MonotonicClock.now() &+ timeoutNanoseconds
        let patience: UInt64 = 20_000_000
        while true {
            try flag.check()
            guard MonotonicClock.now() < deadline else { throw SystemError(code: ETIMEDOUT, operation: executable) }
            guard try !EventPoll.wait(for: .readable, on: pipe.rawValue, timeoutNanoseconds: patience).isEmpty
            else { continue }
            let count = unsafe block.withUnsafeMutableBytes {
                unsafe FileSystem.read(pipe.rawValue, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return bytes }
            bytes += block[..<count]
            guard bytes.count <= Self.mostOutput else { throw SystemError(code: EFBIG, operation: executable) }
        }
    }
}
