internal import Synchronization

/// Runs a pool on this machine: a thread that watches processes, sockets and the clock, and one that brings results.
final class SystemDriver: PoolDriver {
    let plan: WorkerPlan
    let watcher: Watcher
    private let supervisor: Supervisor
    private let startThread: SystemThread.Starter

    private struct Threads {
        var hasSupervisor = false
        var hasWatcher = false
    }

    private let threads = Mutex(Threads())

    init(plan: WorkerPlan, startThread: @escaping SystemThread.Starter) throws {
        self.plan = plan
        self.startThread = startThread
        watcher = Watcher(doorbell: plan.doorbell, maySpin: plan.maySpin)
        supervisor = try Supervisor(plan: plan, watcher: watcher)
    }

    func now() -> Nanoseconds { MonotonicClock.now() }

    func schedule(at time: Nanoseconds, for core: PoolCore) {
        supervisor.schedule(at: time)
    }

    func start(_ worker: WorkerID, for core: PoolCore) {
        do {
            try startThreads(core)
        } catch {
            let failure = PoolError(.systemCallFailed, "The threads of the pool cannot be started.", cause: error)
            let report = ExitReport(processID: 0, status: .unknown, startFailure: failure, failedToStart: true)
            // Without a supervisor nobody keeps the time for another try.
            if !threads.withLock({ $0.hasSupervisor }) { core.fail(failure) }
            core.workerExited(worker, report)
            return
        }
        supervisor.enqueue(.start(worker))
    }

    func terminated(_ core: PoolCore) {
        watcher.stop()
        supervisor.enqueue(.end)
    }

    func look(in core: PoolCore, mayWait: Bool, until isOver: () -> Bool) {
        watcher.look(core, mayWait: mayWait, until: isOver)
    }

    func lookedTooShort() { watcher.lookedTooShort() }

    /// A pool that never gets a task costs no threads.
    private func startThreads(_ core: PoolCore) throws(SystemError) {
        try threads.withLock { (threads) throws(SystemError) in
            if !threads.hasSupervisor {
                try startThread("\(plan.options.name)-supervisor", 512 * 1024) { [supervisor] in supervisor.run(core) }
                threads.hasSupervisor = true
            }
            if !threads.hasWatcher {
                try startThread("\(plan.options.name)-drain", 512 * 1024) { [watcher] in watcher.run(core) }
                threads.hasWatcher = true
            }
        }
    }
}
