import Sennit
import SennitTesting
import Testing

/// What workers need is away for some time: their starts fail as often as the rate says.
@Suite(.timeLimit(.minutes(10))) struct FailingStartSimulationTests {
    @Test(arguments: [0, 0.1, 0.3, 0.5, 0.8, 1])
    func `a pool that has been ready outlasts failed starts at any rate, and no task hears of them`(
        rate: Double
    ) async throws {
        try await forEachSeed(20) { seed in
            let options = Self.restlessOptions(hasIdleTimeout: seed % 2 == 0)
            let outage = Outage(from: .seconds(1), to: .seconds(9), rate: rate, seed: seed)
            try await withSimulatedPool(
                of: Database.self, configuration: outage, processes: 4, threadsPerProcess: 2, options: options,
                seed: seed
            ) { pool in
                try await pool.start()
                let clock = try #require(SimulatedClock.current)
                try await clock.sleep(for: .milliseconds(900))
                let tasks = (0..<300).map { Query(number: $0, work: .milliseconds(50 + $0 % 7)) }
                var count = 0
                for try await number in pool.map(tasks) {
                    try #require(number == count)
                    count += 1
                }
                try #require(count == 300)
                try checkPauses(options)
                if rate == 1 { try #require(pool.statistics.failedStarts > 0) }
                // It is whole again.
                try await clock.sleep(for: .seconds(20))
                try await pool.start()
                try #require(pool.statistics.readyWorkers == 4)
                try #require(pool.statistics.failedStartAttemptsInARow == 0)
            }
        }
    }

    /// Workers are replaced again and again, so that none is left after a while when no start succeeds.
    private static func restlessOptions(hasIdleTimeout: Bool) -> PoolOptions {
        var options = PoolOptions()
        options.maxTasksPerWorker = 4
        options.idleTimeout = hasIdleTimeout ? .milliseconds(300) : nil
        return options
    }

    /// After a failed start no worker starts before the pause is over, and starts never come in a storm.
    private func checkPauses(_ options: PoolOptions) throws {
        let history = try #require(Simulation.current).history
        var (failures, last): (Int, Duration) = (0, .zero)
        var starts: [Duration] = []
        for entry in history {
            switch entry.event {
            case .pool(.workerReady): failures = 0
            case .pool(.workerStartFailed): (failures, last) = (failures + 1, entry.time)
            case .pool(.workerStarting):
                guard failures > 0 else { continue }
                try #require(entry.time >= last + options.restartDelay)
                starts.append(entry.time)
            default: break
            }
        }
        // One attempt at a time: at the shortest pause, never more than 21 in a second.
        for start in starts {
            try #require(starts.count { $0 >= start && $0 < start + .seconds(1) } <= 21)
        }
    }

    @Test func `while no worker can be started, pauses grow and tasks wait for their own deadlines`() async throws {
        let outage = Outage(from: .seconds(1), to: .seconds(61), rate: 1, seed: 1)
        try await withSimulatedPool(
            of: Database.self, configuration: outage, processes: 3, threadsPerProcess: 1, seed: 1
        ) { pool in
            let clock = try #require(SimulatedClock.current)
            try await pool.start()
            try await clock.sleep(for: .seconds(2))
            for place in 0..<3 { Simulation.current?.killWorker(at: place) }
            let patient = try await pool.submit(Query(number: 1))
            let late = await #expect(throws: TaskTimedOut.self) {
                try await pool.run(
                    Query(number: 2), options: TaskOptions(deadline: clock.deadline(after: .seconds(30))))
            }
            try #require(late?.hadStarted == false)
            let trouble = pool.statistics
            // 0.05, 0.1, 0.2, … 10 s: at most a dozen attempts in half a minute, by three places together.
            try #require((5...14).contains(trouble.failedStarts), "\(trouble)")
            try #require(trouble.failedStartAttemptsInARow >= 5)
            try #require(trouble.lastStartFailure?.contains("away") == true)
            let words = try #require(Simulation.current).history.compactMap { entry in
                if case .pool(.workerStartFailed(_, let reason)) = entry.event { reason } else { nil }
            }
            try #require(words.last?.contains("the next one is made in") == true, "\(words)")
            try #require(try await patient.value == 1)
            try #require(clock.now.offset < .seconds(73))
        }
    }

    @Test func `a shutdown ends in bounded time, and tells those who wait why they did in vain`() async throws {
        let outage = Outage(from: .seconds(1), to: .seconds(1_000_000), rate: 1, seed: 1)
        for way in ["finish", "cancel", "kill"] {
            try await withSimulatedPool(
                of: Database.self, configuration: outage, processes: 2, threadsPerProcess: 1, seed: 3
            ) { pool in
                let clock = try #require(SimulatedClock.current)
                try await pool.start()
                try await clock.sleep(for: .seconds(2))
                for place in 0..<2 { Simulation.current?.killWorker(at: place) }
                let waiting = try await pool.submit(Query(number: 1))
                try await clock.sleep(for: .seconds(100))
                let begin = clock.now
                switch way {
                case "finish": await pool.shutDown(.finishPending)
                case "cancel": await pool.shutDown(.cancelPending)
                default: await pool.kill()
                }
                try #require(clock.now.offset - begin.offset < .seconds(5))
                switch await waiting.result {
                case .success: Issue.record("it ran")
                case .failure(let error as PoolError) where way == "finish":
                    try #require(error.code == .startFailed && error.cause is DatabaseAway, "\(error)")
                case .failure(let error as PoolError): try #require(way == "kill" && error.code == .shutDown)
                case .failure(let error): try #require(way == "cancel" && error is CancellationError)
                }
            }
        }
    }

    @Test func `start on a larger pool tells the cause, and starts at once when it is asked again`() async throws {
        let outage = Outage(from: .seconds(1), to: .seconds(100), rate: 1, seed: 1)
        try await withSimulatedPool(
            of: Database.self, configuration: outage, processes: 1, threadsPerProcess: 1, seed: 3
        ) { pool in
            let clock = try #require(SimulatedClock.current)
            try await pool.start()
            try await clock.sleep(for: .seconds(2))
            try pool.resize(processes: 3)
            await #expect(throws: DatabaseAway.self) { try await pool.start() }
            try #require(clock.now.offset < .seconds(10))
            try #require(try await pool.run(Query(number: 5)) == 5)
            try await clock.sleep(for: .seconds(99))
            try await pool.start()
            try #require(pool.statistics.readyWorkers == 3)
        }
    }

    @Test func `the policy decides whether a pool without workers fails`() async throws {
        let outage = Outage(from: .seconds(1), to: .seconds(1_000_000), rate: 1, seed: 1)
        var options = PoolOptions()
        options.onStartFailure = .failPool
        try await withSimulatedPool(
            of: Database.self, configuration: outage, processes: 2, threadsPerProcess: 1, options: options, seed: 3
        ) { pool in
            let clock = try #require(SimulatedClock.current)
            try await pool.start()
            try await clock.sleep(for: .seconds(2))
            Simulation.current?.killWorker(at: 1)
            // While a worker is left, it does the work.
            for number in 0..<10 {
                try #require(try await pool.run(Query(number: number, work: .seconds(1))) == number)
            }
            Simulation.current?.killWorker(at: 0)
            await #expect(throws: DatabaseAway.self) { try await pool.run(Query(number: 1)) }
        }
    }
}

/// When the database is away, in simulated time, and how many of the connections then fail.
struct Outage: Codable, Sendable {
    var from: Duration
    var to: Duration
    var rate: Double
    var seed: UInt64
}

struct DatabaseAway: Error, Codable, CustomStringConvertible {
    var description: String { "the database is away" }
}

/// Makes a connection, if it can be made.
final class Database: WorkerContext {
    typealias Configuration = Outage

    init(_ outage: Outage) async throws {
        guard let now = SimulatedClock.current?.now.offset, now >= outage.from, now < outage.to else { return }
        var generator = SeededGenerator(seed: outage.seed ^ now.clampedNanoseconds)
        guard Double.random(in: 0..<1, using: &generator) < outage.rate else { return }
        throw DatabaseAway()
    }
}

struct Query: PoolTask {
    var number: Int
    var work = Duration.zero

    func run(in context: Database) async throws -> Int {
        if work > .zero { try await TaskContext.current?.sleep(for: work) }
        return number
    }
}
