import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Behaviour 4 and its like: what cannot be done is refused with an error that says why, and the pool goes on.
@Suite(.timeLimit(.minutes(5))) struct BadInputTests {
    @Test func `4 counts of processes and threads out of range are refused`() throws {
        for (processes, threads) in [
            (-1, 1), (Int.min, 1), (1025, 1), (Int.max, 1), (1, 0), (1, -1), (1, 4097), (1, Int.max), (0, 0),
        ] {
            let error = #expect(throws: PoolError.self) {
                try ProcessThreadPool(processes: processes, threadsPerProcess: threads)
            }
            #expect(error?.code == .invalidArgument)
            #expect(error?.message.contains("must be from") == true, "\(error?.message ?? "")")
        }
    }

    @Test func `4 a pool within its limits costs nothing before its first task`() async throws {
        try await withProcessThreadPool(processes: 1024, threadsPerProcess: 64) { pool in
            #expect(pool.statistics.liveWorkers == 0)
            #expect(pool.statistics.targetProcesses == 1024)
        }
    }

    /// Settings that make no sense, each alone.
    static let badSettings: [@Sendable (inout PoolOptions) -> Void] = [
        { $0.retries = -1 }, { $0.poisonThreshold = 0 }, { $0.startAttempts = 0 }, { $0.maximumQueuedTasks = 0 },
        { $0.maximumPayloadBytes = 0 }, { $0.maximumPayloadBytes = .max }, { $0.threadStackBytes = 1 },
        { $0.threadStackBytes = .max }, { $0.standardErrorTailBytes = -1 }, { $0.maxTasksPerWorker = 0 },
        { $0.maxMemoryPerWorker = 1 }, { $0.startTimeout = .zero }, { $0.restartDelay = .seconds(-1) },
        { $0.gracePeriod = .seconds(-1) }, { $0.stopTimeout = .seconds(-1) }, { $0.heartbeatInterval = .zero },
        { $0.heartbeatTimeout = .seconds(-1) }, { $0.idleTimeout = .seconds(-1) },
        { $0.cancellationAllowance = .seconds(-1) }, { $0.maximumRestartDelay = .seconds(-1) }, { $0.name = "" },
        { $0.name = "a\0b" }, { $0.environment = ["": "x"] }, { $0.environment = ["A=B": "x"] },
        { $0.environment = ["A": "x\0y"] },
    ]

    @Test(arguments: badSettings.indices) func `4 a setting out of range is refused`(index: Int) {
        var options = PoolOptions()
        Self.badSettings[index](&options)
        let error = #expect(throws: PoolError.self) {
            try ProcessThreadPool(processes: 1, threadsPerProcess: 1, options: options)
        }
        #expect(error?.code == .invalidArgument)
    }

    @Test func `4 settings as long as can be are taken`() async throws {
        var options = PoolOptions()
        options.gracePeriod = .seconds(Int64.max)
        options.startTimeout = .seconds(Int64.max)
        options.stopTimeout = .seconds(Int64.max)
        options.heartbeatInterval = .seconds(Int64.max)
        options.heartbeatTimeout = .seconds(Int64.max)
        options.idleTimeout = .seconds(Int64.max)
        options.maxTasksPerWorker = .max
        options.maxMemoryPerWorker = .max
        try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: options) { pool async throws in
            let longest = TaskOptions(
                timeout: .seconds(Int64.max), deadline: .now + .seconds(Int64.max), retries: 1_000_000,
                cancellation: .killAfter(.seconds(Int64.max)))
            #expect(try await pool.run(Doubling(number: 1), options: longest) == 2)
        }
    }

    @Test(arguments: [0, 1]) func `a pool cannot be resized to nothing, nor one without processes`(
        processes: Int
    ) async throws {
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 1) { pool async throws in
            for count in [0, -1, 1025, .max] + (processes == 0 ? [1, 2] : []) {
                await expectPoolError(.invalidArgument) { try pool.resize(processes: count) }
            }
            #expect(try await pool.run(Doubling(number: 1)) == 2)
        }
    }

    @Test(arguments: [0, 1]) func `options of a task that make no sense fail that task`(processes: Int) async throws {
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 1) { pool async throws in
            let task = Doubling(number: 1)
            for options in [
                TaskOptions(timeout: .zero), TaskOptions(timeout: .seconds(-1)), TaskOptions(retries: -1),
                TaskOptions(retries: .min),
            ] {
                await expectPoolError(.invalidArgument) { try await pool.run(task, options: options) }
                await expectPoolError(.invalidArgument) { try await pool.submit(task, options: options) }
                await expectPoolError(.invalidArgument) { for try await _ in pool.map([task], options: options) {} }
            }
            for deadline in [ContinuousClock.now - .seconds(1), .now - .seconds(Int64.max)] {
                let late = TaskOptions(deadline: deadline)
                let error = await #expect(throws: TaskTimedOut.self) { try await pool.run(task, options: late) }
                #expect(error?.limit == .deadline && error?.hadStarted == false)
            }
            let atOnce = TaskOptions(cancellation: .killAfter(.seconds(-1)))
            #expect(try await pool.run(task, options: atOnce) == 2)
            #expect(pool.statistics.completed == 1)
        }
    }

    /// The context of some other pool.
    private struct OtherContext: WorkerContext {
        init(_ configuration: NoConfiguration) {}
    }

    private struct ForOtherContext: PoolTask {
        func run(in context: OtherContext) -> Int { 1 }
    }

    @Test(arguments: [0, 1]) func `a task for another pool's context fails alone, and says so`(
        processes: Int
    ) async throws {
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 1) { pool async throws in
            // `run` and `submit` do not compile with such a task.
            var outcomes: [Result<Int, any Error>] = []
            for await (_, result) in pool.mapAsCompleted([ForOtherContext()]) { outcomes.append(result) }
            let error = #expect(throws: PoolError.self) { try outcomes.first?.get() }
            #expect(error?.code == .unknownTaskType)
            #expect(error?.message.contains("OtherContext") == true, "\(error?.message ?? "")")
            #expect(try await pool.run(Doubling(number: 1)) == 2)
        }
    }

    private struct Hidden: Codable, Sendable { var number: Int }

    struct Generic<Value: Codable & Sendable>: PoolTask {
        var value: Value
        func run(in context: NoContext) -> Int { 1 }
    }

    @Test func `a task type that has no name elsewhere is refused before it is sent`() async throws {
        try await withProcessThreadPool(processes: 1, threadsPerProcess: 1) { pool async throws in
            await expectPoolError(.unknownTaskType) { try await pool.run(Generic(value: Hidden(number: 1))) }
            #expect(try await pool.run(Generic(value: 1)) == 1)
        }
    }

    /// Cannot be encoded.
    private struct Unspeakable: Codable, Sendable {
        var number = 1
        func encode(to encoder: any Encoder) throws { throw BehaviourError(code: 9) }
    }

    private struct UnspeakableContext: WorkerContext {
        init(_ configuration: Unspeakable) {}
    }

    private struct LargeContext: WorkerContext {
        init(_ configuration: [UInt8]) {}
    }

    @Test(arguments: [0, 1]) func `a configuration that cannot be encoded makes no pool`(processes: Int) throws {
        let error = #expect(throws: PoolError.self) {
            try ProcessThreadPool(
                of: UnspeakableContext.self, configuration: Unspeakable(), processes: processes, threadsPerProcess: 1)
        }
        #expect(error?.code == .encodingFailed)
        #expect(error?.cause as? BehaviourError == BehaviourError(code: 9))
        let large = #expect(throws: PoolError.self) {
            try ProcessThreadPool(
                of: LargeContext.self, configuration: [UInt8](repeating: 1, count: 1 << 20), processes: processes,
                threadsPerProcess: 1)
        }
        #expect(large?.code == .encodingFailed)
    }
}
