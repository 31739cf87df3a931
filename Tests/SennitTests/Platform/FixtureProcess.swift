import Sennit

/// A started copy of the test bundle and the conversation with it.
final class FixtureProcess {
    let child: ChildProcess
    let socket: ControlSocket

    init(spawner: some Spawner = ProcessSpawner(), _ adjust: (inout SpawnRequest) -> Void = { _ in }) throws {
        var ends = try DescriptorPair.sockets()
        guard let ours = ends.first.take(), let theirs = ends.second.take() else { fatalError("no sockets") }
        var request = SpawnRequest(mode: .fixture, name: "sennit-fixture", control: theirs.rawValue)
        adjust(&request)
        child = try spawner.spawn(request)
        socket = ControlSocket(adopting: ours)
    }

    deinit {
        child.killGroup()
        _ = try? child.waitAndReap()
    }

    /// Asks and waits for the answer; nil if the fixture ended instead.
    func ask(_ command: FixtureCommand, _ argument: UInt8 = 0) throws -> String? {
        try socket.send(kind: command.rawValue, payload: [argument])
        var answer: String?
        _ = try socket.receiveBlocking(timeoutNanoseconds: 10_000_000_000) { frame in
            answer = String(decoding: frame.payload, as: UTF8.self)
        }
        return answer
    }

    /// Waits for its end without asking for it.
    func status(within nanoseconds: UInt64 = 10_000_000_000) throws -> WorkerExitStatus? {
        try child.waitAndReap(timeoutNanoseconds: nanoseconds)
    }
}
