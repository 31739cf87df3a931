internal import Synchronization

extension PoolCore {
    /// Performs the engine's actions until there are none left; some feed it further events.
    func step(_ state: inout State, _ effects: inout PoolEffects) {
        while !state.engine.actions.isEmpty {
            var actions = ContiguousArray<EngineAction>()
            swap(&actions, &state.actions)
            state.engine.takeActions(into: &actions)
            for action in actions { perform(action, &state, &effects) }
            actions.removeAll(keepingCapacity: true)
            swap(&actions, &state.actions)
        }
        if let next = state.engine.nextTimer, next < state.armedTimer {
            state.armedTimer = next
            effects.append(.schedule(next))
        }
    }

    private func perform(_ action: EngineAction, _ state: inout State, _ effects: inout PoolEffects) {
        switch action {
        case .dispatch(let id, let worker, let attempt):
            dispatch(id, worker, attempt, &state, &effects)
        case .revoke(let id, let worker):
            guard let task = state.task(id), let link = state.link(worker), task.slot != nil else { return }
            if link.revoke(task) {
                task.noteDispatch(isRunning: false)
                state.engine.taskRevoked(id, now: driver.now())
            } else {
                split(task, on: link, &state, &effects)
                state.engine.revocationRefused(id, now: driver.now())
            }
        case .split(let id, let worker):
            if let task = state.task(id), let link = state.link(worker) { split(task, on: link, &state, &effects) }
        case .pause(let worker):
            guard let link = state.link(worker) else { return }
            link.channel.setPaused(true)
            for id in state.engine.heldTasks(of: worker) {
                guard let task = state.task(id) else { continue }
                guard link.revoke(task) else {
                    split(task, on: link, &state, &effects)
                    continue
                }
                task.noteDispatch(isRunning: false)
                state.engine.taskRevoked(task.id, now: driver.now())
            }
        case .resume(let worker):
            guard let link = state.link(worker) else { return }
            link.channel.setPaused(false)
            effects.wake(link)
        case .cancelRunning(let id, let worker):
            if let link = state.link(worker) { effects.append(.cancel(link, id)) }
        case .observeStart(let id, let worker):
            guard let task = state.task(id), let slot = task.slot, let link = state.link(worker) else { return }
            state.engine.startObserved(id, startedAt: link.channel.startedAt(slot), now: driver.now())
        case .finish(let id, let verdict):
            finish(id, verdict, &state, &effects)
        case .discard(let id):
            if let task = state.task(id) { forget(task, &state, &effects) }
        case .start, .stop, .kill, .ping, .report, .admit, .terminated:
            performOutside(action, &state, &effects)
        }
    }

    private func performOutside(_ action: EngineAction, _ state: inout State, _ effects: inout PoolEffects) {
        switch action {
        case .start(let worker):
            report(.workerStarting(worker), &effects)
            effects.append(.start(worker))
        case .stop(let worker):
            if let link = state.link(worker) { effects.append(.stop(link)) }
        case .kill(let worker, let reason):
            if let link = state.link(worker) {
                state.killReasons[worker] = reason
                effects.append(.kill(link))
            } else {
                // It is still being started; `attach` will find the reason.
                state.killReasons[worker] = reason
            }
        case .ping(let worker):
            if let link = state.link(worker) { effects.append(.ping(link)) }
        case .report(let report):
            self.report(report, &state, &effects)
        case .admit:
            effects.append(.wakeUp(state.admissionWaiters))
            state.admissionWaiters = []
        case .terminated:
            effects.append(.wakeUp(state.readinessWaiters))
            state.readinessWaiters = []
            report(.terminated, &effects)
            effects.append(.terminated)
        case .dispatch, .revoke, .split, .pause, .resume, .cancelRunning, .observeStart, .finish, .discard:
            invariant(false, "a memory operation was to be performed outside of the lock")
        }
    }

    /// Lets go of a task that is over.
    func forget(_ task: PendingTask, _ state: inout State, _ effects: inout PoolEffects) {
        if let arguments = state.forget(task) { effects.append(.drop(arguments)) }
    }

    private func dispatch(
        _ id: TaskID, _ worker: WorkerID, _ attempt: Int, _ state: inout State, _ effects: inout PoolEffects
    ) {
        guard let task = state.task(id), let link = state.link(worker) else { return }
        do {
            try link.post(task, attempt: attempt, now: task.specification.timeout == 0 ? 0 : driver.now())
            task.noteDispatch(isRunning: true)
            state.countDispatch(worker.number, task.chunk?.range.count ?? 1)
            effects.wake(link)
            reportTask(.taskDispatched(id, worker, attempt: attempt), &effects)
        } catch ControlSocketError.brokenPipe {
            // The worker is gone, though its end has not been seen yet: the task goes elsewhere.
            state.engine.workerLost(worker, now: driver.now())
            state.engine.taskRevoked(id, now: driver.now())
        } catch {
            // It never reached the worker: this task alone fails.
            task.received = .failure(error)
            state.engine.taskCompleted(id, ranFor: 0, now: driver.now())
        }
    }

    func report(_ event: @autoclosure () -> PoolEvent, _ effects: inout PoolEffects) {
        guard observers.watchWorkers else { return }
        observers.announce(event())
        effects.hasNews = true
    }

    func reportTask(_ event: @autoclosure () -> PoolEvent, _ effects: inout PoolEffects) {
        guard observers.watchTasks else { return }
        observers.announce(event())
        effects.hasNews = true
    }

    private func report(_ report: EngineReport, _ state: inout State, _ effects: inout PoolEffects) {
        switch report {
        case .workerDraining(let worker, let reason):
            self.report(.workerDraining(worker, reason: String(describing: reason)), &effects)
        case .taskRetried(let id, let attempt):
            state.task(id)?.noteDispatch(isRunning: false)
            self.report(.taskRetried(id, attempt: attempt), &effects)
        case .poolFailed:
            let failure = state.failure ?? failureCause(state)
            state.failure = failure
            effects.append(.wakeUp(state.readinessWaiters))
            state.readinessWaiters = []
            self.report(.poolFailed(reason: String(describing: failure)), &effects)
        }
    }
}

extension PoolCore {
    /// What made the pool fail: what the last worker said, or how it died.
    private func failureCause(_ state: borrowing State) -> any Error {
        guard let exit = state.exit else { return PoolError(.poolFailed, "The pool \(options.name) has failed.") }
        guard !exit.failedToStart else { return startFailure(of: exit, reason: state.exitReason) }
        let text = "Worker process \(exit.processID) of the pool \(options.name) \(exit.status.predicate)."
        return PoolError(.poolFailed, text)
    }
}
