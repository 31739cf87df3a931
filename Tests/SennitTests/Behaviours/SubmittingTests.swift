import Sennit
import Synchronization
import Testing

/// Behaviours 1 to 14: one task, its handle and its end.
@Suite(.timeLimit(.minutes(5))) struct SubmittingTests {
    @Test(arguments: [0, 2]) func `1 a submitted task gives its value`(processes: Int) async throws {
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 2) { pool in
            let handle = try await pool.submit(Doubling(number: 21))
            #expect(try await handle.value == 42)
            #expect(try await pool.run(Doubling(number: -1)) == -2)
            #expect(try await handle.value == 42, "a value may be asked for again")
        }
    }

    /// Its arguments have the names of what surrounds it.
    private struct Colliding: PoolTask {
        var task: String
        var context: Int
        var priority: Int
        var key: String
        var timeout: Double
        var isIdempotent: Bool
        var options: [String]

        func run(in _: NoContext) -> String {
            "\(task) \(context) \(priority) \(key) \(timeout) \(isIdempotent) \(options)"
        }
    }

    @Test(arguments: [0, 1]) func `2 arguments may be named as the pool's own settings`(processes: Int) async throws {
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 1) { pool async throws in
            let task = Colliding(
                task: "t", context: 1, priority: 2, key: "k", timeout: 0.5, isIdempotent: true, options: ["o"])
            #expect(try await pool.run(task) == #"t 1 2 k 0.5 true ["o"]"#)
        }
    }

    /// The options of its type are other ones for each task, and so is whether it may run again.
    private struct Numbered: PoolTask {
        private static let asked = Atomic<Int>(0)

        static var options: TaskOptions {
            let number = asked.add(1, ordering: .relaxed).newValue
            return TaskOptions(timeout: .seconds(60 * number), metadata: number % 3 == 0 ? [:] : ["n": "\(number)"])
        }

        func run(in _: NoContext) -> String {
            let left = (TaskContext.current?.remainingTime ?? .zero) + .seconds(59)
            return "\(TaskContext.current?.metadata["n"] ?? "none") \(left.components.seconds / 60)"
        }
    }

    @Test(.serialized, arguments: [0, 1])
    func `a type's options are asked for with each task, and options given hold for that task alone`(
        processes: Int
    ) async throws {
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 1) { pool async throws in
            var number: Int?
            for round in 1...20 {
                if round % 4 == 0 {
                    let options = TaskOptions(timeout: .seconds(3_600), metadata: ["n": "given"])
                    #expect(try await pool.run(Numbered(), options: options) == "given 60")
                    continue
                }
                let answer = try await pool.run(Numbered()).split(separator: " ")
                let seen = try #require(Int(answer[1]))
                // The first one says how often others have asked.
                number = number.map { $0 + 1 } ?? seen
                #expect(seen == number)
                #expect(answer[0] == (seen % 3 == 0 ? "none" : "\(seen)"))
                #expect(try await pool.run(Doubling(number: round)) == 2 * round, "another type in between")
            }
        }
    }

    @Test(arguments: [0, 1])
    func `5 a wait with a time limit leaves task and handle as they are`(processes: Int) async throws {
        let gate = try TaskGate()
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 1) { pool in
            let handle = try await pool.occupy(gate, threads: 1)[0]
            for limit in [Duration.zero, .seconds(-1), .milliseconds(5)] {
                await expectPoolError(.timedOutWaiting) { try await handle.value(within: limit) }
            }
            #expect(handle.state == .running)
            gate.open()
            #expect(try await handle.value(within: .seconds(Int64.max)).worker == 0)
            #expect(try await handle.value(within: .zero).worker == 0, "it has ended, so there is nothing to wait for")
        }
    }

    @Test(arguments: [0, 1]) func `6 the result of a cancelled task is a cancellation`(processes: Int) async throws {
        let gate = try TaskGate()
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 1) { pool in
            _ = try await pool.occupy(gate, threads: 1)
            let handle = try await pool.submit(Doubling(number: 1))
            handle.cancel()
            await #expect(throws: CancellationError.self) { try await handle.value }
            await #expect(throws: CancellationError.self) { try await handle.value(within: .seconds(9)) }
            #expect(throws: CancellationError.self) { try handle.resultIfEnded?.get() }
            let result = await handle.result
            #expect(throws: CancellationError.self) { try result.get() }
            gate.open()
        }
    }

    @Test(arguments: [0, 1]) func `7 callbacks run in the order of their registration`(processes: Int) async throws {
        let gate = try TaskGate()
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 1) { pool in
            let order = Recorder<Int>()
            let handle = try await pool.occupy(gate, threads: 1)[0]
            for number in 0..<50 { handle.onEnd { _ in order.record(number) } }
            gate.open()
            _ = try await handle.value
            // Some of the earlier ones may still be waiting for their turn.
            for number in 50..<100 { handle.onEnd { _ in order.record(number) } }
            #expect(await order.values(100) == Array(0..<100))
        }
    }

    @Test func `8 a callback that hears of a failure hurts nobody`() async throws {
        try await withProcessThreadPool(processes: 1, threadsPerProcess: 1) { pool in
            let heard = Recorder<String>()
            let handle = try await pool.submit(FailingAt(number: 1, bad: [1]))
            handle.onEnd { result in
                // A callback cannot throw: what it does not handle does not compile.
                do { heard.record("value \(try result.get())") } catch { heard.record("\(error)") }
            }
            handle.onEnd { _ in heard.record("second") }
            #expect(await heard.values(2) == ["\(BehaviourError(code: 1))", "second"])
            #expect(try await pool.run(Doubling(number: 3)) == 6)
        }
    }

    @Test(arguments: [0, 1]) func `9 a callback may submit to the same pool`(processes: Int) async throws {
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 1) { pool in
            let results = Recorder<Int>()
            try await pool.submit(Doubling(number: 1)).onEnd { first in
                Task {
                    let number = try first.get()
                    try await pool.submit(Doubling(number: number)).onEnd { results.record((try? $0.get()) ?? -1) }
                }
            }
            #expect(await results.values(1) == [4])
        }
    }

    @Test(arguments: [0, 1]) func `10 a callback may shut the pool down`(processes: Int) async throws {
        let pool = try ProcessThreadPool(processes: processes, threadsPerProcess: 1)
        let isDown = Recorder<Bool>()
        try await pool.submit(Doubling(number: 1)).onEnd { _ in
            Task {
                await pool.shutDown()
                isDown.record(true)
            }
        }
        _ = await isDown.values(1)
        await expectPoolError(.shutDown) { try await pool.run(Doubling(number: 1)) }
        #expect(pool.statistics.liveWorkers == 0)
    }

    @Test(arguments: [0, 1])
    func `12 cancelling works before the start, not after the end, and twice is as good as once`(
        processes: Int
    ) async throws {
        let gate = try TaskGate()
        let scratch = try ScratchDirectory()
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 1) { pool in
            let first = try await pool.occupy(gate, threads: 1)[0]
            var waiting: [TaskHandle<Int>] = []
            for _ in 0..<8 { waiting.append(try await pool.submit(Marking(path: scratch.marksPath, line: "ran"))) }
            for handle in waiting + waiting { handle.cancel() }
            for handle in waiting { await #expect(throws: CancellationError.self) { try await handle.value } }
            gate.open()
            _ = try await first.value
            first.cancel()
            #expect(first.state == .succeeded)
            #expect(try await first.value.worker == 0)
            _ = try await pool.run(Doubling(number: 1))
            #expect(scratch.marks == [])
            #expect(pool.statistics.cancelled == 8)
        }
    }

    @Test(arguments: [0, 1]) func `13 a handle tells where its task stands`(processes: Int) async throws {
        let gate = try TaskGate()
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 1) { pool in
            let running = try await pool.occupy(gate, threads: 1)[0]
            // A worker holds a few tasks more than it has threads; the last of many waits in the pool.
            var others: [TaskHandle<Int>] = []
            for number in 0..<600 { others.append(try await pool.submit(FailingAt(number: number, bad: [0]))) }
            let (failing, cancelled) = (others[0], others[599])
            #expect(running.state == .running)
            #expect(cancelled.state == .pending)
            #expect(cancelled.resultIfEnded == nil)
            cancelled.cancel()
            #expect(cancelled.state == .cancelled)
            gate.open()
            _ = await failing.result
            #expect(failing.state == .failed)
            #expect(running.state == .succeeded)
            #expect([TaskState.pending, .running].allSatisfy { !$0.isFinal })
            #expect([running.state, failing.state, cancelled.state].allSatisfy { $0.isFinal })
        }
    }

    @Test(arguments: [0, 1])
    func `14 cancelling the awaiting task removes a job that has not started`(processes: Int) async throws {
        let gate = try TaskGate()
        let scratch = try ScratchDirectory()
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 1) { pool in
            _ = try await pool.occupy(gate, threads: 1)
            let submitted = pool.statistics.submitted
            let waiting = Task { try await pool.run(Marking(path: scratch.marksPath, line: "ran")) }
            while pool.statistics.submitted == submitted { await Task.yield() }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
            gate.open()
            _ = try await pool.run(Doubling(number: 1))
            #expect(scratch.marks == [])
        }
    }

    @Test(arguments: [0, 1])
    func `14 cancelling whoever awaits a handle leaves the task alone`(processes: Int) async throws {
        let gate = try TaskGate()
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 1) { pool in
            let handle = try await pool.occupy(gate, threads: 1)[0]
            let waiting = Task { try await handle.value }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
            gate.open()
            #expect(try await handle.value.worker == 0)
        }
    }

    @Test func `14 waiting for room in a full queue ends with its cancellation`() async throws {
        let gate = try TaskGate()
        var options = PoolOptions()
        options.maximumQueuedTasks = 1
        try await withProcessThreadPool(processes: 0, threadsPerProcess: 1, options: options) { pool in
            _ = try await pool.occupy(gate, threads: 1)
            while pool.statistics.queuedTasks == 0 { _ = try await pool.submit(Doubling(number: 1)) }
            let waiting = Task { try await pool.submit(Doubling(number: 2)) }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
            let patient = Task { try await pool.run(Doubling(number: 3)) }
            gate.open()
            #expect(try await patient.value == 6)
        }
    }
}
