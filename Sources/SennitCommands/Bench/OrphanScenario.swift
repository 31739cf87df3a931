import ArgumentParser
import Sennit

/// The parent is killed while its workers are busy, and its descendants that live on are counted.
package enum OrphanScenario {
    /// Descendants when the parent was killed, those that were alive 50 ms after, and those that never ended.
    package struct Outcome: Sendable {
        package let before: Int
        package let alive: Int
        package let left: Int

        package init(before: Int, alive: Int, left: Int) {
            self.before = before
            self.alive = alive
            self.left = left
        }
    }

    static let workers = 2
    static let threads = 2
    private static let delayNanoseconds: UInt64 = 50_000_000
    private static let patienceNanoseconds: UInt64 = 20_000_000_000

    /// Starts the parent, kills it and looks, all on one thread: the system ends a child with the thread that made it.
    static func run(executable: String) async throws -> Outcome {
        try await withCheckedThrowingContinuation { continuation in
            do {
                try SystemThread.start(name: "sennit-orphans", stackBytes: 512 * 1024) {
                    continuation.resume(with: Result { try measure(executable: executable) })
                }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    private static func measure(executable: String) throws -> Outcome {
        var pipe = try DescriptorPair.pipe()
        guard let output = pipe.first.take(), let input = pipe.second.take() else {
            throw MeasurementError("A pipe came without an end.")
        }
        var request = SpawnRequest(executable: executable, arguments: ["sennit", "bench", "orphan-parent"])
        request.standardOutput = input.rawValue
        let parent = try ProcessSpawner().spawn(request)
        defer {
            parent.killGroup()
            _ = try? parent.waitAndReap(timeoutNanoseconds: patienceNanoseconds)
        }
        // Only the parent and its family hold this end from here on.
        _ = consume input
        var reader = LineReader(output)
        guard reader.next(before: MonotonicClock.now() + patienceNanoseconds) == OrphanParentCommand.readyLine else {
            throw MeasurementError("The parent to be killed did not get its tasks going.")
        }
        let family = ProcessTree.descendants(of: parent.pid, among: ProcessTree.all()).filter { !$0.isZombie }
        defer { for member in family { member.kill() } }
        guard family.count >= workers + workers * threads else {
            throw MeasurementError("The parent to be killed has only \(family.count) descendants.")
        }
        try parent.signal(ProcessSignal.killNumber)
        Pause.block(nanoseconds: delayNanoseconds)
        let alive = family.count { $0.isAlive }
        // How many a busy machine has not come to yet says how fast it is; whether all end says whether it is right.
        let deadline = MonotonicClock.now() + patienceNanoseconds
        while family.contains(where: \.isAlive), MonotonicClock.now() < deadline {
            Pause.block(nanoseconds: delayNanoseconds / 10)
        }
        return Outcome(before: family.count, alive: alive, left: family.count { $0.isAlive })
    }
}

/// Keeps workers and their children busy until it is killed; not for people.
struct OrphanParentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orphan-parent",
        abstract: "Be the parent that 'bench crash' kills.",
        shouldDisplay: false)

    static let readyLine = "ready"

    @concurrent
    func run() async throws {
        try await withProcessThreadPool(
            processes: OrphanScenario.workers, threadsPerProcess: OrphanScenario.threads
        ) { pool in
            var handles: [TaskHandle<NoOutput>] = []
            for _ in 0..<(OrphanScenario.workers * OrphanScenario.threads) {
                handles.append(try await pool.submit(KeepBusyWithChild()))
            }
            for handle in handles { _ = try await DeathDetection.reportedNumber(by: handle) }
            try Console.current.output.line(OrphanParentCommand.readyLine)
            for handle in handles { _ = try await handle.value }
        }
    }
}
