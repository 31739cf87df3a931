extension Engine {
    /// Accepts nothing more, and ends the pool when what is left has ended.
    ///
    /// With `cancelPending`, tasks that have not started are cancelled; those that run are let finish. May be called
    /// again, to go from finishing to cancelling.
    package mutating func shutDown(cancelPending: Bool, now: Nanoseconds) {
        guard phase == .running || phase == .finishing else { return }
        phase = .finishing
        if submissionsWaiting {
            submissionsWaiting = false
            actions.append(.admit)
        }
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
    }

    /// Cancels every task, running ones too.
    package mutating func cancelEverything(now: Nanoseconds) {
        for index in tasks.records.indices where tasks.records[index].state != .free {
            cancel(tasks.id(at: index), now: now)
        }
    }

    /// Ends every worker now; whatever ran in them is lost.
    package mutating func killAll(now: Nanoseconds) {
        guard phase != .terminated else { return }
        phase = .stopping
        refuseQueued(.shutDown)
        for number in workers.indices {
            for index in workers[number].held.indices(in: tasks) where tasks[index].state != .abandoned {
                abandon(index, tasks[index].state == .cancelling ? .cancelled : .shutDown)
            }
            kill(number, .poolKilled, now: now)
            if case .waiting = workers[number].state { workers[number].state = .vacant }
        }
        if submissionsWaiting {
            submissionsWaiting = false
            actions.append(.admit)
        }
        terminateIfEmpty()
    }

    /// Sets how many workers the pool should have.
    package mutating func resize(processes: Int, now: Nanoseconds) {
        guard phase == .running, !hasFailed, processes > 0, processes != targetProcesses else { return }
        let bound = workers.indices.flatMap { workers[$0].bound.indices(in: tasks) }
        for index in bound { dequeue(index) }
        targetProcesses = processes
        limits.processes = processes
        while workers.count < processes {
            workers.append(WorkerRecord(number: workers.count, limits: limits))
        }
        for index in bound { enqueue(index, atFront: false) }
        for number in processes..<max(processes, workers.count) {
            if case .waiting = workers[number].state { workers[number].state = .vacant }
            drain(number, .resized, now: now)
        }
        shrinkPlaces()
        fill(now: now)
        startWorkersIfNeeded(now: now)
    }

    /// Forgets empty places beyond the target.
    mutating func shrinkPlaces() {
        while workers.count > targetProcesses, let last = workers.last, last.state == .vacant, last.bound.isEmpty {
            workers.removeLast()
        }
    }

    mutating func refuseQueued(_ verdict: TaskVerdict) {
        let waiting = queue.indices(in: tasks) + workers.indices.flatMap { workers[$0].bound.indices(in: tasks) }
        for index in waiting {
            dequeue(index)
            finish(index, verdict)
            tasks.remove(index)
        }
    }

    /// While finishing: once no task is left, the workers are told to end.
    mutating func finishShutdownIfDrained(now: Nanoseconds) {
        guard phase == .finishing, tasks.count == 0 else { return }
        phase = .stopping
        for number in workers.indices {
            switch workers[number].state {
            case .ready, .draining: stop(number, now: now)
            case .starting: kill(number, .poolKilled, now: now)
            case .waiting: workers[number].state = .vacant
            case .vacant, .stopping, .killed: break
            }
        }
        terminateIfEmpty()
    }

    mutating func terminateIfEmpty() {
        guard phase != .terminated, phase == .stopping || (hasFailed && phase == .finishing) else { return }
        guard tasks.count == 0, !workers.contains(where: { $0.isAlive }) else { return }
        phase = .terminated
        actions.append(.terminated)
    }
}
