import ByteText
import Sennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

// Safety: the record is a local value that the call fills.

/// A program that takes over the terminal for a while, as from a shell.
enum ForegroundChild {
    /// How often it is looked whether the program was stopped from the terminal.
    private static let glanceNanoseconds: UInt64 = 200_000_000

    /// Runs a program to its end on a thread of its own; the system would end it with the thread that started it.
    ///
    /// When the calling task is cancelled, the program gets SIGTERM, and after five seconds SIGKILL.
    static func run(_ words: [String], environment: [String: String?]) async throws -> WorkerExitStatus {
        let wakeup = try Wakeup()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                do {
                    try SystemThread.start(name: "sennit-command", stackBytes: 256 << 10) {
                        continuation.resume(with: Result { try runBlocking(words, environment, wakeup) })
                    }
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        } onCancel: {
            wakeup.signal()
        }
    }

    private static func runBlocking(
        _ words: [String], _ environment: [String: String?], _ wakeup: Wakeup
    ) throws -> WorkerExitStatus {
        guard let name = words.first else { throw SystemError(code: EINVAL, operation: "start of nothing") }
        guard let path = path(of: name) else { throw SystemError(code: ENOENT, operation: "start of \(name)") }
        var request = SpawnRequest(executable: path, arguments: words)
        request.standardInput = STDIN_FILENO
        request.environment = environment
        let child = try ProcessSpawner().spawn(request)
        let terminal = giveTerminal(to: child.pid)
        defer { if let terminal { takeTerminal(back: terminal) } }
        return try wait(for: child, wakeup)
    }

    private static func wait(for child: ChildProcess, _ wakeup: Wakeup) throws -> WorkerExitStatus {
        let poll = try EventPoll()
        try poll.add(child.pidfd, token: 1)
        try poll.add(wakeup.descriptor, token: 2)
        while true {
            if let status = child.reap() { return status }
            var isCancelled = false
            try poll.wait(timeoutNanoseconds: glanceNanoseconds) { token, _ in if token == 2 { isCancelled = true } }
            if isCancelled {
                try child.signal(SIGTERM)
                let status = try child.waitAndReap(timeoutNanoseconds: 5_000_000_000)
                child.killGroup()
                return try status ?? child.waitAndReap() ?? .unknown
            }
            // There is no shell to go back to: Ctrl-Z does nothing.
            var record = unsafe siginfo_t()
            if unsafe waitid(P_PID, id_t(child.pid), &record, WSTOPPED | WNOHANG) == 0 { kill(-child.pid, SIGCONT) }
        }
    }

    /// Makes a process group the one that the terminal's keys go to; nil if there is no terminal of ours.
    private static func giveTerminal(to group: Int32) -> Int32? {
        let before = tcgetpgrp(STDIN_FILENO)
        guard before == getpgrp(), tcsetpgrp(STDIN_FILENO, group) == 0 else { return nil }
        // It may have looked at the terminal too early.
        kill(-group, SIGCONT)
        return before
    }

    private static func takeTerminal(back group: Int32) {
        // This process is in the background now, where setting the terminal stops it unless it ignores that.
        let handler = signal(SIGTTOU, SIG_IGN)
        _ = tcsetpgrp(STDIN_FILENO, group)
        _ = signal(SIGTTOU, handler)
    }

    /// The exit code by which a shell says that there is no such program.
    static let notFoundCode: Int32 = 127

    /// Where a shell would find a program; nil if nowhere.
    static func path(of name: String) -> String? {
        if name.bytes.holds("/") { return name }
        for part in (environmentVariable("PATH") ?? "").bytes.parts(at: ":") where !part.isEmpty {
            let path = "\(part)/\(name)"
            if unsafe access(path, X_OK) == 0 { return path }
        }
        return nil
    }

    /// Whether a person can type and see.
    static var hasTerminal: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 }

    /// The exit code by which a shell would tell this end.
    static func exitCode(_ status: WorkerExitStatus) -> Int32 {
        switch status {
        case .exited(let code): code
        case .signaled(let signal, _): 128 + signal
        case .unknown: 1
        }
    }
}
