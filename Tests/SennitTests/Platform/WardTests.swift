import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

@Suite struct WardTests {
    private let sleeper = SpawnRequest(executable: "/bin/sleep", arguments: ["sleep", "1000"])

    @Test func `a guardian is its ward's parent, knows its number and takes it along`() throws {
        let guardian = SpawnRequest(
            executable: "/bin/sh",
            arguments: ["sh", "-c", "read -r line; test $(cut -d ' ' -f 4 /proc/$0/stat) = $$ && exit 5"])
        var pipe = try DescriptorPair.pipe()
        guard let reader = pipe.first.take(), let writer = pipe.second.take() else { return }
        var request = guardian
        request.standardInput = reader.rawValue
        var ward = sleeper
        ward.parentDeath = .signals(SIGQUIT)
        let family = try ProcessSpawner().spawn(request, with: ward)
        let handle = try ChildProcess(adopting: family.ward)
        #expect(try EventPoll.wait(for: .readable, on: handle.pidfd, timeoutNanoseconds: 1_000_000).isEmpty)
        _ = consume writer
        #expect(try family.guardian.waitAndReap(timeoutNanoseconds: 10_000_000_000) == .exited(5))
        #expect(try !EventPoll.wait(for: .readable, on: handle.pidfd, timeoutNanoseconds: 10_000_000_000).isEmpty)
    }

    @Test func `a ward that cannot be started is an error that names it`() throws {
        let ward = SpawnRequest(executable: "/nonexistent/ward", arguments: ["ward"])
        let error = #expect(throws: SpawnError.self) { _ = try ProcessSpawner().spawn(sleeper, with: ward) }
        #expect(error == SpawnError(code: ENOENT, step: .exec, executable: "/nonexistent/ward"))
    }

    @Test func `a guardian that cannot be started leaves no ward`() throws {
        var pipe = try DescriptorPair.pipe()
        guard let reader = pipe.first.take(), let writer = pipe.second.take() else { return }
        var ward = sleeper
        ward.standardOutput = writer.rawValue
        let guardian = SpawnRequest(executable: "/nonexistent/guardian", arguments: ["guardian"])
        let error = #expect(throws: SpawnError.self) { _ = try ProcessSpawner().spawn(guardian, with: ward) }
        #expect(error == SpawnError(code: ENOENT, step: .exec, executable: "/nonexistent/guardian"))
        _ = consume writer
        // Nobody else holds the pipe's other end any more.
        var byte: UInt8 = 0
        #expect(unsafe read(reader.rawValue, &byte, 1) == 0)
    }
}
