extension Engine {
    /// The worker has sent the outcome of a task.
    ///
    /// `ranFor` is the time between start and end in the worker.
    package mutating func taskCompleted(_ id: TaskID, ranFor runTime: Nanoseconds, now: Nanoseconds) {
        guard let index = tasks.index(of: id), let worker = holder(of: index) else { return }
        let number = worker.number
        workers[number].lastHeard = now
        workers[number].isSilent = false
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
        if workers[number].isHeldBack { endHoldIfOver(number, now: now) }
        if case .ready = workers[number].state {
            fill(worker: number, now: now)
            if workers[number].hasIdleThread { armRebalance(now: now) }
        } else {
            settle(number, now: now)
        }
        if phase != .running { finishShutdownIfDrained(now: now) }
    }

    /// How long results may be left to gather before they are taken in together; zero when each counts.
    ///
    /// While every worker has tasks lying ready, none of its threads waits for the shell. The time is a small part of
    /// what a task takes, and short enough that what lies ready is not used up.
    package var gatheringTime: Nanoseconds {
        var time = Self.longestGathering
        for worker in workers where worker.isAlive {
            let (ready, threads) = (worker.held.count - worker.window.threads, worker.window.threads)
            guard ready > 0, case .ready = worker.state else { return 0 }
            let mean = worker.window.meanRunTime
            time = min(time, mean / 16, mean / Nanoseconds(2 * threads) &* Nanoseconds(ready))
        }
        return time < Self.shortestGathering ? 0 : time
    }

    private static var shortestGathering: Nanoseconds { 50_000 }
    private static var longestGathering: Nanoseconds { 2_000_000 }

    /// Gives the caller its outcome while the worker still runs the task.
    mutating func abandon(_ index: Int, _ verdict: TaskVerdict) {
        finish(index, verdict)
        tasks[index].state = .abandoned
        workers[Int(tasks[index].worker)].abandoned += 1
    }
}
