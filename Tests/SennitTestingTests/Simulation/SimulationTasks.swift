import Sennit
import SennitTesting

/// Gives its number back after some simulated time.
struct Echo: PoolTask {
    var number: Int
    var work = Duration.zero
    static var isIdempotent: Bool { true }

    func run(in context: NoContext) async throws -> Int {
        if work > .zero { try await TaskContext.current?.sleep(for: work) }
        return number
    }
}

/// As `Echo`, but must not be run twice.
struct EchoOnce: PoolTask {
    var number: Int
    var work = Duration.zero

    func run(in context: NoContext) async throws -> Int {
        try await Echo(number: number, work: work).run(in: context)
    }
}

/// Sleeps on, whatever it is told.
struct Stubborn: PoolTask {
    var work: Duration

    func run(in context: NoContext) async throws -> Int {
        let work = work
        // A sleep in a Swift task of its own does not hear of the cancellation.
        let sleep = Task(executorPreference: Simulation.current?.executor) {
            try await SimulatedClock.current?.sleep(for: work)
        }
        try await sleep.value
        return 1
    }
}

/// Carries bytes there and back.
struct Freight: PoolTask {
    var bytes: [UInt8]
    static var isIdempotent: Bool { true }

    func run(in context: NoContext) async throws -> [UInt8] {
        try await TaskContext.current?.sleep(for: .milliseconds(1))
        return bytes.reversed()
    }
}

struct Odd: Error, Codable, Equatable {
    var number: Int
}

/// Fails for odd numbers, and reports progress before.
struct EvenOnly: PoolTask {
    var number: Int

    func run(in context: NoContext) async throws -> Int {
        TaskContext.current?.report(completed: 1, total: 2, message: "half")
        try await TaskContext.current?.sleep(for: .milliseconds(5))
        if number % 2 == 1 { throw Odd(number: number) }
        return number
    }
}
