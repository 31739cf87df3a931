import Sennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

// Safety: the entry takes no arguments.
/// The life of a guardian: a copy of the executable that was diverted before `main`.
@c(sennit_guardian_main)
public func _ephemeralPostgresGuardianMain() -> Int32 {
    let arguments = CommandLine.arguments
    guard arguments.count == 2, arguments[1].hasPrefix("/") else { return 64 }
    return GuardianProcess(directory: arguments[1]).run()
}

/// Starts one server, and ends it and removes its directory when its owner says so or dies.
private final class GuardianProcess {
    private static let socketToken: UInt64 = 1
    private static let serverToken: UInt64 = 2
    /// How long a server may take to end when it was told to do so at once.
    private static let patienceNanoseconds: UInt64 = 2_000_000_000

    private let directory: String
    private let socket = ControlSocket(
        adopting: FileDescriptor(adopting: 3), sending: .queued(maximumBytes: 1 << 16))
    private var life = GuardianLife()
    private var order: ServerOrder?
    private var lock: FileDescriptor?
    private var server: ChildProcess?
    private var status = WorkerExitStatus.unknown
    private var deadline: UInt64?
    private var hasLeft = false

    init(directory: String) { self.directory = directory }

    func run() -> Int32 {
        do {
            let poll = try EventPoll()
            try poll.add(socket.descriptor, token: Self.socketToken)
            while !hasLeft { try wait(poll) }
            return 0
        } catch {
            // Without its poll it can only do what it is for.
            print("sennit guardian: \(error)")
            act(.ownerGone, nil)
            act(.patienceEnded, nil)
            _ = try? server?.waitAndReap()
            act(.serverEnded, nil)
            return 1
        }
    }

    private func wait(_ poll: EventPoll) throws {
        var isSocketReady = false
        try poll.wait(timeoutNanoseconds: timeLeft) { token, _ in
            if token == Self.socketToken { isSocketReady = true }
        }
        if let deadline, MonotonicClock.now() >= deadline {
            self.deadline = nil
            act(.patienceEnded, poll)
        }
        if let end = server?.reap() {
            if let server { try? poll.remove(server.pidfd) }
            server = nil
            status = end
            act(.serverEnded, poll)
        }
        if isSocketReady, !hasLeft { listen(poll) }
    }

    private var timeLeft: UInt64 {
        guard let deadline else { return .max }
        let now = MonotonicClock.now()
        return deadline > now ? deadline - now : 0
    }

    private func listen(_ poll: EventPoll) {
        var orders: [GuardianLife.Event] = []
        let receipt = try? socket.receive { frame in
            switch GuardianMessage(rawValue: frame.kind) {
            case .start:
                lock = frame.takeDescriptor()
                order = try? GuardianCoding.decode(ServerOrder.self, frame.payload)
                orders.append(.startOrdered)
            case .stop: orders.append(.stopOrdered(keepsDirectory: false))
            case .stopAndKeep: orders.append(.stopOrdered(keepsDirectory: true))
            default: break
            }
        }
        for order in orders { act(order, poll) }
        if case .open = receipt { return }
        try? poll.remove(socket.descriptor)
        act(.ownerGone, poll)
    }

    private func act(_ event: GuardianLife.Event, _ poll: EventPoll?) {
        for action in life.handle(event) {
            switch action {
            case .startServer: start(poll)
            case .quitServer:
                try? server?.signal(SIGQUIT)
                // A stopped server hears nothing else.
                try? server?.signal(SIGCONT)
                deadline = MonotonicClock.now() + Self.patienceNanoseconds
            case .killServer: server?.killGroup()
            case .killRemains: Remains.kill()
            case .tellOwner: tell(.ended, "\(status.predicate)")
            case .removeDirectory: ServerDirectory.remove(directory)
            case .leave: hasLeft = true
            }
        }
    }

    private func start(_ poll: EventPoll?) {
        do {
            guard let order else { throw EphemeralPostgresError(.startFailed, "the order cannot be read") }
            var request = SpawnRequest(executable: order.executable, arguments: [order.executable] + order.arguments)
            request.environment = order.environment
            request.account = order.account
            request.limits = order.limits.map { ResourceLimit(resource: $0.resource, soft: $0.soft, hard: $0.hard) }
            // Should the guardian itself be killed, the server ends at once, and with it its processes.
            request.parentDeath = .signals(SIGQUIT)
            let child = try ProcessSpawner().spawn(request)
            server = child
            try poll?.add(child.pidfd, token: Self.serverToken)
            tell(.started, String(child.pid))
        } catch {
            tell(.failed, "\(error)")
            act(.startFailed, poll)
        }
        ServerDirectory.sweep(beside: directory)
    }

    private func tell(_ message: GuardianMessage, _ text: String) {
        try? socket.send(kind: message.rawValue, payload: Array(text.utf8.prefix(8192)))
    }
}
