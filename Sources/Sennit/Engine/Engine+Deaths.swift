extension Engine {
    /// The worker is gone, for whatever reason.
    ///
    /// The shell has already fed in the completions that its slot table still held and has taken back what had not
    /// started; what the worker still holds was running. `failedToStart` says that it ended before it was ready.
    package mutating func workerExited(_ worker: WorkerID, failedToStart: Bool, now: Nanoseconds) {
        guard let number = place(of: worker) else { return }
        let earlier = workers[number].state
        let running = workers[number].held.indices(in: tasks)
        let wasExpected = isExpected(earlier)
        if !wasExpected { counters.workersDied += 1 }

        // The next step is decided before the tasks are given back, so that none of them is offered to this place.
        workers[number].state = .vacant
        workers[number].hasHeartbeatTimer = false
        let neighbours = running.count { tasks[$0].state != .abandoned }
        for index in running {
            loseTask(index, of: worker, neighbours: max(0, neighbours - 1), wasExpected: wasExpected, now: now)
        }
        workers[number].isExclusive = false

        if failedToStart, !wasExpected {
            startFailed(number, now: now)
        } else if !wasExpected {
            if limits.failsPoolOnDeath {
                failPool(now: now)
            } else {
                waitBeforeRestart(number, now: now)
            }
        }
        shrinkPlaces()
        if phase == .stopping || hasFailed {
            terminateIfEmpty()
        } else {
            fill(now: now)
            startWorkersIfNeeded(now: now)
            finishShutdownIfDrained(now: now)
        }
    }

    /// The engine asked for this end, and no task is to be blamed.
    private func isExpected(_ state: WorkerRecord.State) -> Bool {
        switch state {
        case .stopping: true
        case .killed(let reason):
            switch reason {
            case .taskOverdue, .taskKilled, .poolKilled, .stopTimedOut: true
            case .unresponsive, .startTimedOut: false
            }
        case .vacant, .waiting, .starting, .ready, .draining: false
        }
    }

    /// A task was running in a worker that died: try it again if that is allowed, else end it.
    private mutating func loseTask(
        _ index: Int, of worker: WorkerID, neighbours: Int, wasExpected: Bool, now: Nanoseconds
    ) {
        let id = tasks.id(at: index)
        let wasAlone = tasks[index].mustRunAlone
        release(index, from: worker.number, now: now)
        switch tasks[index].state {
        case .abandoned:
            actions.append(.discard(id))
            tasks.remove(index)
            return
        case .cancelling:
            finish(index, wasExpected ? .cancelled : lost(index, worker, neighbours))
            tasks.remove(index)
            return
        case .dispatched, .queued, .free:
            break
        }
        if !wasExpected { tasks[index].deaths += 1 }
        let deaths = Int(tasks[index].deaths)
        let poisonThreshold = max(1, limits.poisonThreshold)
        let canRetry = tasks[index].isIdempotent && !hasFailed && !limits.failsPoolOnDeath && phase != .stopping
            && !cancelsPending
        if canRetry, deaths >= poisonThreshold, wasAlone || neighbours == 0 {
            finish(index, .poisoned(worker, deaths: deaths))
            tasks.remove(index)
        } else if canRetry, tasks[index].attempts <= tasks[index].retries {
            // Blame is only certain when nothing ran beside it: the last chance is taken alone.
            tasks[index].mustRunAlone = deaths >= poisonThreshold - 1 && deaths > 0
            counters.retried += 1
            actions.append(.report(.taskRetried(id, attempt: Int(tasks[index].attempts) + 1)))
            enqueue(index, atFront: true)
        } else {
            finish(index, lost(index, worker, neighbours))
            tasks.remove(index)
        }
    }

    private func lost(_ index: Int, _ worker: WorkerID, _ neighbours: Int) -> TaskVerdict {
        .workerDied(worker, attempt: Int(tasks[index].attempts), neighbours: neighbours)
    }

    // MARK: Trying again

    private mutating func startFailed(_ number: Int, now: Nanoseconds) {
        guard phase == .running || phase == .finishing else { return }
        consecutiveStartFailures += 1
        if consecutiveStartFailures >= max(1, limits.startAttempts) {
            failPool(now: now)
        } else {
            waitBeforeRestart(number, now: now, atLeast: limits.restartDelay)
        }
    }

    private mutating func waitBeforeRestart(_ number: Int, now: Nanoseconds, atLeast minimum: Nanoseconds = 0) {
        let delay = max(minimum, workers[number].restart.deathDelay())
        guard delay > 0 else { return }
        workers[number].state = .waiting(until: now &+ delay)
        addTimer(.restart(number: number), at: now &+ delay)
    }

    mutating func restartDue(_ number: Int, now: Nanoseconds) {
        guard number < workers.count, case .waiting(let until) = workers[number].state, until <= now else { return }
        workers[number].state = .vacant
        startWorkersIfNeeded(now: now)
    }

    /// Everything that has not ended fails, and the pool accepts nothing more.
    mutating func failPool(now: Nanoseconds) {
        guard !hasFailed else { return }
        hasFailed = true
        actions.append(.report(.poolFailed))
        refuseQueued(.poolFailed)
        for number in workers.indices {
            for index in workers[number].held.indices(in: tasks) where tasks[index].state != .abandoned {
                abandon(index, .poolFailed)
            }
            kill(number, .poolKilled, now: now)
        }
        if submissionsWaiting {
            submissionsWaiting = false
            actions.append(.admit)
        }
    }
}
