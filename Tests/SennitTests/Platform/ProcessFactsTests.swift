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

    @Test func `the test bundle diverts its copies`() {
        #expect(WorkerBoot.isDiversionAvailable)
    }
}
