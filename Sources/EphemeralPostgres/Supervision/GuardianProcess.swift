import ByteText
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
    guard arguments.count == 3, PathText.isAbsolute(arguments[1]), let server = Int32(arguments[2]) else { return 64 }
    let code = GuardianProcess(directory: arguments[1], server: server).run()
    // At once: nothing is left that the runtime's own end would have to see to, and the owner waits.
    _exit(code)
}

/// Ends the server that it was born with and removes its directory when its owner says so or dies.
private final class GuardianProcess {
    private static let socketToken: UInt64 = 1
    private static let serverToken: UInt64 = 2
    /// How long a server may take to end when it was told to do so at once.
    private static let quitPatienceNanoseconds: UInt64 = 2_000_000_000
    /// How long it may take to write what it holds before; the owner waits a little longer.
    private static let shutDownPatienceNanoseconds: UInt64 = 15_000_000_000

    private let directory: String
    private let serverNumber: Int32
    private let socket = ControlSocket(
        adopting: FileDescriptor(adopting: 3), sending: .queued(maximumBytes: 1 << 16))
    private var life = GuardianLife()
    private var server: ChildProcess?
    private var status = WorkerExitStatus.unknown
    private var deadline: UInt64?
    private var hasLeft = false

    init(directory: String, server: Int32) {
        self.directory = directory
        serverNumber = server
    }

    func run() -> Int32 {
        do {
            let poll = try EventPoll()
            try poll.add(socket.descriptor, token: Self.socketToken)
            let server = try ChildProcess(adopting: serverNumber)
            self.server = server
            try poll.add(server.pidfd, token: Self.serverToken)
            ServerDirectory.sweepEverywhere(but: directory)
            while !hasLeft { try wait(poll) }
            return 0
        } catch {
            // Without its poll it can only do what it is for.
            print("sennit guardian: \(error)")
            act(.ownerGone)
            act(.patienceEnded)
            if server == nil { Remains.kill() }
            _ = try? server?.waitAndReap()
            act(.serverEnded)
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
            act(.patienceEnded)
        }
        if let end = server?.reap() {
            if let server { try? poll.remove(server.pidfd) }
            server = nil
            status = end
            act(.serverEnded)
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
            case .stop: orders.append(.stopOrdered(keepsDirectory: false))
            case .stopAndKeep: orders.append(.stopOrdered(keepsDirectory: true))
            default: break
            }
        }
        for order in orders { act(order) }
        if case .open = receipt { return }
        try? poll.remove(socket.descriptor)
        act(.ownerGone)
    }

    private func act(_ event: GuardianLife.Event) {
        for action in life.handle(event) {
            switch action {
            case .quitServer: ask(SIGQUIT, patienceNanoseconds: Self.quitPatienceNanoseconds)
            case .shutDownServer: ask(SIGINT, patienceNanoseconds: Self.shutDownPatienceNanoseconds)
            case .removeTables: ServerDirectory.removeTables(directory)
            case .killServer: server?.killGroup()
            case .killRemains: Remains.kill()
            case .tellOwner: tell(.ended, "\(status.predicate)")
            case .removeDirectory: ServerDirectory.remove(directory)
            case .releaseDirectory: ServerDirectory.release(directory)
            case .leave: hasLeft = true
            }
        }
    }

    private func ask(_ signal: Int32, patienceNanoseconds: UInt64) {
        // One that has not begun with its files has neither processes nor anything to clear up, and may be waiting for
        // those files, deaf to what it is asked.
        guard PostmasterFile.read(ServerDirectory.postmasterPath(directory)) != nil else {
            server?.killGroup()
            return
        }
        try? server?.signal(signal)
        // A stopped server hears nothing else.
        try? server?.signal(SIGCONT)
        deadline = MonotonicClock.now() + patienceNanoseconds
    }

    private func tell(_ message: GuardianMessage, _ text: String) {
        try? socket.send(kind: message.rawValue, payload: Array(text.utf8.prefix(8192)))
    }
}
