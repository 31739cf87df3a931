import CSennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A bound that the system puts on a process.
package struct ResourceLimit: Sendable, Hashable {
    /// The system's number of the resource, such as `RLIMIT_CORE`.
    package var resource: Int32
    /// The bound in force.
    package var soft: UInt64
    /// How far the process may raise `soft` itself.
    package var hard: UInt64

    package init(resource: Int32, soft: UInt64, hard: UInt64) {
        self.resource = resource
        self.soft = soft
        self.hard = hard
    }

    /// No core file, whatever happens.
    package static let noCoreFile = ResourceLimit(resource: SENNIT_RLIMIT_CORE, soft: 0, hard: 0)
}

/// What a started copy of this executable does instead of its `main`.
package enum StartMode: String, Sendable, Hashable {
    /// Serves tasks.
    case worker
    /// Forks workers on request.
    case zygote
    /// Runs what a test bundle defines as `sennit_fixture_main`.
    case fixture
    /// Outlives this process and clears up after it.
    case guardian

    var code: Int32 {
        switch self {
        case .worker: Int32(sennit_mode_worker.rawValue)
        case .zygote: Int32(sennit_mode_zygote.rawValue)
        case .fixture: Int32(sennit_mode_fixture.rawValue)
        case .guardian: Int32(sennit_mode_guardian.rawValue)
        }
    }
}

/// What a child does when the thread that has started it ends.
package enum ParentDeath: Sendable, Hashable {
    /// It gets the signal that ends a worker with all its group.
    case endsChild
    /// It gets this signal.
    case signals(Int32)
    /// It lives on.
    case isOutlived
}

/// The numbers of a user and its group.
package struct ProcessAccount: Sendable, Hashable, Codable {
    package var user: UInt32
    package var group: UInt32

    package init(user: UInt32, group: UInt32) {
        self.user = user
        self.group = group
    }
}

/// What process to start, and with what.
///
/// Descriptors are borrowed: they stay the caller's and must be open until the start returns. The child has 0...3 and
/// no other, whatever their numbers here.
package struct SpawnRequest: Sendable {
    /// The file to execute; by default this very executable, even if it has been replaced on disk.
    package var executable = "/proc/self/exe"
    /// The arguments, the first of which is the name that `ps` shows.
    package var arguments: [String] = ["sennit-worker"]
    /// What the copy does; nil runs the executable's own `main`.
    package var mode: StartMode?
    /// Changes to the inherited environment: a value sets a variable, nil removes it.
    package var environment: [String: String?] = [:]
    /// Whether a crash prints a backtrace, as the inherited `SWIFT_BACKTRACE` says; it slows the exit down.
    package var printsBacktraces = false
    /// The descriptor that becomes 3.
    package var control: Int32?
    /// The descriptor that becomes 0; nil for /dev/null.
    package var standardInput: Int32?
    /// The descriptor that becomes 1; nil for this process's own.
    package var standardOutput: Int32?
    /// The descriptor that becomes 2; nil for this process's own.
    package var standardError: Int32?
    /// Resource limits, such as no core files.
    package var limits: [ResourceLimit] = []
    /// What the child does when the thread that starts it ends.
    package var parentDeath = ParentDeath.endsChild
    /// Whom the child runs as, which only root can choose; nil for this process's own user.
    package var account: ProcessAccount?

    package init() {}

    /// Starts `executable` as an ordinary program.
    package init(executable: String, arguments: [String]) {
        self.executable = executable
        self.arguments = arguments
    }

    /// Starts a copy of this executable in another mode.
    package init(mode: StartMode, name: String, control: Int32) {
        self.mode = mode
        self.arguments = [name]
        self.control = control
    }

    /// Whether the child leads a session of its own.
    ///
    /// Copies of this executable that run tasks do, with all that these start; and those that clear up after this
    /// process, lest they end with a worker that has started them.
    var leadsSession: Bool {
        switch mode {
        case .worker, .fixture, .guardian: true
        case .zygote, nil: false
        }
    }

    /// Whether all of the session ends with the child.
    var endsSession: Bool { mode == .worker || mode == .fixture }

    /// The changes to the environment, with those that the other properties imply.
    var effectiveEnvironment: [String: String?] {
        var changes = environment
        let diversion: String? = mode.map { "\($0.rawValue):\(SENNIT_PROTOCOL)" }
        changes.updateValue(diversion, forKey: SENNIT_WORKER_VARIABLE)
        if mode != nil, !printsBacktraces, changes["SWIFT_BACKTRACE"] == nil {
            changes.updateValue("enable=no", forKey: "SWIFT_BACKTRACE")
            // Put back before a task runs: what it starts is not to inherit it.
            // Safety: the string is copied at once; as for every reader of the environment, no thread sets variables
            // now.
            let own = unsafe getenv("SWIFT_BACKTRACE").map { unsafe "=\(String(cString: $0))" }
            changes.updateValue(own ?? "", forKey: SENNIT_BACKTRACE_VARIABLE)
        }
        return changes
    }
}
