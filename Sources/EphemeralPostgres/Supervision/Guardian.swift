import Sennit
import Synchronization

/// The owner's end of a guardian.
final class Guardian: Sendable {
    private let directory: ServerDirectory
    private let process: ChildProcess
    private let socket: ControlSocket
    private let news = Mutex(News())

    private struct News {
        var pid: Int32?
        var failure: String?
        /// How the server ended, in words.
        var end: String?
        var isOver = false
    }

    /// How long a guardian may take to end a server and remove its directory.
    private static let patienceNanoseconds: UInt64 = 20_000_000_000

    /// Starts a guardian for a directory; from here on the directory is removed whatever happens to this process.
    ///
    /// What the guardian and its server print goes to `log`.
    init(_ directory: ServerDirectory, log: Int32) throws {
        var ends = try DescriptorPair.sockets()
        guard let ours = ends.first.take(), let theirs = ends.second.take() else {
            throw EphemeralPostgresError(.startFailed, "a pair of sockets came without an end")
        }
        var request = SpawnRequest(mode: .guardian, name: "sennit-postgres-guardian", control: theirs.rawValue)
        request.arguments.append(directory.path)
        request.standardOutput = log
        request.standardError = log
        request.parentDeath = .isOutlived
        guard WorkerBoot.isDiversionAvailable else {
            throw EphemeralPostgresError(
                .startFailed,
                """
                this executable cannot start copies of itself, as it is linked fully statically; call \
                ProcessThreadPool.runWorkerIfNeeded() at the top of its main function
                """)
        }
        process = try ProcessSpawner().spawn(request)
        socket = ControlSocket(adopting: ours, sending: .blocking)
        self.directory = directory
    }

    var processID: Int32 { process.pid }

    deinit { end(keepsDirectory: false) }

    /// Has the guardian start the server.
    func start(_ order: ServerOrder) throws {
        do {
            try socket.send(
                kind: GuardianMessage.start.rawValue, payload: GuardianCoding.encode(order),
                descriptors: [directory.lockDescriptor])
        } catch {
            throw EphemeralPostgresError(.startFailed, "the guardian does not answer: \(error)")
        }
    }

    /// How the server stands; waits for news at most so long.
    func state(waitingNanoseconds: UInt64 = 0) -> State {
        _ = try? EventPoll.wait(for: .readable, on: socket.descriptor, timeoutNanoseconds: waitingNanoseconds)
        return news.withLock { news in
            if !news.isOver { receive(&news) }
            if let failure = news.failure { return .failed(failure) }
            if let end = news.end { return .ended(end) }
            return news.pid.map(State.running) ?? .starting
        }
    }

    enum State: Hashable {
        case starting
        case running(pid: Int32)
        case failed(String)
        /// How it ended, in words.
        case ended(String)
    }

    private func receive(_ news: inout News) {
        let receipt = try? socket.receive { frame in
            let text = String(decoding: frame.payload, as: UTF8.self)
            switch GuardianMessage(rawValue: frame.kind) {
            case .started: news.pid = Int32(text)
            case .failed: news.failure = text
            case .ended: news.end = text
            default: break
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
        // The server has died with its guardian; what the guardian would have removed is left.
        if !keepsDirectory { directory.remove() }
    }
}
