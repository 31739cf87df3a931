import ArgumentParser
import EphemeralPostgres
import PostgresClient
import Sennit

/// Owners of servers are killed, and what is left of the servers is counted.
enum PostgresOwnerKills {
    struct Outcome: Sendable {
        /// Processes that were alive ten seconds after their owner's death.
        var orphans = 0
        /// Directories that were there after the next server had started and ended.
        var directories = 0
    }

    private static let patienceNanoseconds: UInt64 = 20_000_000_000
    private static let graceNanoseconds: UInt64 = 10_000_000_000
    /// A start takes about half of it.
    private static let longestDelay: UInt64 = 80_000_000

    static func run(rounds: Int) async throws -> Outcome {
        let directory = try TemporaryDirectory()
        var outcome = Outcome()
        for round in 0..<rounds {
            outcome.orphans += try await onThread { try kill(in: directory.path, atRandom: round % 2 == 1) }
            try Task.checkCancellation()
        }
        var options = PostgresOptions()
        options.storage = .directory(directory.path)
        try await withPostgres(options) { _ in }
        for name in Directory.names(in: directory.path) {
            outcome.directories += Directory.names(in: "\(directory.path)/\(name)").count
        }
        return outcome
    }

    private static func onThread(_ body: @escaping @Sendable () throws -> Int) async throws -> Int {
        try await withCheckedThrowingContinuation { continuation in
            do {
                try SystemThread.start(name: "sennit-kills", stackBytes: 512 << 10) {
                    continuation.resume(with: Result { try body() })
                }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    /// Kills one owner, when its server is ready or at a random moment of its life.
    private static func kill(in directory: String, atRandom: Bool) throws -> Int {
        var pipe = try DescriptorPair.pipe()
        guard let output = pipe.first.take(), let input = pipe.second.take() else {
            throw MeasurementError("A pipe came without an end.")
        }
        var request = SpawnRequest(
            executable: "/proc/self/exe", arguments: ["sennit", "bench", "postgres-owner", directory])
        request.standardOutput = input.rawValue
        let owner = try ProcessSpawner().spawn(request)
        defer {
            owner.killGroup()
            _ = try? owner.waitAndReap(timeoutNanoseconds: patienceNanoseconds)
        }
        _ = consume input
        if atRandom {
            Pause.block(nanoseconds: UInt64.random(in: 0..<longestDelay))
        } else {
            var reader = LineReader(output)
            guard reader.next(before: MonotonicClock.now() + patienceNanoseconds) == PostgresOwnerCommand.readyLine
            else { throw MeasurementError("The owner to be killed did not get its server going.") }
        }
        try owner.signal(ProcessSignal.killNumber)
        _ = try owner.waitAndReap(timeoutNanoseconds: patienceNanoseconds)
        return survivors(naming: directory)
    }

    /// Processes with the directory on their command line that do not end within the grace period; they are killed.
    private static func survivors(naming directory: String) -> Int {
        let deadline = MonotonicClock.now() + graceNanoseconds
        while true {
            let alive = ProcessTree.all().filter { process in
                !process.isZombie && process.pid != ProcessIdentity.current
                    && (try? ProcFile.contents(of: "/proc/\(process.pid)/cmdline"))?.contains(directory) == true
            }
            if alive.isEmpty { return 0 }
            if MonotonicClock.now() > deadline {
                for process in alive { process.kill() }
                return alive.count
            }
            Pause.block(nanoseconds: 1_000_000)
        }
    }
}

/// Owns a server until it is killed; not for people.
struct PostgresOwnerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "postgres-owner",
        abstract: "Be the owner that 'bench postgres' kills.",
        shouldDisplay: false)

    static let readyLine = "ready"

    @Argument var directory: String

    @concurrent
    func run() async throws {
        var options = PostgresOptions()
        options.storage = .directory(directory)
        try await withPostgres(options) { server in
            let connection = try server.connect()
            try Console.current.output.line(PostgresOwnerCommand.readyLine)
            _ = try connection.query("SELECT count(*) FROM generate_series(1, 1000000000000)")
        }
    }
}
