import Sennit

/// Keeps a processor busy until it is cancelled, but for no more than a minute; first it reports its process's number.
struct KeepBusy: PoolTask {
    func run(in context: NoContext) async throws -> NoOutput {
        TaskContext.current?.report(completed: Int64(ProcessIdentity.current))
        let start = Stopwatch()
        while !Task.isCancelled, start.seconds < 60 { Computing.burn(nanoseconds: 1_000_000, mode: .wall) }
        return NoOutput()
    }
}

/// Keeps a processor busy for a minute, whatever it is told.
struct HeedNothing: PoolTask {
    func run(in context: NoContext) async throws -> NoOutput {
        Computing.burn(nanoseconds: 60_000_000_000, mode: .wall)
        return NoOutput()
    }
}

/// As `KeepBusy`, beside a child of its own, whose number it reports.
struct KeepBusyWithChild: PoolTask {
    func run(in context: NoContext) async throws -> NoOutput {
        let child = try PlainChild.start(["sleep", "1000"])
        TaskContext.current?.report(completed: Int64(child))
        let start = Stopwatch()
        while !Task.isCancelled, start.seconds < 60 { Computing.burn(nanoseconds: 1_000_000, mode: .wall) }
        ProcessSignal.kill(child)
        return NoOutput()
    }
}

/// Work that may be done again.
struct GoodTask: PoolTask {
    static let isIdempotent = true

    let index: Int
    let milliseconds: UInt64

    func run(in context: NoContext) async throws -> Int {
        Pause.block(nanoseconds: milliseconds * 1_000_000)
        return index
    }
}

/// Ends its worker as a crash would.
struct PoisonTask: PoolTask {
    func run(in context: NoContext) async throws -> NoOutput {
        ProcessSignal.kill(ProcessIdentity.current)
        return NoOutput()
    }
}
