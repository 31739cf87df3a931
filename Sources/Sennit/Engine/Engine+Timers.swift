extension Engine {
    /// Acts on every timer that is due.
    ///
    /// The shell feeds in what it has already received before it lets time pass: an answer that waits to be read must
    /// not be taken for silence.
    package mutating func timeReached(_ now: Nanoseconds) {
        while let subject = timers.popDue(now) {
            switch subject {
            case .timeout(let id): checkTimeout(id)
            case .deadline(let id): checkDeadline(id, now: now)
            case .killAfterCancellation(let id): killAfterCancellationOver(id, now: now)
            case .allowance(let id): allowanceOver(id, now: now)
            case .restart(let number): restartDue(number, now: now)
            case .startPause: startPauseOver(now: now)
            case .startTimeout(let worker): checkStart(worker, now: now)
            case .stopTimeout(let worker): checkStop(worker, now: now)
            case .grace(let worker): graceOver(worker, now: now)
            case .reservation(let worker): reservationOver(worker, now: now)
            case .idle(let worker): checkIdle(worker, now: now)
            case .heartbeat(let worker): checkHeartbeat(worker, now: now)
            case .rebalance: rebalance(now: now)
            case .chunks: lookAtChunks(now: now)
            }
        }
    }

    private mutating func checkStart(_ worker: WorkerID, now: Nanoseconds) {
        guard let number = place(of: worker), workers[number].state == .starting else { return }
        kill(number, .startTimedOut)
    }

    private mutating func checkStop(_ worker: WorkerID, now: Nanoseconds) {
        guard let number = place(of: worker), workers[number].state == .stopping else { return }
        kill(number, .stopTimedOut)
    }

    /// Drops timers that have nothing left to do, and lets as many again gather before the next time.
    mutating func sweepTimers() {
        // Out of the engine while it is swept: the test of what is live reads the engine.
        var swept = timers
        timers = TimerQueue()
        swept.sweep { isLive($0) }
        timers = swept
        sweepThreshold = max(Self.smallestSweepThreshold, 2 * timers.count)
    }

    /// Whether the timer's subject is still there.
    package func isLive(_ subject: TimerQueue.Subject) -> Bool {
        switch subject {
        case .timeout(let id), .deadline(let id), .killAfterCancellation(let id), .allowance(let id):
            tasks.index(of: id) != nil
        case .startTimeout(let worker):
            place(of: worker).map { workers[$0].state == .starting } ?? false
        case .stopTimeout(let worker):
            place(of: worker).map { workers[$0].state == .stopping } ?? false
        case .grace(let worker):
            place(of: worker).map { workers[$0].graceEndsAt != nil } ?? false
        case .reservation(let worker):
            place(of: worker).map { workers[$0].reservedUntil != nil } ?? false
        case .idle(let worker), .heartbeat(let worker):
            place(of: worker) != nil
        case .restart, .startPause, .rebalance, .chunks:
            true
        }
    }
}
