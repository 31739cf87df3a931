internal import Synchronization

/// The supervisor thread's own state, which no other thread sees.
struct SupervisorShift {
    let supervisor: Supervisor
    let core: PoolCore
    private var watched: [UInt64: WatchedWorker] = [:]
    private var nextKey: UInt64 = 1
    private var hasEnded = false
    private var nextMemoryCheck = Nanoseconds.max
    private var nextTrim = Nanoseconds.max
    private let spawner: any Spawner

    private static let memoryInterval: Nanoseconds = 250_000_000

    init(supervisor: Supervisor, core: PoolCore) {
        self.supervisor = supervisor
        self.core = core
        spawner = WorkerStarter.spawner(for: supervisor.plan)
        if supervisor.plan.options.maxMemoryPerWorker != nil, !supervisor.plan.isLocal {
            nextMemoryCheck = MonotonicClock.now() + Self.memoryInterval
        }
    }

    /// Serves until the pool has ended.
    mutating func run() {
        while !hasEnded {
            var ready: [(UInt64, Readiness)] = []
            let now = MonotonicClock.now()
            let next = min(supervisor.nextTimer, nextMemoryCheck, nextTrim)
            let patience = next == .max ? UInt64.max : next > now ? next - now : 0
            do throws(SystemError) {
                try supervisor.poll.wait(timeoutNanoseconds: patience) { ready.append(($0, $1)) }
            } catch {
                endWithoutWaiting(error)
                break
            }
            for (token, readiness) in ready { handle(token, readiness) }
            runTimers()
            // What was put aside while this thread slept is seen with the next sign of life that falls due.
            nextTrim = SegmentRegistry.process.trim(olderThan: SegmentRegistry.longestIdleness) ?? .max
            flushSockets()
        }
        SegmentRegistry.process.trim(olderThan: .zero)
    }

    /// Without a way to wait, the pool fails: trying again for ever would help nobody and burn a processor.
    ///
    /// Until it has ended, this thread looks after what is left by looking now and then.
    private mutating func endWithoutWaiting(_ error: SystemError) {
        core.fail(
            PoolError(
                .systemCallFailed, "The pool \(supervisor.plan.options.name) cannot wait for its workers: \(error)",
                cause: error))
        while !hasEnded {
            for command in supervisor.takeCommands() { handle(command) }
            for (key, worker) in watched { bury(key, worker) }
            runTimers()
            SystemThread.pause(nanoseconds: Self.lookingInterval)
        }
    }

    private static let lookingInterval: Nanoseconds = 5_000_000

    private mutating func runTimers() {
        let now = MonotonicClock.now()
        if supervisor.takeTimer(due: now) {
            // A result that waits to be taken in must not be taken for an overdue task.
            supervisor.watcher.look(core, mayWait: false) { true }
            core.timeReached()
        }
        guard now >= nextMemoryCheck else { return }
        nextMemoryCheck = now + Self.memoryInterval
        for worker in watched.values {
            if let bytes = try? ProcessMemory.resident(worker.control.child.pid) {
                core.memoryMeasured(worker.id, bytes: bytes)
            }
        }
    }

    private mutating func handle(_ token: UInt64, _ readiness: Readiness) {
        guard token != PollToken.wakeup else {
            supervisor.wakeup.clear()
            for command in supervisor.takeCommands() { handle(command) }
            return
        }
        let key = token >> 2
        guard let worker = watched[key] else { return }
        switch token {
        case PollToken.process(key):
            bury(key, worker)
        case PollToken.control(key):
            if readiness.contains(.writable) { _ = try? worker.control.socket.flush() }
            // A closed or broken socket: whatever the worker is, it is no use any more.
            if !worker.control.pump() {
                try? supervisor.poll.remove(worker.control.socket.descriptor)
                worker.control.kill()
            }
        case PollToken.standardError(key):
            if !worker.standardError.withLock({ $0.read() }) {
                let descriptor = worker.standardError.withLock { $0.pipe.rawValue }
                try? supervisor.poll.remove(descriptor)
            }
        default:
            break
        }
    }

    private mutating func handle(_ command: Supervisor.Command) {
        switch command {
        case .start(let worker):
            start(worker)
        case .ended(let link, let report):
            takeLeave(of: link)
            core.workerExited(link.worker, report)
            (link.control as? LocalControl)?.forgetRuntime()
        case .end:
            hasEnded = true
        }
    }

    // MARK: Starting

    private mutating func start(_ worker: WorkerID) {
        do {
            if supervisor.plan.isLocal {
                try WorkerStarter.startLocally(worker, supervisor, core)
            } else {
                watch(try WorkerStarter.start(worker, spawner, supervisor, core))
            }
        } catch {
            core.workerExited(
                worker,
                ExitReport(processID: 0, status: .unknown, startFailure: startFailure(error), failedToStart: true))
        }
    }

    /// Takes a worker's process under observation, and tells it what it is to be.
    private mutating func watch(_ worker: WatchedWorker) {
        let key = nextKey
        nextKey += 1
        watched[key] = worker
        do {
            try supervisor.poll.add(worker.control.child.pidfd, token: PollToken.process(key))
            try supervisor.poll.add(worker.control.socket.descriptor, token: PollToken.control(key))
            try supervisor.poll.add(
                worker.standardError.withLock { $0.pipe.rawValue }, token: PollToken.standardError(key))
        } catch {
            // Its end would not be seen, so it is ended here.
            worker.failure.set(startFailure(error))
            worker.control.kill()
            _ = try? worker.control.child.waitAndReap()
            bury(key, worker)
            return
        }
        if !core.attach(worker.link) { worker.control.kill() }
        do {
            try worker.greet(supervisor.plan)
        } catch ControlSocketError.brokenPipe {
            // It has ended already, and its last words say more.
            worker.control.kill()
        } catch {
            worker.failure.set(startFailure(error))
            worker.control.kill()
        }
    }

    private func startFailure(_ error: any Error) -> PoolError {
        PoolError(
            .startFailed, "A worker of the pool \(supervisor.plan.options.name) could not be started.", cause: error)
    }

    // MARK: Ending

    /// The worker's process has ended: take what it left, and tell the core.
    private mutating func bury(_ key: UInt64, _ worker: WatchedWorker) {
        let control = worker.control
        // What it has started ends with it; its number is still taken, so nobody else can be hit.
        control.child.killGroup()
        guard let status = control.child.reap() else { return }
        _ = control.pump()
        let tail = worker.standardError.withLock { tail in
            tail.readRest()
            return tail.text
        }
        try? supervisor.poll.remove(control.child.pidfd)
        try? supervisor.poll.remove(control.socket.descriptor)
        try? supervisor.poll.remove(worker.standardError.withLock { $0.pipe.rawValue })
        watched[key] = nil
        takeLeave(of: worker.link)
        let failure = worker.failure.value
        core.workerExited(
            worker.id,
            ExitReport(
                processID: control.child.pid, status: status, standardErrorTail: tail, startFailure: failure,
                failedToStart: failure != nil))
        control.courier.close()
    }

    /// Takes what a dead worker has left in its completion ring.
    ///
    /// Only this thread may do so: it is never the watcher, and so never waits for itself.
    private func takeLeave(of link: WorkerLink) {
        supervisor.watcher.links.remove(link)
        core.workerLost(link.worker)
        supervisor.watcher.drainFinally(link, core)
    }

    /// Sends what waits to be sent; sockets whose worker reads slowly are watched for room.
    private func flushSockets() {
        for (key, worker) in watched {
            worker.control.courier.sendForgotten()
            worker.control.continueStreams()
            let waits = worker.control.socket.pendingOutput > 0
            guard waits != worker.isWatchedForRoom.load(ordering: .relaxed) else { continue }
            worker.isWatchedForRoom.store(waits, ordering: .relaxed)
            try? supervisor.poll.modify(
                worker.control.socket.descriptor, for: waits ? [.readable, .writable] : .readable,
                token: PollToken.control(key))
        }
    }
}
