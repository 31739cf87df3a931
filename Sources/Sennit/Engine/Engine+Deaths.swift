extension Engine {
    /// The worker's process has ended.
    ///
    /// From here on it is given nothing. The shell then feeds in what its slot table still holds: `taskCompleted` for
    /// each outcome, `taskRevoked` for each task that had not started; and last `workerExited`.
    package mutating func workerLost(_ worker: WorkerID, now: Nanoseconds) {
        guard let number = place(of: worker), !workers[number].isGone else { return }
        unreserve(number)
        workers[number].isGone = true
    }

    /// The worker is gone, for whatever reason.
    ///
    /// The shell has called `workerLost` and has fed in what the slot table still held; what the worker holds now was
    /// running. `failedToStart` says that it ended before it was ready.
    package mutating func workerExited(_ worker: WorkerID, failedToStart: Bool, now: Nanoseconds) {
        guard let number = place(of: worker) else { return }
        let earlier = workers[number].state
        let wasExpected = isExpected(earlier)
        if !wasExpected { counters.workersDied += 1 }

        // The next step is decided before the tasks are given back, so that none of them is offered to this place.
        unreserve(number)
        workers[number].state = .vacant
        let running = workers[number].held.indices(in: tasks)
        for index in running {
            loseTask(index, of: worker, neighbours: running.count - 1, wasExpected: wasExpected, now: now)
        }
        workers[number].graceEndsAt = nil

        if !wasExpected, failedToStart || earlier == .starting || earlier == .killed(.startTimedOut) {
            startFailed(number, now: now)
        } else if !wasExpected, limits.failsPoolOnDeath {
            failPool(now: now)
        } else if !wasExpected {
            waitBeforeRestart(number, now: now)
        }
        shrinkPlaces()
        advance(now: now)
        finishShutdownIfDrained(now: now)
        terminateIfEmpty()
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
        let canRetry = tasks[index].isIdempotent && !hasFailed && !limits.failsPoolOnDeath && !cancelsPending
        if canRetry, deaths >= poisonThreshold, neighbours == 0, !wasExpected {
            finish(index, .poisoned(worker, deaths: deaths))
            tasks.remove(index)
        } else if canRetry, tasks[index].attempts <= tasks[index].retries {
            tasks[index].mustRunAlone = deaths >= poisonThreshold - 1 && deaths > 0
            counters.retried += 1
            actions.append(.report(.taskRetried(id, attempt: Int(tasks[index].attempts) + 1)))
            restore(index)
        } else {
            finish(index, lost(index, worker, neighbours))
            tasks.remove(index)
        }
    }

    private func lost(_ index: Int, _ worker: WorkerID, _ neighbours: Int) -> TaskVerdict {
        .workerDied(worker, attempt: Int(tasks[index].attempts), neighbours: neighbours)
    }

    // MARK: Trying again

    mutating func waitBeforeRestart(_ number: Int, now: Nanoseconds, atLeast minimum: Nanoseconds = 0) {
        let delay = max(minimum, workers[number].restart.deathDelay())
        guard delay > 0, number < targetProcesses, phase == .running || phase == .finishing else { return }
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
        killWorkers { _ in .poolFailed }
        admitWaiting()
    }
}
