import CSennit
import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A process starts workers and is killed; nothing of it may be left.
@Suite struct ParentDeathTests {
    @Test func `a killed parent's workers and all they started are gone`() async throws {
        let result = await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) {
            try ParentDeathTests.startFamilyAndDie(spawner: ProcessSpawner(), isStopped: false)
        }
        try expectGone(result)
    }

    @Test func `a stopped worker is gone as well`() async throws {
        let result = await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) {
            try ParentDeathTests.startFamilyAndDie(spawner: ProcessSpawner(), isStopped: true)
        }
        try expectGone(result)
    }

    @Test func `a killed parent's zygote and its workers are gone`() async throws {
        let result = await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) {
            try ParentDeathTests.startFamilyAndDie(
                spawner: ZygoteSpawner(template: SpawnRequest()), isStopped: false)
        }
        try expectGone(result)
    }

    @Test func `a stopped worker of a zygote is gone as well`() async throws {
        let result = await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) {
            try ParentDeathTests.startFamilyAndDie(
                spawner: ZygoteSpawner(template: SpawnRequest()), isStopped: true)
        }
        try expectGone(result)
    }

    /// Says the numbers of a worker and its child, then dies.
    private static func startFamilyAndDie(spawner: some Spawner, isStopped: Bool) throws -> Never {
        let fixture = try FixtureProcess(spawner: spawner)
        guard let grandchild = try fixture.ask(.startGrandchild) else { fatalError("no grandchild") }
        // It does not look at its socket any longer: the signal must do it.
        _ = try fixture.ask(.sleepForever)
        if isStopped {
            try fixture.child.signal(SIGSTOP)
            Children.waitUntilStopped(fixture.child.pid)
        }
        var line = "family \(fixture.child.pid) \(grandchild)"
        if let zygote = spawner as? ZygoteSpawner, case .forking(let pid) = zygote.state { line += " \(pid)" }
        line += " end\n"
        let bytes = Array(line.utf8)
        _ = unsafe write(1, bytes, bytes.count)
        kill(getpid(), SIGKILL)
        while true { pause() }
    }

    private func expectGone(_ result: ExitTest.Result?) throws {
        let output = try #require(result).standardOutputContent
        let words = String(decoding: output, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        let first = try #require(words.firstIndex(of: "family"))
        let numbers = words[(first + 1)...].prefix { $0 != "end" }.compactMap { Int32($0) }
        #expect(numbers.count >= 2)
        let deadline = MonotonicClock.now() + 3_000_000_000
        for number in numbers { #expect(try hasEnded(number, before: deadline), "process \(number) of \(words) lives") }
    }

    /// Waits for a process that may be a stranger's by now: reaped, or about to be.
    private func hasEnded(_ pid: Int32, before deadline: UInt64) throws -> Bool {
        var descriptor: Int32 = -1
        let code = unsafe sennit_pidfd_open(pid, &descriptor)
        if code == ESRCH { return true }
        try #require(code == 0)
        let process = FileDescriptor(adopting: descriptor)
        while true {
            let now = MonotonicClock.now()
            let left = deadline > now ? deadline - now : 0
            let ready = try EventPoll.wait(for: .readable, on: process.rawValue, timeoutNanoseconds: left)
            if !ready.isEmpty || left == 0 { return !ready.isEmpty }
        }
    }
}
