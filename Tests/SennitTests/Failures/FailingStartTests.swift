import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension MisbehavingTasks {
    /// Starts of workers fail in a pool that has been ready.
    @Suite struct FailingStartTests {
        @Test(arguments: [0, 2])
        func `what a context needs is away for a second, and 300 of 300 tasks succeed`(processes: Int) async throws {
            let need = try Need()
            defer { need.remove() }
            let options = quickOptions {
                // Workers are replaced meanwhile, with nothing to start from.
                $0.maxTasksPerWorker = 40
                $0.maximumRestartDelay = .milliseconds(200)
            }
            try await withProcessThreadPool(
                of: NeedyContext.self, configuration: need, processes: processes, threadsPerProcess: 2,
                options: options
            ) { pool in
                try await pool.start()
                need.set(.isAway)
                if processes > 0 { try pool.resize(processes: 4) }
                var handles: [TaskHandle<Int>] = []
                for number in 0..<300 { handles.append(try await pool.submit(Slow(number: number))) }
                let end = ContinuousClock.now + .seconds(1)
                #expect(await eventuallyTrue { ContinuousClock.now > end && pool.statistics.failedStarts > 3 })
                need.set(.isThere)
                var good = 0
                for (number, handle) in handles.enumerated() { good += try await handle.value == number ? 1 : 0 }
                #expect(good == 300)
                try await pool.start()
                #expect(pool.statistics.failedStartAttemptsInARow == 0)
            }
        }

        @Test(arguments: [Need.State.isAway, .traps, .exits, .hangs])
        func `whichever way a further worker fails to start, the ready one works on`(way: Need.State) async throws {
            let need = try Need()
            let gate = try Gate()
            defer {
                need.remove()
                gate.remove()
            }
            let options = quickOptions {
                $0.startAttempts = 1
                // Long enough for a start that is to succeed, on a busy machine.
                $0.startTimeout = .seconds(way == .hangs ? 2 : 30)
            }
            try await withProcessThreadPool(
                of: NeedyContext.self, configuration: need, processes: 1, threadsPerProcess: 1, options: options
            ) { pool in
                try await pool.start()
                let running = try await pool.submit(HoldNeedy(gate: gate))
                let process = try await running.runningProcess()
                need.set(way)
                try pool.resize(processes: 2)
                let waiting = try await pool.submit(Slow(number: 7))
                #expect(await eventuallyTrue(within: 60) { pool.statistics.failedStarts >= 2 })
                #expect(Processes.isAlive(process))
                #expect(pool.statistics.lastStartFailure != nil)
                need.set(.isThere)
                #expect(try await waiting.value == 7)
                let open = gate.open()
                #expect(try await running.value == process)
                withExtendedLifetime(open) {}
            }
        }
    }
}

/// What a context needs: a file that says what becomes of the contexts that are made.
struct Need: Codable, Sendable {
    enum State: UInt8, Codable, Sendable {
        case isThere, isAway, traps, exits, hangs
    }

    private let state: Tally

    init() throws { state = try Tally() }

    /// The last mark counts.
    func set(_ newState: State) { state.add(UInt8(ascii: "0") + newState.rawValue) }

    var current: State {
        guard let mark = state.marks.utf8.last else { return .isThere }
        return State(rawValue: mark - UInt8(ascii: "0")) ?? .isThere
    }

    func remove() { state.remove() }
}

final class NeedyContext: WorkerContext {
    typealias Configuration = Need

    init(_ need: Need) async throws {
        switch need.current {
        case .isThere: break
        case .isAway: throw TypedError(code: 9, place: ["away"])
        case .traps: fatalError("it is away")
        case .exits: _exit(11)
        case .hangs: while true { pause() }
        }
    }
}

private struct Slow: PoolTask {
    var number: Int

    func run(in context: NeedyContext) async throws -> Int {
        // As long as a query takes; so that the tasks last for longer than what is away.
        try await TaskContext.current?.sleep(for: .milliseconds(10))
        return number
    }
}

private struct HoldNeedy: PoolTask {
    var gate: Gate

    func run(in context: NeedyContext) async throws -> Int {
        TaskContext.current?.report(completed: Int64(getpid()))
        gate.pass()
        return Int(getpid())
    }
}
