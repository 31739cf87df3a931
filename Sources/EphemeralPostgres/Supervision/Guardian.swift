import Sennit
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The owner's end of a guardian.
final class Guardian: Sendable {
    private let directory: ServerDirectory
    private let process: ChildProcess
    private let socket: ControlSocket
    private let news = Mutex(News())

    private struct News {
        /// How the server ended, in words.
        var end: String?
        var isOver = false
    }

    /// The server's process, if it still is one.
    let serverProcessID: Int32

    /// How long a guardian may take to end a server and remove its directory.
    private static let patienceNanoseconds: UInt64 = 20_000_000_000

    /// Starts a server and its guardian; from here on the directory is removed whatever happens to this process.
    ///
    /// The guardian's program, which may be big, is loaded while the server starts.
    /// - Parameters:
    ///   - directory: Where the server's files are.
    ///   - server: How the server is started; it becomes the guardian's child.
    ///   - log: Where both of them print.
    /// - Throws: ``EphemeralPostgresError`` or the failure of a start; then neither of them runs.
    init(_ directory: ServerDirectory, _ server: SpawnRequest, log: Int32) throws {
        guard WorkerBoot.isDiversionAvailable else {
            throw EphemeralPostgresError(
                .startFailed,
                """
                this executable cannot start copies of itself, as it is linked fully statically; call \
                ProcessThreadPool.runWorkerIfNeeded() at the top of its main function
                """)
        }
        var ends = try DescriptorPair.sockets()
        guard let ours = ends.first.take(), let theirs = ends.second.take() else {
            throw EphemeralPostgresError(.startFailed, "a pair of sockets came without an end")
        }
        var request = SpawnRequest(mode: .guardian, name: "sennit-postgres-guardian", control: theirs.rawValue)
        request.arguments.append(directory.path)
        // It reads nothing: this is how it holds the lock from its first moment to its last.
        request.standardInput = directory.lockDescriptor
        request.standardOutput = log
        request.standardError = log
        request.parentDeath = .isOutlived
        var server = server
        server.standardOutput = log
        server.standardError = log
        // Should the guardian itself be killed, the server ends at once, and with it its processes.
        server.parentDeath = .signals(SIGQUIT)
        (process, serverProcessID) = try ProcessSpawner().spawn(request, with: server)
        socket = ControlSocket(adopting: ours, sending: .blocking)
        self.directory = directory
    }

    var processID: Int32 { process.pid }

    deinit { end(keepsDirectory: false) }

    /// How the server stands; waits for news at most so long.
    func state(waitingNanoseconds: UInt64 = 0) -> State {
        _ = try? EventPoll.wait(for: .readable, on: socket.descriptor, timeoutNanoseconds: waitingNanoseconds)
        return news.withLock { news in
            if !news.isOver { receive(&news) }
            return news.end.map(State.ended) ?? .running
        }
    }

    enum State: Hashable {
        case running
        /// How it ended, in words.
        case ended(String)
    }

    private func receive(_ news: inout News) {
        let receipt = try? socket.receive { frame in
            if GuardianMessage(rawValue: frame.kind) == .ended {
                news.end = String(decoding: frame.payload, as: UTF8.self)
            }
        }
        if case .open = receipt { return }
        news.isOver = true
        if news.end == nil { news.end = "was left by its guardian, which somebody has ended" }
    }

    /// Ends the server, and returns when its processes and, unless it is kept, its directory are gone.
    ///
    /// A second time, nothing happens.
    func end(keepsDirectory: Bool) {
        let message = keepsDirectory ? GuardianMessage.stopAndKeep : .stop
        try? socket.send(kind: message.rawValue)
        let status = try? process.waitAndReap(timeoutNanoseconds: Self.patienceNanoseconds)
        if status == nil { process.killGroup() }
        guard status != .exited(0) else { return }
        _ = try? process.waitAndReap()
        // The server has died with its guardian; what the guardian would have seen to is left.
        if keepsDirectory { directory.release() } else { directory.remove() }
    }
}
