extension Engine {
    /// Accepts nothing more, and ends the pool when what is left has ended.
    ///
    /// With `cancelPending`, tasks that have not started are cancelled; those that run are let finish. May be called
    /// again, to go from finishing to cancelling.
    package mutating func shutDown(cancelPending: Bool, now: Nanoseconds) {
        guard phase == .running || phase == .finishing else { return }
        if phase == .running {
            // Waiting tasks get their last attempts now, without the pauses of earlier failures.
            endPauses()
            starts.reset()
        }
        phase = .finishing
        admitWaiting()
        if cancelPending {
            cancelsPending = true
            refuseQueued(.cancelled)
            for number in workers.indices {
                for index in workers[number].held.indices(in: tasks) where tasks[index].state == .dispatched {
                    actions.append(.revoke(tasks.id(at: index), workers[number].id))
                }
            }
        }
        finishShutdownIfDrained(now: now)
        if !cancelPending { startWorkersIfNeeded(now: now) }
    }

    /// Cancels every task, running ones too.
    package mutating func cancelEverything(now: Nanoseconds) {
        // Queued tasks first, so that none of them is dispatched on the way.
        for isQueued in [true, false] {
            for index in tasks.records.indices where tasks.records[index].state != .free {
                if isQueued == (tasks.records[index].state == .queued) { cancel(tasks.id(at: index), now: now) }
            }
        }
    }

    /// Ends every worker now; whatever ran in them is lost.
    package mutating func killAll(now: Nanoseconds) {
        guard phase != .terminated else { return }
        phase = .stopping
        refuseQueued(.shutDown)
        killWorkers { $0 == .cancelling ? .cancelled : .shutDown }
        admitWaiting()
        terminateIfEmpty()
    }

    /// Gives every task in a worker its outcome, and kills the workers.
    mutating func killWorkers(verdict: (TaskTable.State) -> TaskVerdict) {
        for number in workers.indices {
            for index in workers[number].held.indices(in: tasks) where tasks[index].state != .abandoned {
                abandon(index, verdict(tasks[index].state))
            }
            kill(number, .poolKilled)
            if case .waiting = workers[number].state { workers[number].state = .vacant }
        }
    }

    mutating func refuseQueued(_ verdict: TaskVerdict) {
        let waiting = queue.indices(in: tasks) + workers.indices.flatMap { workers[$0].bound.indices(in: tasks) }
        for index in waiting { endWaiting(index, verdict) }
        for number in workers.indices { unreserve(number) }
    }

    /// Ends a queued task, without admitting a submission in its place.
    mutating func endWaiting(_ index: Int, _ verdict: TaskVerdict) {
        dequeue(index)
        finish(index, verdict)
        tasks.remove(index)
    }

    /// While finishing: once no task is left, the workers are told to end.
    mutating func finishShutdownIfDrained(now: Nanoseconds) {
        guard phase == .finishing, tasks.count == 0 else { return }
        phase = .stopping
        for number in workers.indices {
            switch workers[number].state {
            case .ready: drain(number, .shutdown, now: now)
            case .starting: kill(number, .poolKilled)
            case .waiting: workers[number].state = .vacant
            case .draining, .vacant, .stopping, .killed: break
            }
        }
        terminateIfEmpty()
    }

    /// The last thing that happens.
    mutating func terminateIfEmpty() {
        guard phase == .stopping, tasks.count == 0, !workers.contains(where: { $0.isAlive }) else { return }
        phase = .terminated
        actions.append(.terminated)
    }
}
