import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

@Suite struct ZygoteSpawnerTests {
    @Test func `forks children of this process with sound threads`() throws {
        let spawner = ZygoteSpawner(template: SpawnRequest())
        let fixture = try FixtureProcess(spawner: spawner)
        guard case .forking(let zygote) = spawner.state else {
            Issue.record("not forking: \(spawner.state)")
            return
        }
        #expect(zygote != fixture.child.pid)
        #expect(try fixture.ask(.listDescriptors) == "0 1 2 3")
        #expect(try fixture.ask(.describe)?.hasSuffix("leader sennit-fixture \(getpid())") == true)
        #expect(try fixture.ask(.useThreads) == "")
        #expect(try fixture.ask(.exit, 5) == nil)
        #expect(try fixture.status() == .exited(5))
    }

    @Test func `a forked child's raise ends that child alone`() throws {
        let spawner = ZygoteSpawner(template: SpawnRequest())
        let first = try FixtureProcess(spawner: spawner)
        let second = try FixtureProcess(spawner: spawner)
        #expect(try first.ask(.raise, UInt8(SIGABRT)) == nil)
        guard case .signaled(SIGABRT, _) = try first.status() else {
            Issue.record("not aborted")
            return
        }
        #expect(try second.ask(.useThreads) == "")
    }

    @Test func `a started and a forked child have the same sound threads`() throws {
        #expect(try FixtureProcess().ask(.useThreads) == "")
    }

    @Test func `other environments are executed instead`() throws {
        let spawner = ZygoteSpawner(template: SpawnRequest())
        let fixture = try FixtureProcess(spawner: spawner) { $0.environment["SENNIT_TEST_EXTRA"] = "mine" }
        #expect(try fixture.ask(.describe)?.contains(" mine ") == true)
        #expect(spawner.state == .notStarted)
    }

    @Test func `after the zygote's death files are executed`() throws {
        let spawner = ZygoteSpawner(template: SpawnRequest())
        spawner.prepare()
        guard case .forking(let pid) = spawner.state else {
            Issue.record("not forking: \(spawner.state)")
            return
        }
        kill(pid, SIGKILL)
        let fixture = try FixtureProcess(spawner: spawner)
        #expect(try fixture.ask(.useThreads) == "")
        guard case .executing(let error) = spawner.state else {
            Issue.record("still \(spawner.state)")
            return
        }
        #expect(error.step == .zygote)
    }

    @Test func `three hundred forks leave nothing behind`() async {
        await #expect(processExitsWith: .success) {
            let before = OpenDescriptors.now()
            do {
                let spawner = ZygoteSpawner(template: SpawnRequest())
                for _ in 0..<300 {
                    let fixture = try FixtureProcess(spawner: spawner)
                    insist(try fixture.ask(.describe) != nil, "no answer")
                    fixture.child.killGroup()
                    insist(try fixture.status() == .signaled(SIGKILL, coreDumped: false), "no status")
                }
            }
            insist(OpenDescriptors.now() == before, "descriptors leak")
            insist(Children.areAllReaped(), "a child is left")
            exit(0)
        }
    }
}
