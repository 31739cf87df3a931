extension Engine {
    /// The queue is full, and `admit` will say when it is not.
    package var awaitsRoom: Bool { submissionsWaiting }

    /// The worker is still the one of its place.
    package func isLive(_ worker: WorkerID) -> Bool { place(of: worker) != nil }

    /// Tasks in slot tables; those that travel as one are counted one by one.
    package var tasksInWorkers: Int {
        workers.reduce(0) { sum, worker in
            worker.held.indices(in: tasks).reduce(sum) { $0 + Int(tasks[$1].size) }
        }
    }

    /// The tasks in the worker's slot table, oldest first.
    package func heldTasks(of worker: WorkerID) -> [TaskID] {
        guard let number = place(of: worker) else { return [] }
        return workers[number].held.indices(in: tasks).map { tasks.id(at: $0) }
    }

    /// The task has not left its worker, though it may already have its outcome.
    package func holds(_ id: TaskID) -> Bool {
        guard let index = tasks.index(of: id) else { return false }
        return tasks[index].state == .abandoned
    }

    /// Whether a caller that began to wait for workers after this many failed attempts should stop waiting.
    ///
    /// The pool itself keeps retrying. Always false in a pool that has never been ready, because such a pool fails.
    package func hasGivenUpStarts(since attempts: Int) -> Bool {
        let enough = max(1, limits.startAttempts)
        return hasBeenReady && starts.failures >= enough && starts.attempts - attempts >= enough
    }

    /// Every worker that the pool should have is ready, or the pool has failed or ended.
    package var isSettled: Bool {
        if hasFailed || phase == .terminated || phase == .stopping { return true }
        return workers.prefix(targetProcesses).allSatisfy { $0.state == .ready }
    }
}
