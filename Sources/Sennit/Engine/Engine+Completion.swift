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
        if case .ready = workers[number].state {
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
        workers[Int(tasks[index].worker)].abandoned += 1
    }
}
