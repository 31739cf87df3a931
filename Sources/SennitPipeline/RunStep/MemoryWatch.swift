import Sennit
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Ends this worker process when it has more memory resident than its step may have.
///
/// The worker leaves a note in the directory of the attempt before it ends itself, from which the run's process knows
/// why.
struct MemoryWatch: Sendable {
    private static let pauseMicroseconds: UInt32 = 25_000

    private let directory: String
    private let limit: Int64
    private let isOver = Flag()

    private final class Flag: Sendable {
        private let value = Mutex(false)

        func raise() { value.withLock { $0 = true } }

        var isRaised: Bool { value.withLock { $0 } }
    }

    /// Begins to watch, on a thread of its own; nil if the step has no limit.
    ///
    /// - Throws: `SystemError` when there can be no thread.
    static func begin(_ assignment: StepAssignment) throws(SystemError) -> MemoryWatch? {
        guard let limit = assignment.memoryLimit else { return nil }
        let watch = MemoryWatch(directory: assignment.directory, limit: limit)
        try SystemThread.start(name: "memory-watch", stackBytes: 256 * 1024) { watch.watch() }
        return watch
    }

    private init(directory: String, limit: Int64) {
        self.directory = directory
        self.limit = limit
    }

    /// Ends the watch; its thread goes within a moment.
    func end() { isOver.raise() }

    private func watch() {
        while !isOver.isRaised {
            let bytes = Int64((try? ProcessMemory.resident(getpid())) ?? 0)
            if bytes > limit {
                // Without the note, as on a full disk, the death is told without its reason.
                try? FileSystem.write(Array("\(bytes)".utf8), to: MemoryWatch.note(in: directory))
                kill(getpid(), SIGKILL)
            }
            usleep(MemoryWatch.pauseMicroseconds)
        }
    }

    private static func note(in directory: String) -> String { "\(directory)/memory" }

    /// By how much a worker that has died had passed its limit, in words; nil if it did not die of that.
    static func excess(of assignment: StepAssignment) -> String? {
        guard let limit = assignment.memoryLimit,
            let bytes = try? FileSystem.read(note(in: assignment.directory), limit: 100)
        else { return nil }
        let use = Int64(String(decoding: bytes, as: UTF8.self)).map { "\(megabytes($0)) MB" } ?? "more"
        return "It had \(use) of memory resident, and may have \(megabytes(limit)) MB (1 MB = 10^6 bytes; its worker "
            + "process alone, without programs that it starts). Raise its memory limit, or let it work on less at once."
    }

    private static func megabytes(_ bytes: Int64) -> String {
        "\(bytes / 1_000_000).\(bytes / 100_000 % 10)"
    }
}
