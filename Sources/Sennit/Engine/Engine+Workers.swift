extension Engine {
    /// The worker's context is made and its threads wait.
    package mutating func workerReady(_ worker: WorkerID, now: Nanoseconds) {
        guard let number = place(of: worker), workers[number].state == .starting else { return }
        let wereOthersKept = starts.failures > 0
        starts.reset()
        hasBeenReady = true
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
        if wereOthersKept { startWorkersIfNeeded(now: now) }
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
        let isPaused = workers[number].isHeldBack
        workers[number].isHeldBack = false
        if reason != .taskLimit, !isPaused, !workers[number].held.isEmpty {
            actions.append(.pause(workers[number].id))
        }
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
        workers[number].isHeldBack = true
        endHoldIfOver(number, now: now)
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
        // One that owes an answer is watched though it holds nothing (any more): else it would be given the next task.
        let owesAnswer = workers[number].pingedAt.map { $0 > workers[number].lastHeard } ?? false
        let isWatched = !workers[number].held.isEmpty || owesAnswer
        guard isWatched, !workers[number].isGone else {
            workers[number].pingedAt = nil
            return
        }
        let silence = now &- workers[number].lastHeard
        if let pinged = workers[number].pingedAt, pinged > workers[number].lastHeard {
            guard now &- pinged < limits.heartbeatTimeout else {
                kill(number, .unresponsive)
                return
            }
            workers[number].isSilent = true
            holdBack(number)
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
        workers[number].isSilent = false
        guard workers[number].isHeldBack else { return }
        endHoldIfOver(number, now: now)
        if case .ready = workers[number].state {
            fill(worker: number, now: now)
            armRebalance(now: now)
        }
    }
}
