import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

@Suite struct ProcessSpawnerTests {
    private func run(_ script: String, _ adjust: (inout SpawnRequest) -> Void = { _ in }) throws -> WorkerExitStatus? {
        var request = SpawnRequest(executable: "/bin/sh", arguments: ["sh", "-c", script])
        adjust(&request)
        return try ProcessSpawner().spawn(request).waitAndReap(timeoutNanoseconds: 10_000_000_000)
    }

    @Test func `says how a process ended`() throws {
        #expect(try run("exit 7") == .exited(7))
        #expect(try run("kill -TERM $$") == .signaled(SIGTERM, coreDumped: false))
        #expect(WorkerExitStatus.signaled(SIGKILL, coreDumped: false).description == "killed by SIGKILL")
        #expect(WorkerExitStatus.signaled(SIGSEGV, coreDumped: true).signalName == "SIGSEGV")
        #expect(WorkerExitStatus.signaled(40, coreDumped: false).description == "killed by signal 40")
    }

    @Test func `gives the same status however often it is asked`() throws {
        let child = try ProcessSpawner().spawn(SpawnRequest(executable: "/bin/sleep", arguments: ["sleep", "1000"]))
        #expect(child.reap() == nil)
        #expect(try child.waitAndReap(timeoutNanoseconds: 1_000_000) == nil)
        child.killGroup()
        #expect(try child.waitAndReap() == .signaled(SIGKILL, coreDumped: false))
        #expect(child.reap() == .signaled(SIGKILL, coreDumped: false))
        child.killGroup()
        try child.signal(SIGTERM)
    }

    @Test func `a missing file is ENOENT at exec`() throws {
        let error = #expect(throws: SpawnError.self) {
            try ProcessSpawner().spawn(SpawnRequest(executable: "/nonexistent/worker", arguments: ["worker"]))
        }
        #expect(error?.code == ENOENT)
        #expect(error?.step == .exec)
        #expect(error?.description.contains("/nonexistent/worker") == true)
        #expect(error?.isTransient == false)
    }

    @Test func `a file that may not be executed is EACCES at exec`() throws {
        let error = #expect(throws: SpawnError.self) {
            try ProcessSpawner().spawn(SpawnRequest(executable: "/etc/passwd", arguments: ["worker"]))
        }
        #expect(error?.code == EACCES)
    }

    @Test func `a diverted copy has descriptors 0 to 3 and its own group`() throws {
        let fixture = try FixtureProcess { request in
            request.environment = ["SENNIT_TEST_EXTRA": "extra", "HOME": nil]
        }
        #expect(try fixture.ask(.listDescriptors) == "0 1 2 3")
        let description = try fixture.ask(.describe)
        #expect(description == "clean extra no-home leader sennit-fixture \(getpid())")
        #expect(try fixture.ask(.exit, 9) == nil)
        #expect(try fixture.status() == .exited(9))
    }

    @Test func `resource limits hold in the child`() throws {
        let status = try run("test \"$(ulimit -c)\" = 0 && test \"$(ulimit -n)\" = 77 && exit 5") { request in
            request.limits = [
                ResourceLimit(resource: Int32(RLIMIT_CORE.rawValue), soft: 0, hard: 0),
                ResourceLimit(resource: Int32(RLIMIT_NOFILE.rawValue), soft: 77, hard: 77),
            ]
        }
        #expect(status == .exited(5))
    }

    @Test func `a worker that was started without a socket says so`() throws {
        var pipe = try DescriptorPair.pipe()
        guard let reader = pipe.first.take(), let writer = pipe.second.take() else { return }
        var request = SpawnRequest(mode: .worker, name: "sennit-worker", control: writer.rawValue)
        request.standardError = writer.rawValue
        let child = try ProcessSpawner().spawn(request)
        #expect(try child.waitAndReap() == .exited(64))
        #expect(readText(reader.rawValue).contains("descriptor 3 is not a socket"))
    }

    @Test func `another protocol's variable is refused in words`() throws {
        var pipe = try DescriptorPair.pipe()
        guard let reader = pipe.first.take(), let writer = pipe.second.take() else { return }
        var request = SpawnRequest(executable: "/bin/sh", arguments: ["sh", "-c", "SENNIT_WORKER=worker:999 exec $0"])
        request.arguments.append("/proc/\(getpid())/exe")
        request.standardError = writer.rawValue
        #expect(try ProcessSpawner().spawn(request).waitAndReap() == .exited(64))
        #expect(readText(reader.rawValue).contains("SENNIT_WORKER=worker:999 is not a mode of protocol 1"))
    }

    private func readText(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 1000)
        let count = unsafe read(descriptor, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}
