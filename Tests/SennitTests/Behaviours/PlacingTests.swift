import Sennit
import Testing

/// Which task runs where and when: keys and priorities.
@Suite(.timeLimit(.minutes(5))) struct PlacingTests {
    private func places(
        _ pool: ProcessThreadPool<NoContext>, keys: Range<Int>
    ) async throws -> [Int: Placement] {
        var places: [Int: Placement] = [:]
        for key in keys { places[key] = try await pool.run(Locating(), options: TaskOptions(key: "key \(key)")) }
        return places
    }

    @Test func `tasks with equal keys run in the same process, also after a death`() async throws {
        var options = PoolOptions()
        options.standardError = .discard
        try await withProcessThreadPool(processes: 3, threadsPerProcess: 2, options: options) { pool in
            let first = try await places(pool, keys: 0..<30)
            #expect(try await places(pool, keys: 0..<30).mapValues(\.process) == first.mapValues(\.process))
            #expect(Set(first.values.map(\.worker)) == [0, 1, 2], "thirty keys reach all of three workers")
            // Its replacement takes over the dead one's keys, and nobody else's.
            let events = pool.events
            let victim = try #require(first[0]).worker
            let gate = try TaskGate()
            let handle = try await pool.submit(PassingGate(gate), options: TaskOptions(key: "key 0"))
            await handle.hasBegun()
            handle.kill()
            for await case .workerEnded(let worker, _, _, _) in events {
                #expect(worker.number == victim)
                break
            }
            let second = try await places(pool, keys: 0..<30)
            #expect(second.mapValues(\.worker) == first.mapValues(\.worker))
            for (key, place) in second {
                #expect((place.process == first[key]?.process) == (place.worker != victim))
            }
        }
    }

    @Test func `few keys move when the pool is resized`() async throws {
        try await withProcessThreadPool(processes: 2, threadsPerProcess: 1) { pool in
            let before = try await places(pool, keys: 0..<60)
            try pool.resize(processes: 3)
            let after = try await places(pool, keys: 0..<60)
            let moved = before.filter { after[$0.key]?.worker != $0.value.worker }
            #expect((8...32).contains(moved.count), "a third of sixty")
            #expect(moved.keys.allSatisfy { after[$0]?.worker == 2 }, "a key that moves goes to the new worker")
        }
    }

    @Test(arguments: [0, 1]) func `urgent tasks overtake those that wait`(processes: Int) async throws {
        let gate = try TaskGate()
        let scratch = try ScratchDirectory()
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 1) { pool in
            _ = try await pool.occupy(gate, threads: 1)
            // What a worker holds beside what it runs, so that all that follow wait in the pool.
            while pool.statistics.queuedTasks == 0 { _ = try await pool.submit(Doubling(number: 0)) }
            var handles: [TaskHandle<Int>] = []
            for priority in TaskOptions.Priority.allCases {
                for number in 0..<3 {
                    let task = Marking(path: scratch.marksPath, line: "\(priority) \(number)")
                    handles.append(try await pool.submit(task, options: TaskOptions(priority: priority)))
                }
            }
            gate.open()
            for handle in handles { _ = try await handle.value }
            let order = ["high", "normal", "low"].flatMap { name in (0..<3).map { "\(name) \($0)" } }
            #expect(scratch.marks == order)
        }
    }
}
