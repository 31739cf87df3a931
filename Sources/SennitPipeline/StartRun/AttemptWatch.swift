import Sennit

/// Watches one attempt: hands its progress on, and says how it has ended.
struct AttemptWatch: Sendable {
    let step: Int
    let attempt: Int
    let assignment: StepAssignment
    let handle: TaskHandle<StepReport>
    let feed: AsyncStream<RunSession.Message>.Continuation

    func begin() {
        let start = MonotonicClock.now()
        let watch = self
        let reader = Task { @concurrent in await watch.passProgressOn() }
        handle.onEnd { result in
            reader.cancel()
            let milliseconds = Int64((MonotonicClock.now() - start) / 1_000_000)
            let end = watch.end(result, milliseconds: milliseconds)
            watch.feed.yield(.machine(.ended(step: watch.step, attempt: watch.attempt, end)))
        }
    }

    /// At most ten times a second.
    private func passProgressOn() async {
        var next: UInt64 = 0
        for await progress in handle.progress {
            let now = MonotonicClock.now()
            guard now >= next else { continue }
            next = now + 100_000_000
            feed.yield(.progress(step: step, attempt: attempt, ProgressMessage.unpack(progress)))
        }
    }

    private func end(_ result: Result<StepReport, any Error>, milliseconds: Int64) -> RunMachine.AttemptEnd {
        switch result {
        case .success(let report):
            if !report.damagedInputs.isEmpty { return .damaged(report.damagedInputs) }
            if let failure = report.failure { return .failed(failure, checks: report.checks) }
            return .finished(report, milliseconds: milliseconds)
        case .failure(is CancellationError): return .stopped
        case .failure(let error): return .failed(record(of: error), checks: [])
        }
    }

    private func record(of error: any Error) -> StepFailureRecord {
        switch error {
        case is WorkerDied where MemoryWatch.excess(of: assignment) != nil:
            return StepFailureRecord(kind: .memoryExceeded, message: MemoryWatch.excess(of: assignment) ?? "")
        case let death as WorkerDied:
            return StepFailureRecord(
                kind: .workerDied,
                message: "Its worker (pid \(death.processID)) \(death.exitStatus.predicate)."
                    + (death.reason.map { " \($0)" } ?? ""),
                standardErrorTail: death.standardErrorTail.isEmpty ? nil : death.standardErrorTail)
        case let error as TaskTimedOut:
            guard case .timeout(let limit) = error.limit else { break }
            return StepFailureRecord(kind: .timedOut, message: "It ran longer than its timeout of \(limit).")
        case let error as PoolError where error.code == .poolFailed || error.code == .startFailed:
            return StepFailureRecord(kind: .storage, message: "No worker could be started: \(error)", isPermanent: true)
        default: break
        }
        return StepFailureRecord(kind: .thrown, message: "\(error)")
    }
}
