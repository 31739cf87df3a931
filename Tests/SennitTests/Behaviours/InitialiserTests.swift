import Sennit
import Synchronization
import Testing

/// What the process initialiser of `MarkingContext` leaves behind for every task of the process.
private let setByInitialiser = Mutex<Set<String>>([])

/// Marks each time that it, or the state of a thread, is made.
private final class MarkingContext: WorkerContext {
    struct Configuration: Codable, Sendable {
        var path: String
        var greeting: String
    }

    struct ThreadState {
        var number: Int
        var process: Int32
    }

    let path: String
    let greeting: String
    private let threads = Atomic<Int>(0)

    init(_ configuration: Configuration) async throws {
        path = configuration.path
        greeting = configuration.greeting
        setByInitialiser.withLock { _ = $0.insert(configuration.greeting) }
        ScratchDirectory.mark("process \(ProcessIdentity.current)", in: path)
    }

    func makeThreadState() async throws -> ThreadState {
        ScratchDirectory.mark("thread \(ProcessIdentity.current)", in: path)
        return ThreadState(number: threads.add(1, ordering: .relaxed).newValue, process: ProcessIdentity.current)
    }

    func shutDown() async { ScratchDirectory.mark("goodbye \(ProcessIdentity.current)", in: path) }
}

/// What a task sees of what the initialisers made.
private struct Inspecting: PoolTask {
    struct Sight: Codable, Sendable, Hashable {
        var isGreeted: Bool
        var state: Int
        var placement: Placement
    }

    func run(in context: MarkingContext) throws -> Sight {
        let state = try context.threadState()
        guard state.process == ProcessIdentity.current else { throw TestFailure("another process's state") }
        ScratchDirectory.mark("task", in: context.path)
        return Sight(
            isGreeted: setByInitialiser.withLock { $0.contains(context.greeting) }, state: state.number,
            placement: try .here)
    }
}

/// Holds a thread of a worker with a context.
private struct HoldingThread: PoolTask {
    var gate: String
    func run(in context: MarkingContext) throws -> Inspecting.Sight {
        TaskContext.current?.report(completed: 0)
        TaskGate.pass(gate)
        return try Inspecting().run(in: context)
    }
}

/// Behaviours 42, 43 and 47: what is made once per process and once per thread.
@Suite(.timeLimit(.minutes(5))) struct InitialiserTests {
    @Test(arguments: [0, 2])
    func `42 43 initialisers run once per process and once per thread, before any task`(processes: Int) async throws {
        let scratch = try ScratchDirectory()
        let workers = max(1, processes)
        let gate = try TaskGate()
        try await withProcessThreadPool(
            of: MarkingContext.self, configuration: .init(path: scratch.marksPath, greeting: "hello"),
            processes: processes, threadsPerProcess: 3
        ) { pool in
            try await pool.start()
            #expect(scratch.marks.filter { $0.hasPrefix("process") }.count == workers)
            #expect(scratch.marks.filter { $0.hasPrefix("thread") }.count == 3 * workers)
            var handles: [TaskHandle<Inspecting.Sight>] = []
            for _ in 0..<(3 * workers) { handles.append(try await pool.submit(HoldingThread(gate: gate.path))) }
            for handle in handles { await handle.hasBegun() }
            gate.open()
            var sights: Set<Inspecting.Sight> = []
            for handle in handles { sights.insert(try await handle.value) }
            // Each thread has a state of its own, and sees the same one again.
            #expect(Set(sights.map { [Int($0.placement.process), $0.state] }).count == 3 * workers)
            for _ in 0..<30 {
                let again = try await pool.run(Inspecting())
                #expect(sights.contains(again))
            }
            let marks = scratch.marks
            #expect(marks.filter { $0.hasPrefix("process") }.count == workers)
            #expect(marks.filter { $0.hasPrefix("thread") }.count == 3 * workers)
            #expect(marks.prefix(4 * workers).allSatisfy { $0 != "task" })
        }
        #expect(scratch.marks.filter { $0.hasPrefix("goodbye") }.count == workers)
    }

    @Test func `42 43 initialisers run again in a replacement`() async throws {
        let scratch = try ScratchDirectory()
        try await withProcessThreadPool(
            of: MarkingContext.self, configuration: .init(path: scratch.marksPath, greeting: "hello"),
            processes: 1, threadsPerProcess: 2
        ) { pool in
            let first = try await pool.run(Inspecting()).placement.process
            let gate = try TaskGate()
            let handle = try await pool.submit(HoldingThread(gate: gate.path))
            await handle.hasBegun()
            handle.kill()
            let second = try await pool.run(Inspecting()).placement.process
            #expect(first != second)
            for process in [first, second] {
                #expect(scratch.marks.filter { $0 == "process \(process)" }.count == 1)
                #expect(scratch.marks.filter { $0 == "thread \(process)" }.count == 2)
            }
        }
    }

    @Test(arguments: [0, 1])
    func `47 tasks see what the initialiser has set, and the parent of a process does not`(
        processes: Int
    ) async throws {
        let scratch = try ScratchDirectory()
        let greeting = "for \(processes) processes, \(scratch.path)"
        try await withProcessThreadPool(
            of: MarkingContext.self, configuration: .init(path: scratch.marksPath, greeting: greeting),
            processes: processes, threadsPerProcess: 2
        ) { pool in
            try await pool.start()
            #expect(try await pool.run(Inspecting()).isGreeted)
            #expect(setByInitialiser.withLock { $0.contains(greeting) } == (processes == 0))
        }
    }

    @Test func `a thread's state is nothing outside of a task`() async throws {
        let context = try await MarkingContext(.init(path: "/dev/null", greeting: "-"))
        #expect(throws: PoolError.self) { try context.threadState() }
    }
}
