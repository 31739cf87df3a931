import Sennit
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What a test asks a started copy of the test bundle to do; each is answered by a frame of the same kind.
enum FixtureCommand: UInt16 {
    /// Says which descriptors are open.
    case listDescriptors = 1
    /// Says what its environment and process look like.
    case describe
    /// Uses threads and mutexes of every kind; an empty answer means that all went well.
    case useThreads
    /// Raises the signal in the first byte.
    case raise
    /// Starts a process that sleeps and says its number.
    case startGrandchild
    /// Writes "out" and "err" to its standard streams.
    case writeStreams
    /// Answers and never reads again, not even the end of file.
    case sleepForever
    /// Exits with the code in the first byte.
    case exit
    /// Runs the `DescriptorScenario` in the first byte; an empty answer means that all went well.
    case runScenario
}

/// The entry of a copy of the test bundle that was started with `StartMode.fixture`.
@c(sennit_fixture_main)
public func platformFixtureMain() -> Int32 {
    let socket = ControlSocket(adopting: FileDescriptor(adopting: 3), sending: .blocking)
    while true {
        var commands: [(FixtureCommand, UInt8)] = []
        do {
            let receipt = try socket.receiveBlocking { frame in
                if let command = FixtureCommand(rawValue: frame.kind) {
                    commands.append((command, frame.payload.first ?? 0))
                }
            }
            for (command, argument) in commands {
                // Before the answer, after which the fixture may be stopped at any moment.
                if command == .sleepForever { try PlatformFixture.continueAtParentsDeath() }
                let answer = PlatformFixture.perform(command, argument)
                try socket.send(kind: command.rawValue, payload: Array(answer.utf8))
                if command == .sleepForever { while true { _ = pause() } }
            }
            if case .endOfFile = receipt { return 0 }
        } catch {
            print("fixture: \(error)")
            return 1
        }
    }
}

private enum PlatformFixture {
    /// As a worker's threads do; returns when it has taken effect.
    static func continueAtParentsDeath() throws {
        let hasBegun = ThreadBell()
        let ticket = hasBegun.ticket
        try SystemThread.start(name: "fixture", stackBytes: 65_536) {
            WorkerBoot.continueAtParentsDeath()
            hasBegun.ring()
            while true { _ = pause() }
        }
        hasBegun.wait(after: ticket)
    }

    static func perform(_ command: FixtureCommand, _ argument: UInt8) -> String {
        switch command {
        case .listDescriptors:
            return OpenDescriptors.now().map(String.init).joined(separator: " ")
        case .describe:
            let diversion = unsafe getenv("SENNIT_WORKER") == nil ? "clean" : "diverting"
            let extra = unsafe getenv("SENNIT_TEST_EXTRA").map { unsafe String(cString: $0) } ?? "-"
            let home = unsafe getenv("HOME") == nil ? "no-home" : "home"
            let group = getpgrp() == getpid() ? "leader" : "member"
            let name = (try? ProcFile.contents(of: "/proc/self/comm"))?.dropLast() ?? "?"
            return "\(diversion) \(extra) \(home) \(group) \(name) \(getppid())"
        case .useThreads:
            return ThreadingCheck.run()
        case .raise:
            _ = Glibc.raise(Int32(argument))
            return "survived"
        case .startGrandchild:
            return String(startSleeper())
        case .writeStreams:
            _ = unsafe write(1, "out", 3)
            _ = unsafe write(2, "err", 3)
            return ""
        case .sleepForever:
            return ""
        case .exit:
            Glibc.exit(Int32(argument))
        case .runScenario:
            return DescriptorScenario(rawValue: argument)?.run() ?? "no such scenario"
        }
    }

    private static func startSleeper() -> Int32 {
        let arguments = CStringArray(["sleep", "1000"])
        var pid: pid_t = 0
        let code: Int32 = unsafe posix_spawn(&pid, "/bin/sleep", nil, nil, arguments.pointer, environ)
        return code == 0 ? pid : -code
    }
}

/// The descriptors that this process has open.
enum OpenDescriptors {
    static func now() -> [Int32] {
        (0..<1024).filter { fcntl($0, F_GETFD) >= 0 }
    }
}

/// The processes that this one has started.
enum Children {
    /// Returns when a signal has stopped the process, or when it is gone.
    static func waitUntilStopped(_ pid: Int32) {
        var information = unsafe siginfo_t()
        // WNOWAIT leaves its status to whoever reaps it.
        while unsafe waitid(P_PID, id_t(pid), &information, WSTOPPED | WEXITED | WNOWAIT) == -1, errno == EINTR {}
    }

    static func areAllReaped() -> Bool {
        var information = unsafe siginfo_t()
        return unsafe waitid(P_ALL, 0, &information, WEXITED | WNOHANG | WNOWAIT) == -1 && errno == ECHILD
    }
}
