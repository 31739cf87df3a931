extension Engine {
    /// The queue is full, and `admit` will say when it is not.
    package var awaitsRoom: Bool { submissionsWaiting }

    /// The worker is still the one of its place.
    package func isLive(_ worker: WorkerID) -> Bool { place(of: worker) != nil }

    /// The task has not left its worker, though it may already have its outcome.
    package func holds(_ id: TaskID) -> Bool {
        guard let index = tasks.index(of: id) else { return false }
        return tasks[index].state == .abandoned
    }

    /// Every worker that the pool should have is ready, or the pool has failed or ended.
    package var isSettled: Bool {
        if hasFailed || phase == .terminated || phase == .stopping { return true }
        return workers.prefix(targetProcesses).allSatisfy { $0.state == .ready }
    }
}
