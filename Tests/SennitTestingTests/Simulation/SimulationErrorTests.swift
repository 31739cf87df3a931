import Sennit
import SennitTesting
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct SimulationErrorTests {
    @Test func `awaiting what never comes is a deadlock, named with its seed`() async throws {
        let error = await #expect(throws: SimulationError.self) {
            try await withSimulatedPool(seed: 77) { pool in
                _ = try await pool.run(Echo(number: 1))
                await forever()
            }
        }
        #expect(error?.cause == .deadlock)
        #expect(error?.seed == 77)
        #expect(error?.description.contains("Seed 77") == true)
        #expect(error?.history.isEmpty == false)
    }

    @Test func `a task that never ends is a deadlock too, though heartbeats go on`() async throws {
        let error = await #expect(throws: SimulationError.self) {
            try await withSimulatedPool(seed: 5) { pool in try await pool.run(Forever()) }
        }
        #expect(error?.cause == .deadlock)
        #expect(error?.statistics.tasksInWorkers == 1)
    }

    @Test func `a cancelled caller ends its simulation`() async throws {
        let caller = Mutex<Task<Void, any Error>?>(nil)
        let task = Task {
            try await withSimulatedPool(seed: 5) { pool in
                // Cancelled from in here: a thread outside may get its turn too late on a busy machine.
                while caller.withLock({ $0 == nil }) { await Task.yield() }
                caller.withLock { $0?.cancel() }
                // Real time, so that the cancellation comes while it lasts; simulated time would be over at once.
                try await Task.sleep(for: .seconds(30))
            }
        }
        caller.withLock { $0 = task }
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}

/// Waits for what nobody sends.
private func forever() async {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    for await _ in stream {}
    continuation.finish()
}

private struct Forever: PoolTask {
    func run(in context: NoContext) async throws -> Int {
        await forever()
        return 1
    }
}
