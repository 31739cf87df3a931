import CSennit

/// How a worker process ended.
public enum WorkerExitStatus: Sendable, Hashable, Codable, CustomStringConvertible {
    /// It called exit, or returned from its main function, with this code.
    case exited(Int32)
    /// A signal ended it.
    case signaled(Int32, coreDumped: Bool)
    /// Somebody else in this process collected its status, for example by ignoring SIGCHLD or by `waitpid(-1, …)`, and
    /// the kernel does not keep it: Linux does since 6.15.
    case unknown

    /// The name of the signal that ended it, such as "SIGKILL"; nil for any other end.
    public var signalName: String? {
        guard case .signaled(let signal, _) = self else { return nil }
        return WorkerExitStatus.name(ofSignal: signal)
    }

    /// The status in words, such as "killed by SIGSEGV (core dumped)".
    public var description: String {
        switch self {
        case .exited(let code): "exited with code \(code)"
        case .signaled(let signal, let coreDumped):
            "killed by \(WorkerExitStatus.name(ofSignal: signal))\(coreDumped ? " (core dumped)" : "")"
        case .unknown: "ended with an unknown status"
        }
    }

    /// The status as what a process did, such as "was killed by SIGSEGV" or "exited with code 3".
    package var predicate: String {
        if case .signaled = self { "was \(self)" } else { description }
    }

    private static func name(ofSignal signal: Int32) -> String {
        // Safety: the name is a string constant of the C code, or null for a number that has none.
        guard let name = unsafe sennit_signal_name(signal) else { return "signal \(signal)" }
        return unsafe String(cString: name)
    }
}
