extension Engine {
    // MARK: Starting

    /// Starts as many workers as the waiting tasks could use.
    mutating func startWorkersIfNeeded(now: Nanoseconds) {
        guard !hasFailed, phase == .running || phase == .finishing else { return }
        // Everything runs and a thread is free: nothing to do, and no need to look at the places.
        if queuedCount == 0, !limits.startsEagerly, !workers.contains(where: { $0.hasSurplus }) { return }
        var outstanding = 0
        var capacity = 0
        for record in workers where record.state == .ready || record.state == .starting {
            capacity += record.window.threads
            outstanding += record.held.count
        }
        outstanding += queuedCount
        for number in 0..<min(targetProcesses, workers.count) where workers[number].state == .vacant {
            let isWanted = outstanding > capacity || !workers[number].bound.isEmpty || limits.startsEagerly
            guard isWanted else { continue }
            start(number, now: now)
            capacity += limits.threadsPerProcess
        }
    }

    /// Starts every worker that the pool should have.
    package mutating func startAll(now: Nanoseconds) {
        guard !hasFailed, phase == .running else { return }
        for number in 0..<min(targetProcesses, workers.count) where workers[number].state == .vacant {
            start(number, now: now)
        }
    }

    private mutating func start(_ number: Int, now: Nanoseconds) {
        workers[number].incarnation += 1
        workers[number].state = .starting
        workers[number].dispatched = 0
        workers[number].isExclusive = false
        workers[number].lastHeard = now
        workers[number].pingedAt = nil
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
        workers[number].lastHeard = now
        becameIdle(number, now: now)
        fill(worker: number, now: now)
        if number >= targetProcesses { drain(number, .resized, now: now) }
        armRebalance(now: now)
        finishShutdownIfDrained(now: now)
    }

    // MARK: Draining and ending

    /// Gives the worker nothing more; it ends when it holds nothing.
    mutating func drain(_ number: Int, _ reason: DrainReason, now: Nanoseconds) {
        switch workers[number].state {
        case .ready:
            break
        case .draining(let earlier) where reason == .overdueTask && earlier != .overdueTask:
            break
        default:
            return
        }
        workers[number].state = .draining(reason)
        actions.append(.report(.workerDraining(workers[number].id, reason)))
        if reason != .taskLimit { actions.append(.pause(workers[number].id)) }
        settle(number, now: now)
    }

    /// Takes the next step of a draining worker, if there is one.
    mutating func settle(_ number: Int, now: Nanoseconds) {
        guard case .draining(let reason) = workers[number].state else { return }
        if reason == .overdueTask, workers[number].abandoned == 0, phase != .stopping, number < targetProcesses {
            // The overdue task left by itself after all: the worker is as good as before.
            workers[number].state = .ready
            actions.append(.resume(workers[number].id))
            fill(worker: number, now: now)
        } else if workers[number].held.isEmpty {
            stop(number, now: now)
        } else if reason == .overdueTask {
            killIfOnlyAbandoned(number, .taskOverdue(firstAbandoned(in: number)), now: now)
        }
    }

    mutating func killIfOnlyAbandoned(_ number: Int, _ reason: KillReason, now: Nanoseconds) {
        guard workers[number].abandoned > 0, workers[number].abandoned == workers[number].held.count else { return }
        kill(number, reason, now: now)
    }

    mutating func stop(_ number: Int, now: Nanoseconds) {
        switch workers[number].state {
        case .ready, .draining: break
        default: return
        }
        workers[number].state = .stopping
        actions.append(.stop(workers[number].id))
        addTimer(.stopTimeout(workers[number].id), at: now &+ limits.stopTimeout)
    }

    mutating func kill(_ number: Int, _ reason: KillReason, now: Nanoseconds) {
        guard workers[number].isAlive else { return }
        if case .killed = workers[number].state { return }
        workers[number].state = .killed(reason)
        actions.append(.kill(workers[number].id, reason))
    }

    /// The worker has grown to this size.
    package mutating func memoryMeasured(_ worker: WorkerID, bytes: UInt64, now: Nanoseconds) {
        guard let number = place(of: worker), bytes > limits.maximumMemoryPerWorker else { return }
        drain(number, .memoryLimit(bytes), now: now)
    }

    mutating func becameIdle(_ number: Int, now: Nanoseconds) {
        workers[number].idleSince = now
        if let timeout = limits.idleTimeout, workers[number].state == .ready {
            addTimer(.idle(workers[number].id), at: now &+ timeout)
        }
    }

    mutating func checkIdle(_ worker: WorkerID, now: Nanoseconds) {
        guard let number = place(of: worker), let timeout = limits.idleTimeout, workers[number].state == .ready,
            workers[number].held.isEmpty, now &- workers[number].idleSince >= timeout
        else { return }
        drain(number, .idle, now: now)
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
        guard !workers[number].held.isEmpty else {
            workers[number].pingedAt = nil
            return
        }
        let silence = now &- workers[number].lastHeard
        if let pinged = workers[number].pingedAt, pinged > workers[number].lastHeard {
            guard now &- pinged < limits.heartbeatTimeout else {
                kill(number, .unresponsive, now: now)
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
