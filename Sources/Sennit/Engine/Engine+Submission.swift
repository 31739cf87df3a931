/// Why a submission was not accepted.
package enum SubmissionRefusal: Error, Sendable, Equatable {
    case shutDown
    case poolFailed
    case deadlinePassed
    /// The queue is full; `admit` says when to try again.
    case full
}

extension Engine {
    /// Accepts a task, or says why not.
    package mutating func submit(
        _ specification: TaskSpecification, now: Nanoseconds
    ) -> Result<TaskID, SubmissionRefusal> {
        guard !hasFailed else { return .failure(.poolFailed) }
        guard phase == .running else { return .failure(.shutDown) }
        guard specification.deadline == 0 || specification.deadline > now else { return .failure(.deadlinePassed) }
        let hasRoom =
            queuedCount < limits.maximumQueuedTasks
            && (queuedCount == 0 || queuedCount + specification.size <= limits.maximumQueuedTasks)
        guard hasRoom else {
            submissionsWaiting = true
            return .failure(.full)
        }
        let index = tasks.insert(specification)
        let id = tasks.id(at: index)
        counters.submitted += specification.size
        if specification.deadline != 0 { addTimer(.deadline(id), at: specification.deadline) }
        // Nothing waits and a worker has room: the common case on a pool that keeps up.
        if !tasks[index].hasKey, queue.first == nil, let number = bestWorker() {
            place(index, on: number, now: now)
        } else {
            enqueue(index)
            fill(now: now)
        }
        startWorkersIfNeeded(now: now)
        return .success(id)
    }

    /// Ends a task early: at once if it has not started, else by telling it.
    package mutating func cancel(_ id: TaskID, now: Nanoseconds) {
        guard let index = tasks.index(of: id) else { return }
        switch tasks[index].state {
        case .free, .cancelling, .abandoned:
            return
        case .queued:
            endQueued(index, .cancelled, now: now)
        case .dispatched:
            tasks[index].state = .cancelling
            if let worker = holder(of: index) { actions.append(.revoke(id, worker)) }
        }
    }

    /// Ends a running task by ending its worker.
    package mutating func killTask(_ id: TaskID, now: Nanoseconds) {
        guard let index = tasks.index(of: id) else { return }
        switch tasks[index].state {
        case .free, .abandoned:
            return
        case .queued, .dispatched:
            // If it turns out to have started, `revocationRefused` ends it.
            tasks[index].killRequested = true
            cancel(id, now: now)
        case .cancelling:
            endByKilling(index, now: now)
        }
    }

    /// The caller hears at once; the worker is killed when its other tasks have had their grace.
    mutating func endByKilling(_ index: Int, now: Nanoseconds) {
        guard let worker = holder(of: index) else { return }
        tasks[index].killRequested = true
        abandon(index, .cancelled)
        drainOverdue(worker.number, now: now)
    }

    /// The shell took the task back before it started.
    package mutating func taskRevoked(_ id: TaskID, now: Nanoseconds) {
        guard let index = tasks.index(of: id), let worker = holder(of: index) else { return }
        let number = worker.number
        workers[number].dispatched -= 1
        release(index, from: number, now: now)
        switch tasks[index].state {
        case .cancelling:
            finish(index, tasks[index].isExpired ? .deadlinePassed(started: false) : .cancelled)
            tasks.remove(index)
        case .abandoned:
            actions.append(.discard(id))
            tasks.remove(index)
        case .dispatched where cancelsPending:
            finish(index, .cancelled)
            tasks.remove(index)
        case .dispatched, .queued, .free:
            tasks[index].attempts -= 1
            rebalanceDelay = Self.shortestRebalanceDelay
            restore(index)
        }
        settle(number, now: now)
        advance(now: now)
        finishShutdownIfDrained(now: now)
    }

    /// The task had started, so it could not be taken back.
    package mutating func revocationRefused(_ id: TaskID, now: Nanoseconds) {
        guard let index = tasks.index(of: id), tasks[index].state == .cancelling, let worker = holder(of: index) else {
            return
        }
        if tasks[index].isExpired {
            overdue(index, .deadlinePassed(started: true), now: now)
        } else if tasks[index].killRequested {
            endByKilling(index, now: now)
        } else {
            actions.append(.cancelRunning(id, worker))
            if let allowance = tasks[index].killAfterCancellation {
                addTimer(.killAfterCancellation(id), at: now &+ allowance)
                holdBack(worker.number)
            }
        }
    }

    func holder(of index: Int) -> WorkerID? {
        let number = Int(tasks[index].worker)
        return number >= 0 ? workers[number].id : nil
    }

    /// Ends a task that waits.
    mutating func endQueued(_ index: Int, _ verdict: TaskVerdict, now: Nanoseconds) {
        dequeue(index)
        finish(index, verdict)
        tasks.remove(index)
        taskLeftQueue()
        // It may have been what a worker was being emptied for.
        if reservations > 0 { advance(now: now) }
        finishShutdownIfDrained(now: now)
    }

    /// A queued task has gone: someone may be waiting for room.
    mutating func taskLeftQueue() {
        guard submissionsWaiting, queuedCount < limits.maximumQueuedTasks else { return }
        admitWaiting()
    }

    mutating func admitWaiting() {
        guard submissionsWaiting else { return }
        submissionsWaiting = false
        actions.append(.admit)
    }
}
