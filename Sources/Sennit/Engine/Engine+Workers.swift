extension Engine {
    // MARK: Starting

    /// Starts as many workers as the waiting tasks could use.
    mutating func startWorkersIfNeeded(now: Nanoseconds) {
        guard !hasFailed, phase == .running || phase == .finishing else { return }
        // Everything runs or has a thread to run on: no need to look at the places.
        let startsEagerly = limits.startsEagerly || isWantedWhole
        if queuedCount == 0, !startsEagerly, !workers.contains(where: { $0.hasSurplus }) { return }
        var outstanding = queuedCount
        var capacity = 0
        let places = 0..<min(targetProcesses, workers.count)
        for number in places where workers[number].state == .ready || workers[number].state == .starting {
            capacity += workers[number].window.threads
            outstanding += workers[number].held.count
        }
        // Each suspect waits for an empty worker, and a new one is empty.
        var suspectsWaiting = suspectsQueued - workers[places].count { $0.state == .starting }
        for number in places where workers[number].state == .vacant {
            let isWanted = outstanding > capacity || !workers[number].bound.isEmpty || suspectsWaiting > 0
            guard isWanted || startsEagerly else { continue }
            start(number, now: now)
            suspectsWaiting -= 1
            capacity += limits.threadsPerProcess
        }
    }

    /// Starts every worker that the pool should have.
    package mutating func startAll(now: Nanoseconds) {
        guard !hasFailed, phase == .running else { return }
        isWantedWhole = !isSettled
        for number in 0..<min(targetProcesses, workers.count) where workers[number].state == .vacant {
            start(number, now: now)
        }
    }

    private mutating func start(_ number: Int, now: Nanoseconds) {
        workers[number].incarnation += 1
        workers[number].state = .starting
        workers[number].dispatched = 0
        workers[number].isGone = false
        workers[number].lastHeard = now
        workers[number].pingedAt = nil
        workers[number].hasHeartbeatTimer = false
        workers[number].hasIdleTimer = false
        workers[number].window = CreditWindow(
            threads: limits.threadsPerProcess, maximumPrefetch: limits.maximumPrefetch)
        counters.workersStarted += 1
        actions.append(.start(workers[number].id))
        addTimer(.startTimeout(workers[number].id), at: now &+ limits.startTimeout)
    }

    /// The worker's context is made and its threads wait.
    package mutating func workerReady(_ worker: WorkerID, now: Nanoseconds) {
        guard let number = place(of: worker), workers[number].state == .starting else { return }
        consecutiveStartFailures = 0
        workers[number].state = .ready
        if isWantedWhole, isSettled { isWantedWhole = false }
        workers[number].lastHeard = now
        if number < targetProcesses {
            becameIdle(number, now: now)
            fill(worker: number, now: now)
            armRebalance(now: now)
        } else {
            drain(number, .resized, now: now)
        }
        finishShutdownIfDrained(now: now)
    }

    // MARK: Draining and ending

    /// Gives the worker nothing more; it ends when it holds nothing.
    mutating func drain(_ number: Int, _ reason: DrainReason, now: Nanoseconds) {
        guard case .ready = workers[number].state, !workers[number].isGone else { return }
        unreserve(number)
        workers[number].state = .draining(reason)
        actions.append(.report(.workerDraining(workers[number].id, reason)))
        // A worker that has had its number of tasks runs all of them; any other gives back what it has not started.
        if reason != .taskLimit, !workers[number].held.isEmpty { actions.append(.pause(workers[number].id)) }
        settle(number, now: now)
    }

    /// Takes the next step of a draining worker, if there is one.
    mutating func settle(_ number: Int, now: Nanoseconds) {
        guard case .draining(let reason) = workers[number].state, !workers[number].isGone else { return }
        let record = workers[number]
        if record.abandoned == 0 { workers[number].graceEndsAt = nil }
        if reason == .overdueTask, record.abandoned == 0, phase != .stopping, number < targetProcesses {
            // The overdue task left by itself after all: the worker is as good as before.
            resume(number, now: now)
        } else if record.held.isEmpty {
            stop(number, now: now)
        } else if record.graceEndsAt != nil, record.abandoned == record.held.count {
            killForOverdue(number)
        }
    }

    /// Lets a draining worker go on as before.
    mutating func resume(_ number: Int, now: Nanoseconds) {
        workers[number].state = .ready
        actions.append(.resume(workers[number].id))
        if workers[number].held.isEmpty { becameIdle(number, now: now) }
        fill(worker: number, now: now)
        armRebalance(now: now)
    }

    mutating func stop(_ number: Int, now: Nanoseconds) {
        guard case .draining = workers[number].state else { return }
        workers[number].state = .stopping
        actions.append(.stop(workers[number].id))
        addTimer(.stopTimeout(workers[number].id), at: now &+ limits.stopTimeout)
    }

    mutating func kill(_ number: Int, _ reason: KillReason) {
        guard workers[number].isAlive, !workers[number].isGone else { return }
        if case .killed = workers[number].state { return }
        unreserve(number)
        workers[number].state = .killed(reason)
        actions.append(.kill(workers[number].id, reason))
    }

    /// The worker has grown to this size.
    ///
    /// One that has ended no task yet is left alone: its successor would be as large, and get no further.
    package mutating func memoryMeasured(_ worker: WorkerID, bytes: UInt64, now: Nanoseconds) {
        guard let number = place(of: worker), bytes > limits.maximumMemoryPerWorker, workers[number].hasEndedTask
        else { return }
        drain(number, .memoryLimit(bytes), now: now)
    }

    /// The worker had no descriptor or no memory left for what it was sent.
    ///
    /// As with its size: one that has ended no task yet is left alone.
    package mutating func workerRanShort(_ worker: WorkerID, now: Nanoseconds) {
        guard let number = place(of: worker), workers[number].hasEndedTask else { return }
        drain(number, .shortage, now: now)
    }

    // MARK: Idleness

    mutating func becameIdle(_ number: Int, now: Nanoseconds) {
        workers[number].idleSince = now
        guard let timeout = limits.idleTimeout, !limits.startsEagerly, !workers[number].hasIdleTimer,
            case .ready = workers[number].state
        else { return }
        workers[number].hasIdleTimer = true
        addTimer(.idle(workers[number].id), at: now &+ timeout)
    }

    mutating func checkIdle(_ worker: WorkerID, now: Nanoseconds) {
        guard let number = place(of: worker), let timeout = limits.idleTimeout else { return }
        workers[number].hasIdleTimer = false
        guard case .ready = workers[number].state, workers[number].held.isEmpty else { return }
        let end = workers[number].idleSince &+ timeout
        if end <= now {
            drain(number, .idle, now: now)
        } else {
            workers[number].hasIdleTimer = true
            addTimer(.idle(worker), at: end)
        }
    }

    // MARK: Signs of life

    mutating func armHeartbeat(_ number: Int, now: Nanoseconds) {
        guard !workers[number].hasHeartbeatTimer, limits.heartbeatInterval > 0 else { return }
        workers[number].hasHeartbeatTimer = true
        workers[number].lastHeard = now
        addTimer(.heartbeat(workers[number].id), at: now &+ limits.heartbeatInterval)
    }

    mutating func checkHeartbeat(_ worker: WorkerID, now: Nanoseconds) {
        guard let number = place(of: worker) else { return }
        workers[number].hasHeartbeatTimer = false
        if case .killed = workers[number].state { return }
        guard !workers[number].held.isEmpty, !workers[number].isGone else {
            workers[number].pingedAt = nil
            return
        }
        let silence = now &- workers[number].lastHeard
        if let pinged = workers[number].pingedAt, pinged > workers[number].lastHeard {
            guard now &- pinged < limits.heartbeatTimeout else {
                kill(number, .unresponsive)
                return
            }
        } else if silence >= limits.heartbeatInterval {
            workers[number].pingedAt = now
            actions.append(.ping(worker))
        }
        workers[number].hasHeartbeatTimer = true
        addTimer(.heartbeat(worker), at: now &+ min(limits.heartbeatInterval, limits.heartbeatTimeout))
    }

    /// The worker answered a ping.
    package mutating func workerHeard(_ worker: WorkerID, now: Nanoseconds) {
        guard let number = place(of: worker) else { return }
        workers[number].lastHeard = now
    }
}
