import Sennit
import Testing

/// Behaviours 15 to 20: waiting for several tasks.
@Suite(.timeLimit(.minutes(5))) struct SeveralHandlesTests {
    typealias Handle = TaskHandle<Int>

    /// Takes a number when it is told, and fails for a negative one.
    private struct Answering: PoolTask {
        var gate: String
        var number: Int
        func run(in context: NoContext) throws -> Int {
            TaskGate.pass(gate)
            if number < 0 { throw BehaviourError(code: number) }
            return number
        }
    }

    /// A pool whose tasks each wait at a gate of their own.
    private func withGates(
        _ processes: Int, _ numbers: [Int], _ body: ([Handle], [TaskGate]) async throws -> Void
    ) async throws {
        let gates = try numbers.map { _ in try TaskGate() }
        try await withProcessThreadPool(processes: processes, threadsPerProcess: numbers.count) { pool in
            var handles: [Handle] = []
            for (number, gate) in zip(numbers, gates) {
                handles.append(try await pool.submit(Answering(gate: gate.path, number: number)))
            }
            defer { for gate in gates { gate.open() } }
            try await body(handles, gates)
        }
    }

    private func ids(_ handles: [Handle]) -> [TaskID] { handles.map(\.id) }

    @Test(arguments: [0, 1]) func `15 the first end ends the wait`(processes: Int) async throws {
        try await withGates(processes, [1, 2, 3]) { handles, gates in
            gates[1].open()
            let waited = try await Handle.wait(for: handles, until: .firstEnded)
            #expect(ids(waited.ended) == ids([handles[1]]))
            #expect(ids(waited.pending) == ids([handles[0], handles[2]]))
        }
    }

    @Test(arguments: [0, 1])
    func `16 the first failure ends the wait, and without one the last end does`(processes: Int) async throws {
        try await withGates(processes, [1, -2, 3]) { handles, gates in
            gates[0].open()
            _ = try await handles[0].value
            gates[1].open()
            let waited = try await Handle.wait(for: handles, until: .firstFailure)
            #expect(ids(waited.ended) == ids([handles[0], handles[1]]))
            #expect(ids(waited.pending) == ids([handles[2]]))
            gates[2].open()
            let good = try await Handle.wait(for: [handles[0], handles[2]], until: .firstFailure)
            #expect(good.ended.count == 2 && good.pending.isEmpty)
        }
    }

    @Test(arguments: [0, 1])
    func `17 a wait for all counts those that have ended and those that were cancelled`(processes: Int) async throws {
        try await withGates(processes, [1, -2, 3]) { handles, gates in
            gates[0].open()
            _ = try await handles[0].value
            handles[2].kill()
            gates[1].open()
            let waited = try await Handle.wait(for: handles)
            #expect(ids(waited.ended) == ids(handles) && waited.pending.isEmpty)
            #expect(waited.ended[2].state == .cancelled)
            let again = try await Handle.wait(for: handles, until: .firstEnded, within: .zero)
            #expect(again.ended.count == 3, "all that have ended are told, not only the first")
        }
    }

    @Test(arguments: [0, 1]) func `18 a handle that is given twice counts once`(processes: Int) async throws {
        try await withGates(processes, [1, 2]) { handles, gates in
            for gate in gates { gate.open() }
            let waited = try await Handle.wait(for: handles + handles)
            #expect(ids(waited.ended) == ids(handles))
            var seen: [TaskID] = []
            for try await handle in Handle.asCompleted(handles + handles) { seen.append(handle.id) }
            #expect(seen.count == 2 && Set(seen) == Set(ids(handles)))
            let none = try await Handle.wait(for: [])
            #expect(none.ended.isEmpty && none.pending.isEmpty)
        }
    }

    @Test(arguments: [0, 1]) func `19 after the time limit both lists are told`(processes: Int) async throws {
        try await withGates(processes, [1, 2]) { handles, gates in
            gates[0].open()
            _ = try await handles[0].value
            for limit in [Duration.seconds(-1), .zero, .milliseconds(5)] {
                let waited = try await Handle.wait(for: handles, within: limit)
                #expect(ids(waited.ended) == ids([handles[0]]))
                #expect(ids(waited.pending) == ids([handles[1]]))
            }
            gates[1].open()
            #expect(try await Handle.wait(for: handles, within: .seconds(Int64.max)).pending.isEmpty)
        }
    }

    @Test(arguments: [0, 1]) func `20 handles come as they end, those that have ended first`(processes: Int)
        async throws
    {
        try await withGates(processes, [0, 1, 2, 3]) { handles, gates in
            for place in [1, 0] {
                gates[place].open()
                _ = try await handles[place].value
            }
            var order: [TaskID] = []
            for try await handle in Handle.asCompleted(handles) {
                order.append(handle.id)
                if order.count == 2 { gates[3].open() }
                if order.count == 3 { gates[2].open() }
            }
            #expect(order == ids([handles[0], handles[1], handles[3], handles[2]]))
        }
    }

    @Test(arguments: [0, 1])
    func `20 the time limit of an iteration throws and loses nothing`(processes: Int) async throws {
        try await withGates(processes, [0, 1]) { handles, gates in
            gates[0].open()
            _ = try await handles[0].value
            var iterator = Handle.asCompleted(handles, within: .milliseconds(20)).makeAsyncIterator()
            #expect(try await iterator.next()?.id == handles[0].id)
            await expectPoolError(.timedOutWaiting) { try await iterator.next() }
            gates[1].open()
            #expect(try await handles[1].value == 1)
            #expect(try await iterator.next()?.id == handles[1].id)
            #expect(try await iterator.next() == nil)
        }
    }

    @Test func `20 a handle is let go when it has been given out`() async throws {
        let pool = try ProcessThreadPool(processes: 0, threadsPerProcess: 1)
        weak var task: PendingTask?
        var iterator: EndingHandles<Int>.AsyncIterator
        do {
            let handle = try await pool.submit(Doubling(number: 1))
            task = handle.task
            iterator = Handle.asCompleted([handle]).makeAsyncIterator()
            #expect(task != nil)
            #expect(try await iterator.next()?.id == handle.id)
        }
        #expect(try await iterator.next() == nil)
        // The thread that brought the result may need a moment to let go of it too.
        for _ in 0..<100_000 where task != nil { await Task.yield() }
        #expect(task == nil)
        await pool.shutDown()
    }

    @Test func `20 a wait ends with the cancellation of whoever waits`() async throws {
        try await withGates(0, [1]) { handles, _ in
            let waiting = Task { try await Handle.wait(for: handles, within: .seconds(50)) }
            let iterating = Task { for try await _ in Handle.asCompleted(handles) {} }
            waiting.cancel()
            iterating.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
            await #expect(throws: CancellationError.self) { try await iterating.value }
            #expect(!handles[0].state.isFinal)
        }
    }
}
