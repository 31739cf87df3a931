import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

@Suite struct ProcessFactsTests {
    @Test func `memory in use is more than what is private`() throws {
        let resident = try ProcessMemory.resident(getpid())
        let unique = try ProcessMemory.unique(getpid())
        #expect(unique > 100_000)
        #expect(resident > unique / 2)
        #expect(throws: SystemError.self) { try ProcessMemory.resident(-5) }
    }

    @Test func `a stopped process is known from a sleeping one`() throws {
        let child = try ProcessSpawner().spawn(SpawnRequest(executable: "/bin/sleep", arguments: ["sleep", "100"]))
        try child.signal(SIGSTOP)
        Children.waitUntilStopped(child.pid)
        #expect(ProcessState.of(child.pid) == .stopped)
        child.killGroup()
        _ = try EventPoll.wait(for: .readable, on: child.pidfd)
        #expect(ProcessState.of(child.pid) == .zombie)
        #expect(child.reap() == .signaled(SIGKILL, coreDumped: false))
        #expect(ProcessState.of(child.pid) == nil)
    }

    @Test func `an executable is known by its file and its contents`() throws {
        #expect(try ExecutableIdentity.current() == ExecutableIdentity.current())
        #expect(try ExecutableIdentity.contentDigest() == ExecutableIdentity.contentDigest())
    }

    @Test func `processors that a thread may not run on are not counted`() async throws {
        let count = await withCheckedContinuation { continuation in
            do {
                // A thread of its own, so that the mask hits nobody else.
                try SystemThread.start(name: "masked", stackBytes: 1 << 16) {
                    ProcessFactsTests.allowOneProcessor()
                    continuation.resume(returning: ProcessIdentity.processorCount)
                }
            } catch {
                continuation.resume(returning: -1)
            }
        }
        #expect(count == 1)
        #expect(ProcessIdentity.processorCount >= 1)
    }

    /// Lets the calling thread run on the first of its processors only.
    private static func allowOneProcessor() {
        typealias Affinity = @convention(c) (Int32, Int, UnsafeMutableRawPointer) -> Int32
        // The module map hides them.
        guard let get = unsafe dlsym(nil, "sched_getaffinity"), let set = unsafe dlsym(nil, "sched_setaffinity")
        else { return }
        var mask = [UInt8](repeating: 0, count: 128)
        _ = unsafe unsafeBitCast(get, to: Affinity.self)(0, mask.count, &mask)
        guard let first = mask.firstIndex(where: { $0 != 0 }) else { return }
        let lowest = mask[first] & (0 &- mask[first])
        mask = [UInt8](repeating: 0, count: 128)
        mask[first] = lowest
        _ = unsafe unsafeBitCast(set, to: Affinity.self)(0, mask.count, &mask)
    }

    @Test func `the test bundle diverts its copies`() {
        #expect(WorkerBoot.isDiversionAvailable)
    }
}
