import Sennit
import Synchronization
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Twice its number.
struct Doubling: PoolTask {
    var number: Int
    func run(in context: NoContext) -> Int { 2 * number }
}

/// Where a task ran.
struct Placement: Codable, Sendable, Hashable {
    var process: Int32
    var thread: Int
    var worker: Int

    static var here: Placement {
        get throws {
            guard let context = TaskContext.current else { throw TestFailure("outside of a task") }
            return Placement(process: context.processID, thread: context.threadNumber, worker: context.workerNumber)
        }
    }
}

/// Tells where it runs.
struct Locating: PoolTask {
    func run(in context: NoContext) throws -> Placement { try .here }
}

/// Reports that it has begun, waits at a gate, and tells where it ran.
struct PassingGate: PoolTask {
    var gate: String
    var number = 0

    init(_ gate: TaskGate, _ number: Int = 0) {
        self.gate = gate.path
        self.number = number
    }

    func run(in context: NoContext) throws -> Placement {
        TaskContext.current?.report(completed: Int64(number))
        TaskGate.pass(gate)
        return try .here
    }
}

/// An error that travels as itself.
struct BehaviourError: Error, Codable, Equatable {
    var code: Int
}

/// Fails if it is told to.
struct FailingAt: PoolTask {
    var number: Int
    var bad: Set<Int>

    func run(in context: NoContext) throws -> Int {
        if bad.contains(number) { throw BehaviourError(code: number) }
        return number
    }
}

/// Uses the processor for some microseconds.
struct Burning: PoolTask {
    var number: Int
    var microseconds: UInt64

    func run(in context: NoContext) throws -> Placement {
        let end = MonotonicClock.now() + microseconds * 1000
        while MonotonicClock.now() < end {}
        return try .here
    }
}

/// Leaves a mark when it runs.
struct Marking: PoolTask {
    var path: String
    var line: String
    func run(in context: NoContext) -> Int {
        ScratchDirectory.mark(line, in: path)
        return 0
    }
}

/// Waits until it is cancelled, without ever looking away from its thread.
struct SpinningUntilCancelled: PoolTask {
    var marks: String
    func run(in context: NoContext) throws -> Int {
        TaskContext.current?.report(completed: 1)
        let end = MonotonicClock.now() + 240_000_000_000
        while !Task.isCancelled, MonotonicClock.now() < end { sched_yield() }
        if Task.isCancelled { ScratchDirectory.mark("cancelled", in: marks) }
        try Task.checkCancellation()
        return 1
    }
}

extension TaskHandle {
    /// Returns when the task has reported for the first time, or has ended.
    func hasBegun() async {
        for await _ in progress { return }
    }
}

extension ProcessThreadPool where Context == NoContext {
    /// Holds so many threads at a gate, and returns when each is there.
    func occupy(_ gate: TaskGate, threads: Int) async throws -> [TaskHandle<Placement>] {
        var handles: [TaskHandle<Placement>] = []
        for number in 0..<threads { handles.append(try await submit(PassingGate(gate, number))) }
        for handle in handles { await handle.hasBegun() }
        return handles
    }
}

/// Checks that the body throws a pool error with this code.
func expectPoolError<Value>(
    _ code: PoolError.Code, sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Value
) async {
    do {
        let value = try await body()
        Issue.record("no error but \(value)", sourceLocation: sourceLocation)
    } catch {
        #expect((error as? PoolError)?.code == code, "\(error)", sourceLocation: sourceLocation)
    }
}

/// Whether a process of this number is at work; a zombie is not.
func isRunning(_ process: Int32) -> Bool {
    guard let stat = try? ProcFile.contents(of: "/proc/\(process)/stat"), let end = stat.lastIndex(of: ")") else {
        return false
    }
    return !["Z", "X"].contains(stat[stat.index(end, offsetBy: 2)])
}

/// Collects what callbacks say, in order, and can be waited for.
final class Recorder<Value: Sendable>: Sendable {
    private struct State {
        var values: [Value] = []
        var waiters: [(Int, CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    func record(_ value: Value) {
        let ready = state.withLock { state in
            state.values.append(value)
            let count = state.values.count
            defer { state.waiters.removeAll { $0.0 <= count } }
            return state.waiters.filter { $0.0 <= count }.map(\.1)
        }
        for waiter in ready { waiter.resume() }
    }

    var values: [Value] { state.withLock { $0.values } }

    /// Waits until there are so many.
    func values(_ count: Int) async -> [Value] {
        await withCheckedContinuation { waiter in
            let isThere = state.withLock { state in
                if state.values.count < count { state.waiters.append((count, waiter)) }
                return state.values.count >= count
            }
            if isThere { waiter.resume() }
        }
        return values
    }
}
