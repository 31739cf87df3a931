internal import Synchronization

extension PoolCore {
    /// Hands a task in; suspends while the queue is full.
    ///
    /// - Throws: `PoolError`, `TaskTimedOut` for a deadline in the past, `CancellationError` while waiting for room.
    package func submit(_ task: PendingTask) async throws {
        while true {
            do throws(SubmissionRefusal) {
                try submitNow(task)
                return
            } catch {
                switch error {
                case .full:
                    try Task.checkCancellation()
                    await waitForRoom()
                case .shutDown, .poolFailed, .deadlinePassed:
                    throw describe(error, task)
                }
            }
        }
    }

    /// Hands a task in, or says why not.
    ///
    /// Never waits.
    package func submitNow(_ task: PendingTask) throws(SubmissionRefusal) {
        let refusal: SubmissionRefusal? = withEngine { state, _ in
            switch state.engine.submit(task.specification, now: driver.now()) {
            case .success(let id):
                state.remember(task, as: id)
                if metrics != nil { task.times.submittedAt = driver.now() }
                return nil
            case .failure(let refusal):
                return refusal
            }
        }
        if let refusal { throw refusal }
        inFlight.add(1, ordering: .relaxed)
        metrics?.submitted()
        measureLoad()
    }

    /// Hands in as many of the tasks as there is room for, under one hold of the lock.
    ///
    /// - Returns: How many were taken, and why the next one was not.
    func submitNow(_ tasks: ArraySlice<PendingTask>) -> (taken: Int, refusal: SubmissionRefusal?) {
        let result: (Int, SubmissionRefusal?) = withEngine { state, effects in
            let now = driver.now()
            var taken = 0
            for task in tasks {
                switch state.engine.submit(task.specification, now: now) {
                case .success(let id):
                    state.remember(task, as: id)
                    taken += 1
                    step(&state, &effects)
                case .failure(let refusal):
                    return (taken, refusal)
                }
            }
            return (taken, nil)
        }
        inFlight.add(result.0, ordering: .relaxed)
        return result
    }

    /// Cancels every task that this sink waits for.
    func cancel(allOf sink: any CompletionSink) {
        withEngine { state, effects in
            for task in state.tasks {
                guard let task, task.sink === sink else { continue }
                state.engine.cancel(task.id, now: driver.now())
                step(&state, &effects)
            }
        }
    }

    /// The refusal as the error that the caller gets.
    package func describe(_ refusal: SubmissionRefusal, _ task: PendingTask) -> any Error {
        switch refusal {
        case .shutDown:
            PoolError(.shutDown, "The pool \(options.name) has been shut down and takes no more tasks.")
        case .poolFailed:
            PoolError(.poolFailed, "The pool \(options.name) has failed and takes no more tasks.", cause: failure)
        case .deadlinePassed:
            TaskTimedOut(limit: .deadline, taskID: nil, taskType: task.type.name, hadStarted: false)
        case .full:
            PoolError(.invalidArgument, "The queue of the pool \(options.name) is full.")
        }
    }

    private func waitForRoom() async {
        let waiter = PoolWaiter()
        let mustWait = state.withLock { state in
            if state.engine.awaitsRoom { state.admissionWaiters.append(waiter) }
            return state.engine.awaitsRoom
        }
        guard mustWait else { return }
        await waiter.wait()
        if Task.isCancelled { state.withLock { state in state.admissionWaiters.removeAll { $0 === waiter } } }
    }

    /// The error that made the pool fail, if it has.
    package var failure: (any Error)? { state.withLock { $0.failure } }

    package func cancel(_ task: PendingTask) {
        withEngine { state, _ in state.engine.cancel(task.id, now: driver.now()) }
    }

    package func kill(_ task: PendingTask) {
        withEngine { state, _ in state.engine.killTask(task.id, now: driver.now()) }
    }

    package func cancelEverything() {
        withEngine { state, _ in state.engine.cancelEverything(now: driver.now()) }
    }

    package func timeReached() {
        withEngine { state, _ in
            state.armedTimer = .max
            state.engine.timeReached(driver.now())
        }
    }

    package func shutDown(cancelPending: Bool) {
        withEngine { state, _ in state.engine.shutDown(cancelPending: cancelPending, now: driver.now()) }
    }

    package func killAll() {
        withEngine { state, _ in state.engine.killAll(now: driver.now()) }
    }

    package func resize(processes: Int) {
        withEngine { state, _ in state.engine.resize(processes: processes, now: driver.now()) }
    }

    /// Starts every worker, and waits until all are ready or the pool has failed or ended.
    ///
    /// In a pool that has been ready, which does not fail, it also ends after `startAttempts` failed starts.
    package func startAll() async throws {
        let before = withEngine { state, _ in
            state.engine.startAll(now: driver.now())
            return state.engine.starts.attempts
        }
        while true {
            let waiter = PoolWaiter()
            let isSettled = try state.withLock { state in
                if state.engine.isSettled { return true }
                if let failure = state.startFailure, state.engine.hasGivenUpStarts(since: before) { throw failure }
                state.readinessWaiters.append(waiter)
                return false
            }
            if isSettled { break }
            await waiter.wait()
            guard !Task.isCancelled else {
                state.withLock { state in state.readinessWaiters.removeAll { $0 === waiter } }
                throw CancellationError()
            }
        }
        if let failure { throw failure }
    }
}
