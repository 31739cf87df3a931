extension Engine {
    /// Acts on every timer that is due.
    package mutating func timeReached(_ now: Nanoseconds) {
        while let subject = timers.popDue(now) {
            switch subject {
            case .timeout(let id): checkTimeout(id)
            case .deadline(let id): checkDeadline(id, now: now)
            case .killAfterCancellation(let id): killAfterCancellationOver(id, now: now)
            case .restart(let number): restartDue(number, now: now)
            case .startTimeout(let worker): checkStart(worker, now: now)
            case .stopTimeout(let worker): checkStop(worker, now: now)
            case .grace(let worker): graceOver(worker, now: now)
            case .allowance(let worker): allowanceOver(worker, now: now)
            case .idle(let worker): checkIdle(worker, now: now)
            case .heartbeat(let worker): checkHeartbeat(worker, now: now)
            case .rebalance: rebalance(now: now)
            }
        }
    }

    private mutating func checkStart(_ worker: WorkerID, now: Nanoseconds) {
        guard let number = place(of: worker), workers[number].state == .starting else { return }
        kill(number, .startTimedOut, now: now)
    }

    private mutating func checkStop(_ worker: WorkerID, now: Nanoseconds) {
        guard let number = place(of: worker), workers[number].state == .stopping else { return }
        kill(number, .stopTimedOut, now: now)
    }

    /// Drops timers whose task or worker is gone.
    mutating func sweepTimers() {
        // Out of the engine while it is swept: the test of what is live reads the engine.
        var swept = timers
        timers = TimerQueue()
        swept.sweep { subject in
            switch subject {
            case .timeout(let id), .deadline(let id), .killAfterCancellation(let id):
                tasks.index(of: id) != nil
            case .startTimeout(let worker):
                place(of: worker).map { workers[$0].state == .starting } ?? false
            case .idle(let worker):
                place(of: worker).map { workers[$0].held.isEmpty } ?? false
            case .stopTimeout(let worker), .grace(let worker), .allowance(let worker), .heartbeat(let worker):
                place(of: worker) != nil
            case .restart, .rebalance:
                true
            }
        }
        timers = swept
    }
}
