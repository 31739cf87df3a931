internal import Synchronization

extension PoolCore {
    /// A worker exists, though it is not ready yet.
    ///
    /// - Returns: False when the engine has given it up meanwhile; the caller ends it.
    package func attach(_ link: WorkerLink) -> Bool {
        state.withLock { state in
            guard state.engine.isLive(link.worker) else { return false }
            state.remember(link)
            return state.killReasons[link.worker] == nil
        }
    }

    package func workerReady(_ worker: WorkerID) {
        withEngine { state, effects in
            guard let link = state.link(worker) else { return }
            link.isReady = true
            state.startFailure = nil
            report(.workerReady(worker, processID: link.control.processID), &effects)
            state.engine.workerReady(worker, now: driver.now())
            effects.append(.wakeUp(state.readinessWaiters))
            state.readinessWaiters = []
        }
    }

    package func workerHeard(_ worker: WorkerID) {
        withEngine { state, _ in state.engine.workerHeard(worker, now: driver.now()) }
    }

    package func memoryMeasured(_ worker: WorkerID, bytes: UInt64) {
        withEngine { state, _ in state.engine.memoryMeasured(worker, bytes: bytes, now: driver.now()) }
    }

    /// The worker could not take over memory that it was sent.
    package func workerRanShort(_ worker: WorkerID) {
        withEngine { state, _ in state.engine.workerRanShort(worker, now: driver.now()) }
    }

    /// The pool cannot run at all: everything that has not ended fails, and it accepts nothing more.
    package func fail(_ error: any Error) {
        withEngine { state, _ in
            state.failure = error
            state.engine.failPool(now: driver.now())
        }
    }

    /// A worker's process has ended; what it left behind is about to be fed in.
    package func workerLost(_ worker: WorkerID) {
        withEngine { state, _ in state.engine.workerLost(worker, now: driver.now()) }
    }

    /// A worker is gone.
    ///
    /// Its completion ring has been drained, and its process reaped.
    package func workerExited(_ worker: WorkerID, _ exit: ExitReport) {
        withEngine { state, effects in
            let now = driver.now()
            var exit = exit
            if let link = state.link(worker) {
                recover(from: link, &state, &effects, now: now)
                exit.failedToStart = exit.failedToStart || !link.isReady
                state.links[worker.number] = nil
            }
            let reason = state.killReasons.removeValue(forKey: worker)
            state.exit = exit
            state.exitReason = reason
            let deaths = state.engine.counters.workersDied
            state.engine.workerExited(worker, failedToStart: exit.failedToStart, now: now)
            let wasExpected = state.engine.counters.workersDied == deaths
            if exit.failedToStart, !wasExpected {
                let failure = startFailure(of: exit, reason: reason)
                state.startFailure = failure
                report(.workerStartFailed(worker, reason: describe(failure, state, now: now)), &effects)
                effects.append(.wakeUp(state.readinessWaiters))
                state.readinessWaiters = []
            }
            report(.workerEnded(worker, processID: exit.processID, exit.status, expected: wasExpected), &effects)
            step(&state, &effects)
            state.exit = nil
            state.exitReason = nil
        }
    }

    /// Finds results whose notice was lost with the worker, and gives back what had not started.
    private func recover(
        from link: WorkerLink, _ state: inout State, _ effects: inout PoolEffects, now: Nanoseconds
    ) {
        var results: [ReceivedCompletion] = []
        var unstarted: [TaskID] = []
        link.channel.inspectAfterDeath { slot, taskID, _, fate in
            switch fate {
            case .completed(let completion): results.append(receive(completion, link))
            case .neverStarted: unstarted.append(TaskID(rawValue: taskID))
            case .running:
                let id = TaskID(rawValue: taskID)
                if let task = state.task(id), let chunk = task.chunk,
                    !recover(task, chunk, from: slot, of: link, &state, &effects)
                {
                    unstarted.append(id)
                }
            }
        }
        for result in results { accept(result, from: link, &state, &effects, now: now) }
        for id in unstarted {
            state.task(id)?.slot = nil
            state.task(id)?.noteDispatch(isRunning: false)
            state.engine.taskRevoked(id, now: now)
        }
        step(&state, &effects)
    }

    // MARK: Outcomes

    func finish(_ id: TaskID, _ verdict: TaskVerdict, _ state: inout State, _ effects: inout PoolEffects) {
        guard let task = state.task(id) else { return }
        let outcome = outcome(of: task, verdict, state)
        // While the worker still runs it, the slot and what its arguments lie in stay its own, until `discard`.
        if !state.engine.holds(id) { forget(task, &state, &effects) }
        inFlight.subtract(1, ordering: .relaxed)
        effects.end(task, outcome)
        reportTask(.taskEnded(id, TaskState(outcome)), &effects)
    }

    private func outcome(of task: PendingTask, _ verdict: TaskVerdict, _ state: borrowing State) -> TaskOutcome {
        switch verdict {
        case .received:
            defer { task.received = nil }
            return task.received ?? .failure(PoolError(.decodingFailed, "The result of \(task.id) was lost."))
        case .cancelled:
            return .failure(CancellationError())
        case .timedOut(let limit, let started):
            return .failure(
                TaskTimedOut(
                    limit: .timeout(.nanoseconds(Int64(clamping: limit))), taskID: task.id, taskType: task.type.name,
                    hadStarted: started))
        case .deadlinePassed(let started):
            return .failure(
                TaskTimedOut(limit: .deadline, taskID: task.id, taskType: task.type.name, hadStarted: started))
        case .workerDied(let worker, let attempt, let neighbours):
            return .failure(death(of: worker, task, attempt, neighbours, state))
        case .poisoned(let worker, let deaths):
            return .failure(
                PoisonedTask(
                    taskID: task.publicID, taskType: task.type.name, deaths: deaths,
                    lastDeath: death(of: worker, task, deaths, 0, state)))
        case .poolFailed:
            return .failure(poolFailure(task, state))
        case .noWorker:
            let text =
                "\(task.type.name) was waiting when the pool \(options.name) was shut down, and no worker could be "
                + "started for it."
            return .failure(PoolError(.startFailed, text, cause: state.startFailure))
        case .shutDown:
            return .failure(PoolError(.shutDown, "The pool \(options.name) was ended before \(task.type.name) was."))
        }
    }

    private func death(
        of worker: WorkerID, _ task: PendingTask, _ attempt: Int, _ neighbours: Int, _ state: borrowing State
    ) -> WorkerDied {
        WorkerDied(
            worker: worker, processID: state.exit?.processID ?? 0, exitStatus: state.exit?.status ?? .exited(0),
            reason: state.exitReason.map { String(describing: $0) }, taskID: task.publicID, taskType: task.type.name,
            attempt: attempt, neighbours: neighbours, standardErrorTail: state.exit?.standardErrorTail ?? "")
    }

    private func poolFailure(_ task: PendingTask, _ state: borrowing State) -> any Error {
        if options.onWorkerDeath == .failPool, let exit = state.exit, !exit.failedToStart, let worker = task.worker {
            return death(of: worker, task, 1, 0, state)
        }
        return state.failure
            ?? PoolError(.poolFailed, "The pool \(options.name) failed before \(task.type.name) had ended.")
    }

    /// What kept a worker from starting, and when the pool tries again, for observers.
    private func describe(_ failure: any Error, _ state: borrowing State, now: Nanoseconds) -> String {
        let (engine, starts) = (state.engine, state.engine.starts)
        guard !engine.hasFailed, engine.phase == .running || engine.phase == .finishing, starts.nextStart > now
        else { return String(describing: failure) }
        let pause = Duration.nanoseconds(Int64(clamping: starts.nextStart - now))
        let outlook = "failed attempts in a row: \(starts.failures); the next one is made in \(pause) at the earliest"
        return "\(failure) (\(outlook))"
    }

    /// What kept a worker from starting, as an error.
    func startFailure(of exit: ExitReport, reason: KillReason? = nil) -> any Error {
        if let failure = exit.startFailure { return failure }
        let worker = "A worker of the pool \(options.name) (pid \(exit.processID))"
        var text = "\(worker) \(exit.status.predicate) before it was ready."
        if reason == .startTimedOut {
            text = "A worker of the pool \(options.name) was not ready within \(options.startTimeout) and was killed."
        }
        if !exit.standardErrorTail.isEmpty { text += "\nIts last words:\n\(exit.standardErrorTail)" }
        return PoolError(.startFailed, text)
    }
}

extension TaskState {
    init(_ outcome: TaskOutcome) {
        switch outcome {
        case .output: self = .succeeded
        case .failure(let error) where error is CancellationError: self = .cancelled
        // Safety: one byte is read while the payload's memory is held.
        case .thrown(let envelope) where unsafe envelope.withBytes({ unsafe ErrorEnvelope.isCancellation($0) }):
            self = .cancelled
        case .failure, .thrown: self = .failed
        }
    }
}
