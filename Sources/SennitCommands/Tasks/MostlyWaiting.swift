import ArgumentParser
package import Sennit

/// How a task spends its share of computing.
package enum WorkloadMode: String, Codable, Sendable, CaseIterable, ExpressibleByArgument {
    /// It uses up processor time of its own thread, however long that takes.
    case cpu
    /// It is busy until the clock on the wall has moved, whether it had a processor or not.
    case wall
}

/// The article's client: 20 ms of waiting for somebody else, then 0.8 ms of computing.
package struct MostlyWaiting: PoolTask {
    package static let waitSeconds = 0.02
    package static let computeSeconds = 0.0008

    package let index: Int
    package let mode: WorkloadMode

    package init(index: Int, mode: WorkloadMode) {
        self.index = index
        self.mode = mode
    }

    package func run(in context: NoContext) async throws -> WorkloadOutcome {
        Pause.block(nanoseconds: UInt64(MostlyWaiting.waitSeconds * 1e9))
        Computing.burn(nanoseconds: UInt64(MostlyWaiting.computeSeconds * 1e9), mode: mode)
        return WorkloadOutcome(index: index, processID: ProcessIdentity.current)
    }
}

/// What a task of the workload gives back.
package struct WorkloadOutcome: Codable, PlainData, Hashable {
    package let index: Int
    package let processID: Int32
}

/// Sleeps a little and says where it ran, so that every thread of a pool can be seen to have started.
struct Nap: PoolTask {
    let milliseconds: UInt64

    func run(in context: NoContext) async throws -> ThreadPlace {
        Pause.block(nanoseconds: milliseconds * 1_000_000)
        return ThreadPlace(processID: ProcessIdentity.current, thread: TaskContext.current?.threadNumber ?? 0)
    }
}

/// A thread of a pool.
struct ThreadPlace: Codable, PlainData, Hashable {
    let processID: Int32
    let thread: Int
}

/// Arithmetic that takes time.
enum Computing {
    /// Keeps the processor busy for this long.
    static func burn(nanoseconds: UInt64, mode: WorkloadMode) {
        let end = now(mode) + nanoseconds
        var value: UInt64 = 1
        repeat { value = mix(value) } while now(mode) < end && value != 0
    }

    private static func now(_ mode: WorkloadMode) -> UInt64 {
        mode == .cpu ? ProcessorTime.ofThread() : MonotonicClock.now()
    }

    /// About a microsecond's worth; the result is never zero, which the compiler cannot know.
    @inline(never)
    private static func mix(_ seed: UInt64) -> UInt64 {
        var value = seed
        for _ in 0..<400 {
            value ^= value << 13
            value ^= value >> 7
            value ^= value << 17
        }
        return value
    }
}
