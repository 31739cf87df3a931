import Sennit
import SennitTesting
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct SimulationErrorTests {
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
        let caller = Caller()
        let task = caller.begin {
            try await withSimulatedPool(seed: 5) { _ in
                caller.cancel()
                await forever()
                try Task.checkCancellation()
            }
        }
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func `a cancellation that comes when the deadlock has just been seen is still the caller's`() async throws {
        let caller = Caller()
        let task = caller.begin {
            try await withSimulatedPool(seed: 6) { _ in
                // The deadlock is seen, the simulation is taken down by cancelling this, and only then the caller is.
                await withTaskCancellationHandler(operation: forever, onCancel: caller.cancel)
                try Task.checkCancellation()
            }
        }
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func `a cancelled caller that waits on in spite of it is a deadlock`() async throws {
        let caller = Caller()
        let task = caller.begin {
            try await withSimulatedPool(seed: 7) { _ in
                caller.cancel()
                // A task of its own is not cancelled with its creator.
                await Task { await forever() }.value
            }
        }
        let error = await #expect(throws: SimulationError.self) { try await task.value }
        #expect(error?.cause == .deadlock)
    }
}

/// A Swift task that its own body can cancel.
private final class Caller: Sendable {
    private let task = Mutex<Task<Void, any Error>?>(nil)

    func begin(_ body: @escaping @Sendable () async throws -> Void) -> Task<Void, any Error> {
        let (gate, opening) = AsyncStream.makeStream(of: Void.self)
        let begun = Task {
            for await _ in gate {}
            try await body()
        }
        task.withLock { $0 = begun }
        opening.finish()
        return begun
    }

    @Sendable func cancel() { task.withLock { $0 }?.cancel() }
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
