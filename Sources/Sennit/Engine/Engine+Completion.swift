extension Engine {
    /// The worker has sent the outcome of a task.
    ///
    /// `ranFor` is the time between start and end in the worker.
    package mutating func taskCompleted(_ id: TaskID, ranFor runTime: Nanoseconds, now: Nanoseconds) {
        guard let index = tasks.index(of: id), let worker = holder(of: index) else { return }
        let number = worker.number
        workers[number].lastHeard = now
        workers[number].restart.taskFinished()
        workers[number].window.observe(runTime: runTime)
        let wasAbandoned = tasks[index].state == .abandoned
        release(index, from: number, now: now)
        if wasAbandoned {
            actions.append(.discard(id))
        } else {
            finish(index, .received)
        }
        tasks.remove(index)
        if workers[number].state == .ready {
            fill(worker: number, now: now)
            if workers[number].hasIdleThread { armRebalance(now: now) }
        } else {
            settle(number, now: now)
        }
        if phase != .running { finishShutdownIfDrained(now: now) }
    }

    /// Gives the caller its outcome while the worker still runs the task.
    mutating func abandon(_ index: Int, _ verdict: TaskVerdict) {
        finish(index, verdict)
        tasks[index].state = .abandoned
        let number = Int(tasks[index].worker)
        workers[number].abandoned += 1
    }

    // MARK: Overdue tasks

    /// A timer of the task fired: has it run too long?
    mutating func checkTimeout(_ id: TaskID) {
        guard let index = tasks.index(of: id), let worker = holder(of: index), tasks[index].timeout != 0,
            tasks[index].state == .dispatched || tasks[index].state == .cancelling
        else { return }
        actions.append(.observeStart(id, worker))
    }

    /// The shell's answer to `observeStart`: when the attempt started, nil if it has not.
    package mutating func startObserved(_ id: TaskID, startedAt: Nanoseconds?, now: Nanoseconds) {
        guard let index = tasks.index(of: id), tasks[index].timeout != 0, let worker = holder(of: index),
            tasks[index].state == .dispatched || tasks[index].state == .cancelling
        else { return }
        let timeout = tasks[index].timeout
        let due = (startedAt ?? now) &+ timeout
        guard startedAt != nil, due <= now else {
            addTimer(.timeout(id), at: max(due, now &+ 1))
            return
        }
        overdue(index, in: worker.number, .timedOut(limit: timeout, started: true), now: now)
    }

    /// The moment has come after which nobody wants the task.
    mutating func checkDeadline(_ id: TaskID, now: Nanoseconds) {
        guard let index = tasks.index(of: id), tasks[index].deadline != 0, tasks[index].deadline <= now else { return }
        switch tasks[index].state {
        case .free, .abandoned:
            return
        case .queued:
            dequeue(index)
            finish(index, .deadlinePassed(started: false))
            tasks.remove(index)
            taskLeftQueue(now: now)
        case .dispatched, .cancelling:
            guard let worker = holder(of: index) else { return }
            overdue(index, in: worker.number, .deadlinePassed(started: true), now: now)
        }
    }

    /// The caller hears at once; the task is told to stop; its worker ends unless the task leaves it by itself.
    private mutating func overdue(_ index: Int, in number: Int, _ verdict: TaskVerdict, now: Nanoseconds) {
        let id = tasks.id(at: index)
        abandon(index, verdict)
        // It may not have started; then it is simply taken back, and the worker goes on.
        actions.append(.revoke(id, workers[number].id))
        actions.append(.cancelRunning(id, workers[number].id))
        if limits.cancellationAllowance == 0 {
            allowanceOver(workers[number].id, now: now)
        } else {
            addTimer(.allowance(workers[number].id), at: now &+ limits.cancellationAllowance)
        }
    }

    /// An overdue task had its chance to notice its cancellation.
    mutating func allowanceOver(_ worker: WorkerID, now: Nanoseconds) {
        guard let number = place(of: worker), workers[number].abandoned > 0 else { return }
        drain(number, .overdueTask, now: now)
        addTimer(.grace(worker), at: now &+ limits.gracePeriod)
    }

    /// Neighbours of an overdue task have had their time to end.
    mutating func graceOver(_ worker: WorkerID, now: Nanoseconds) {
        guard let number = place(of: worker), workers[number].abandoned > 0 else { return }
        kill(number, .taskOverdue(firstAbandoned(in: number)), now: now)
    }

    /// A cancelled task has ignored its cancellation for as long as it may.
    mutating func killAfterCancellationOver(_ id: TaskID, now: Nanoseconds) {
        guard let index = tasks.index(of: id), tasks[index].state == .cancelling else { return }
        endByKilling(index, now: now)
    }

    func firstAbandoned(in number: Int) -> TaskID {
        let index = workers[number].held.indices(in: tasks).first { tasks[$0].state == .abandoned }
        return tasks.id(at: index ?? 0)
    }
}
