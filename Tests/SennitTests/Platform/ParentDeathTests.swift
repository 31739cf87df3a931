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
            while ProcessState.of(fixture.child.pid) != .stopped { usleep(1000) }
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
        func isAlive(_ pid: Int32) -> Bool {
            guard let state = ProcessState.of(pid) else { return false }
            return state != .zombie && state != .dead
        }
        while numbers.contains(where: isAlive), MonotonicClock.now() < deadline { usleep(1000) }
        for number in numbers { #expect(!isAlive(number), "process \(number) of \(words) lives") }
    }
}
