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

    /// Hands a task in, or says why not. Never waits.
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
        await withCheckedContinuation { continuation in
            let mayTry = state.withLock { state in
                guard state.engine.awaitsRoom else { return true }
                state.admissionWaiters.append(continuation)
                return false
            }
            if mayTry { continuation.resume() }
        }
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
    package func startAll() async throws {
        withEngine { state, _ in state.engine.startAll(now: driver.now()) }
        while true {
            let isSettled = state.withLock { $0.engine.isSettled }
            if isSettled { break }
            await withCheckedContinuation { continuation in
                let mayLook = state.withLock { state in
                    guard !state.engine.isSettled else { return true }
                    state.readinessWaiters.append(continuation)
                    return false
                }
                if mayLook { continuation.resume() }
            }
        }
        if let failure { throw failure }
    }
}
