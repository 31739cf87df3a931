import Sennit
import Synchronization
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Where tasks in workers wait until the test lets them go on: a named pipe that nobody has opened for writing yet.
final class Barrier: Sendable {
    let path: String
    private let writer = Atomic<Int32>(-1)
    private static let next = Atomic<Int>(0)

    init() throws {
        path = "/tmp/sennit-barrier-\(getpid())-\(Self.next.add(1, ordering: .relaxed).newValue)"
        try #require(unsafe mkfifo(path, 0o600) == 0)
    }

    /// Lets everybody go on who waits or comes to wait.
    func open() { writer.store(unsafe Glibc.open(path, O_RDWR | O_CLOEXEC), ordering: .relaxed) }

    deinit {
        let descriptor = writer.load(ordering: .relaxed)
        if descriptor >= 0 { close(descriptor) }
        unsafe unlink(path)
    }
}

/// Reports that it runs, waits at a barrier without heeding anything, and gives its number.
struct WaitAtBarrier: PoolTask {
    let path: String
    let number: Int

    func run(in context: NoContext) async throws -> Int {
        TaskContext.current?.report(completed: 1)
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
        if descriptor >= 0 { close(descriptor) }
        return number
    }
}

/// Reports that it runs, and waits for its cancellation.
struct WaitForCancellation: PoolTask {
    func run(in context: NoContext) async throws -> Int {
        TaskContext.current?.report(completed: 1)
        let (nothing, end) = AsyncStream.makeStream(of: Void.self)
        for await _ in nothing {}
        end.finish()
        throw CancellationError()
    }
}

/// Ends its worker.
struct EndWorker: PoolTask {
    func run(in context: NoContext) async throws -> Int {
        kill(getpid(), SIGKILL)
        return 0
    }
}

/// A context that cannot be made.
final class Impossible: WorkerContext {
    struct Reason: Error, Codable, Equatable {}

    init(_ configuration: NoConfiguration) async throws { throw Reason() }
}
