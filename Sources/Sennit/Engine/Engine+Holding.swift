/// Workers that may have to be killed soon get no new task, because the task would die with its worker.
///
/// A worker is *held back* while it runs an overdue task, while it runs a task that was cancelled with `killAfter`, and
/// while a ping has been unanswered for longer than an interval. The worker is paused, and the tasks it has not started
/// go to other workers. It takes nothing even if no other worker is ready: waiting tasks run in its replacement, or in
/// the worker itself once the threat is over. That wait is bounded by `cancellationAllowance`, `killAfter` or
/// `heartbeatTimeout`, plus the grace period and the start of the replacement.
extension Engine {
    /// Pauses the worker and gives it nothing until `endHoldIfOver`.
    mutating func holdBack(_ number: Int) {
        guard !workers[number].isHeldBack, !workers[number].isGone else { return }
        switch workers[number].state {
        case .ready, .draining(.taskLimit):
            // A worker that reached its task limit would still start the tasks it holds.
            unreserve(number)
            workers[number].isHeldBack = true
            actions.append(.pause(workers[number].id))
        case .draining, .vacant, .waiting, .starting, .stopping, .killed:
            break
        }
    }

    /// Resumes a worker that was held back, if it is no longer threatened.
    mutating func endHoldIfOver(_ number: Int, now: Nanoseconds) {
        guard workers[number].isHeldBack, !workers[number].isGone, !isThreatened(number) else { return }
        workers[number].isHeldBack = false
        guard case .ready = workers[number].state else { return }
        actions.append(.resume(workers[number].id))
        if workers[number].held.isEmpty { becameIdle(number, now: now) }
    }

    /// Whether the worker may have to be killed soon.
    func isThreatened(_ number: Int) -> Bool {
        let worker = workers[number]
        guard worker.abandoned == 0, !worker.isSilent else { return true }
        return worker.held.indices(in: tasks).contains { index in
            tasks[index].state == .cancelling && tasks[index].killAfterCancellation != nil
        }
    }
}
