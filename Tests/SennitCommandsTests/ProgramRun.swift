import Glibc
import Sennit
import SennitCommands
import Testing

/// A run of the built program, driven from one thread: the system would end it with the thread that started it.
final class ProgramRun {
    /// What is left of a run.
    struct Ended: Sendable {
        var status: WorkerExitStatus?
        var output = ""
        var notes = ""
        var hadDescendants = false
        /// Processes that it started and that were alive two seconds after its end.
        var survivors: [ProcessRecord] = []
    }

    private let child: ChildProcess
    private var output: Int32
    private let notes: Int32
    private var ended = Ended()
    private var family: Set<ProcessRecord> = []

    /// Starts the program that was built beside the tests, lets `body` drive it, and waits for its end.
    ///
    /// - Parameters:
    ///   - arguments: What follows the program's name.
    ///   - environment: Changes to the environment that it inherits: a value sets a variable, nil removes it.
    ///   - outputPath: Where its standard output goes instead of to the run.
    ///   - body: Drives the program, on a thread where blocking is allowed.
    /// - Returns: What is left of the run.
    /// - Throws: What keeps the program from being started.
    static func run(
        _ arguments: [String], environment: [String: String?] = [:], outputPath: String? = nil,
        _ body: @escaping @Sendable (ProgramRun) -> Void
    ) async throws -> Ended {
        try await withCheckedThrowingContinuation { continuation in
            do {
                try SystemThread.start(name: "program-run", stackBytes: 512 * 1024) {
                    continuation.resume(
                        with: Result {
                            let run = try ProgramRun(arguments, environment, outputPath: outputPath)
                            body(run)
                            return run.finish()
                        })
                }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    private init(_ arguments: [String], _ environment: [String: String?], outputPath: String?) throws {
        let outputs = try PipeEnds()
        let errors = try PipeEnds()
        output = outputs.reading
        notes = errors.reading
        // The program has the only copies of the writing ends soon.
        let outputEnd = FileDescriptor(adopting: outputs.writing)
        let errorEnd = FileDescriptor(adopting: errors.writing)
        var request = SpawnRequest(executable: try ProgramRun.program(), arguments: ["sennit"] + arguments)
        let file = FileDescriptor(adopting: outputPath.map { unsafe open($0, O_WRONLY | O_CLOEXEC) } ?? -1)
        request.environment = environment
        request.standardOutput = outputPath == nil ? outputEnd.rawValue : file.rawValue
        request.standardError = errorEnd.rawValue
        child = try ProcessSpawner().spawn(request)
    }

    /// The program lies beside the test bundle.
    private static func program() throws -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
        let path = String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let folder = path.split(separator: "/").dropLast().joined(separator: "/")
        let program = "/\(folder)/sennit"
        let isThere = unsafe access(program, X_OK) == 0
        try #require(isThere, "\(program) is not built; `swift build` builds it")
        return program
    }

    func signal(_ number: Int32) { try? child.signal(number) }

    /// Returns when the program has started processes of its own.
    func waitForDescendants() {
        let deadline = MonotonicClock.now() + 20_000_000_000
        while family.isEmpty, MonotonicClock.now() < deadline {
            noteDescendants()
            // Nobody tells a process that another one has got a child, so it is asked again and again.
            usleep(2000)
        }
        ended.hadDescendants = !family.isEmpty
    }

    /// Reads up to the end of a line, or of the output.
    func readLine() {
        var byte: UInt8 = 0
        while !ended.output.hasSuffix("\n"), unsafe read(output, &byte, 1) == 1 {
            ended.output.unicodeScalars.append(Unicode.Scalar(byte))
        }
    }

    func stopReading() {
        noteDescendants()
        _ = close(output)
        output = -1
    }

    func readToEnd() { ended.output += ProgramRun.rest(of: output) }

    private func noteDescendants() {
        family.formUnion(ProcessTree.descendants(of: child.pid, among: ProcessTree.all()))
    }

    private func finish() -> Ended {
        ended.notes = ProgramRun.rest(of: notes)
        ended.status = try? child.waitAndReap(timeoutNanoseconds: 30_000_000_000)
        child.killGroup()
        _ = try? child.waitAndReap()
        let deadline = MonotonicClock.now() + 2_000_000_000
        // Orphans are reaped by another process, which says nothing to this one.
        while family.contains(where: \.isAlive), MonotonicClock.now() < deadline { usleep(2000) }
        ended.survivors = family.filter(\.isAlive)
        if output >= 0 { _ = close(output) }
        _ = close(notes)
        return ended
    }

    private static func rest(of descriptor: Int32) -> String {
        var text: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe read(descriptor, &block, block.count)
            guard count > 0 else { break }
            text += block[..<count]
        }
        return String(decoding: text, as: UTF8.self)
    }
}
