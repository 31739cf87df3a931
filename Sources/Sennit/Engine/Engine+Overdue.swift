/// Tasks that run longer than they may: the caller hears at once, the task is told to stop, and a task that does not
/// stop ends with its worker, whose other tasks are first given the grace period to end.
extension Engine {
    // MARK: Timeouts

    /// One timer at most follows a task, however often it is dispatched.
    mutating func armTimeout(_ index: Int, at time: Nanoseconds) {
        guard !tasks[index].hasTimeoutTimer else { return }
        tasks[index].hasTimeoutTimer = true
        addTimer(.timeout(tasks.id(at: index)), at: time)
    }

    /// A timer of the task fired; it may have run too long.
    mutating func checkTimeout(_ id: TaskID) {
        guard let index = tasks.index(of: id) else { return }
        tasks[index].hasTimeoutTimer = false
        guard isRunnable(index), let worker = holder(of: index) else { return }
        actions.append(.observeStart(id, worker))
    }

    /// The shell's answer to `observeStart`: when the attempt started, nil if it has not.
    package mutating func startObserved(_ id: TaskID, startedAt: Nanoseconds?, now: Nanoseconds) {
        guard let index = tasks.index(of: id), tasks[index].timeout != 0, isRunnable(index) else { return }
        let timeout = tasks[index].timeout
        guard let startedAt else {
            armTimeout(index, at: now &+ max(timeout, Self.shortestLook))
            return
        }
        if startedAt &+ timeout <= now {
            overdue(index, .timedOut(limit: timeout, started: true), now: now)
        } else {
            armTimeout(index, at: startedAt &+ timeout)
        }
    }

    /// How often at most the engine looks whether a task with a very short timeout has started.
    private static var shortestLook: Nanoseconds { 1_000_000 }

    /// A worker has it, and its caller still waits.
    private func isRunnable(_ index: Int) -> Bool {
        tasks[index].state == .dispatched || tasks[index].state == .cancelling
    }

    // MARK: Deadlines

    /// The moment has come after which nobody wants the task.
    mutating func checkDeadline(_ id: TaskID, now: Nanoseconds) {
        guard let index = tasks.index(of: id) else { return }
        switch tasks[index].state {
        case .free, .abandoned:
            return
        case .queued:
            endQueued(index, .deadlinePassed(started: false), now: now)
        case .dispatched:
            // The answer to the revocation tells whether it has started.
            tasks[index].state = .cancelling
            tasks[index].isExpired = true
            if let worker = holder(of: index) { actions.append(.revoke(id, worker)) }
        case .cancelling:
            overdue(index, .deadlinePassed(started: true), now: now)
        }
    }

    // MARK: What follows

    /// Ends a running task for its caller, and lets its worker follow unless the task leaves it by itself.
    mutating func overdue(_ index: Int, _ verdict: TaskVerdict, now: Nanoseconds) {
        guard let worker = holder(of: index) else { return }
        let id = tasks.id(at: index)
        abandon(index, verdict)
        actions.append(.cancelRunning(id, worker))
        if limits.cancellationAllowance == 0 {
            drainOverdue(worker.number, now: now)
        } else {
            addTimer(.allowance(id), at: now &+ limits.cancellationAllowance)
            holdBack(worker.number)
        }
    }

    /// An overdue task had its chance to notice its cancellation.
    mutating func allowanceOver(_ id: TaskID, now: Nanoseconds) {
        guard let index = tasks.index(of: id), tasks[index].state == .abandoned, let worker = holder(of: index)
        else { return }
        drainOverdue(worker.number, now: now)
    }

    /// A cancelled task has ignored its cancellation for as long as it may.
    mutating func killAfterCancellationOver(_ id: TaskID, now: Nanoseconds) {
        guard let index = tasks.index(of: id), tasks[index].state == .cancelling else { return }
        endByKilling(index, now: now)
    }

    /// Empties the worker of an overdue task, to be killed when only overdue tasks are left or the grace is over.
    mutating func drainOverdue(_ number: Int, now: Nanoseconds) {
        if workers[number].graceEndsAt == nil {
            workers[number].graceEndsAt = now &+ limits.gracePeriod
            addTimer(.grace(workers[number].id), at: now &+ limits.gracePeriod)
        }
        if case .draining(.taskLimit) = workers[number].state {
            // Its surplus was to run here; now that would only prolong the wait.
            holdBack(number)
            settle(number, now: now)
        } else if case .draining = workers[number].state {
            settle(number, now: now)
        } else {
            drain(number, .overdueTask, now: now)
        }
    }

    /// Neighbours of an overdue task have had their time to end.
    mutating func graceOver(_ worker: WorkerID, now: Nanoseconds) {
        guard let number = place(of: worker), let end = workers[number].graceEndsAt, end <= now else { return }
        killForOverdue(number)
    }

    /// Kills a worker for the oldest task in it that should have ended.
    mutating func killForOverdue(_ number: Int) {
        guard let index = workers[number].held.indices(in: tasks).first(where: { tasks[$0].state == .abandoned })
        else { return }
        let id = tasks.id(at: index)
        kill(number, tasks[index].killRequested ? .taskKilled(id) : .taskOverdue(id))
    }
}
