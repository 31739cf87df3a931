internal import Synchronization

/// The control plane of a pool: one thread that starts workers, hears their sockets, sees their deaths and keeps the
/// time.
///
/// It lives as long as the pool, because the system counts the end of the thread that started a process as the
/// parent's death.
final class Supervisor: Sendable {
    enum Command {
        case start(WorkerID)
        /// A worker on threads of this process has ended or was given up.
        case ended(WorkerLink, ExitReport)
        case end
    }

    let plan: WorkerPlan
    let watcher: Watcher
    let poll: EventPoll
    let wakeup: Wakeup
    private let commands = Mutex<[Command]>([])
    private let timer = Atomic<UInt64>(.max)

    init(plan: WorkerPlan, watcher: Watcher) throws {
        self.plan = plan
        self.watcher = watcher
        poll = try EventPoll()
        wakeup = try Wakeup()
        try poll.add(wakeup.descriptor, token: PollToken.wakeup)
    }

    /// The life of the thread.
    func run(_ core: PoolCore) {
        var shift = SupervisorShift(supervisor: self, core: core)
        shift.run()
    }

    func enqueue(_ command: Command) {
        commands.withLock { $0.append(command) }
        wakeup.signal()
    }

    func takeCommands() -> [Command] {
        commands.withLock { commands in
            defer { commands = [] }
            return commands
        }
    }

    /// Wakes the thread if this moment is earlier than what it waits for.
    func schedule(at time: Nanoseconds) {
        var current = timer.load(ordering: .relaxed)
        while time < current {
            let result = timer.compareExchange(expected: current, desired: time, ordering: .acquiringAndReleasing)
            if result.exchanged {
                wakeup.signal()
                return
            }
            current = result.original
        }
    }

    var nextTimer: UInt64 { timer.load(ordering: .acquiring) }

    func takeTimer(due now: Nanoseconds) -> Bool {
        guard timer.load(ordering: .acquiring) <= now else { return false }
        timer.store(.max, ordering: .sequentiallyConsistent)
        return true
    }
}

/// What a ready descriptor belongs to.
enum PollToken {
    static let wakeup: UInt64 = 0
    static func process(_ key: UInt64) -> UInt64 { key << 2 | 1 }
    static func control(_ key: UInt64) -> UInt64 { key << 2 | 2 }
    static func standardError(_ key: UInt64) -> UInt64 { key << 2 | 3 }
}
