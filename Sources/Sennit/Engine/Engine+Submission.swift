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
        guard queuedCount < limits.maximumQueuedTasks else {
            submissionsWaiting = true
            return .failure(.full)
        }
        let index = tasks.insert(specification)
        let id = tasks.id(at: index)
        counters.submitted += 1
        if specification.deadline != 0 { addTimer(.deadline(id), at: specification.deadline) }
        // The queue is empty and a thread idles: the common case on a pool that keeps up.
        if !tasks[index].hasKey, queue.isEmpty, let number = bestWorker() {
            place(index, on: number, now: now)
        } else {
            enqueue(index, atFront: false)
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
            dequeue(index)
            finish(index, .cancelled)
            tasks.remove(index)
            taskLeftQueue(now: now)
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
        abandon(index, .cancelled)
        allowanceOver(worker, now: now)
    }

    /// The shell took the task back before it started.
    package mutating func taskRevoked(_ id: TaskID, now: Nanoseconds) {
        guard let index = tasks.index(of: id), let worker = holder(of: index) else { return }
        release(index, from: worker.number, now: now)
        switch tasks[index].state {
        case .cancelling:
            finish(index, .cancelled)
            tasks.remove(index)
        case .abandoned:
            actions.append(.discard(id))
            tasks.remove(index)
        case .dispatched where cancelsPending:
            finish(index, .cancelled)
            tasks.remove(index)
        case .dispatched, .queued, .free:
            tasks[index].attempts -= 1
            enqueue(index, atFront: true)
        }
        settle(worker.number, now: now)
        fill(now: now)
        startWorkersIfNeeded(now: now)
        finishShutdownIfDrained(now: now)
    }

    /// The task had started, so it could not be taken back.
    package mutating func revocationRefused(_ id: TaskID, now: Nanoseconds) {
        guard let index = tasks.index(of: id), tasks[index].state == .cancelling, let worker = holder(of: index) else {
            return
        }
        guard !tasks[index].killRequested else {
            endByKilling(index, now: now)
            return
        }
        actions.append(.cancelRunning(id, worker))
        if let allowance = tasks[index].killAfterCancellation {
            addTimer(.killAfterCancellation(id), at: now &+ allowance)
        }
    }

    func holder(of index: Int) -> WorkerID? {
        let number = Int(tasks[index].worker)
        return number >= 0 ? workers[number].id : nil
    }

    /// A queued task has gone: someone may be waiting for room.
    mutating func taskLeftQueue(now: Nanoseconds) {
        if submissionsWaiting, queuedCount < limits.maximumQueuedTasks, phase == .running {
            submissionsWaiting = false
            actions.append(.admit)
        }
        finishShutdownIfDrained(now: now)
    }
}
