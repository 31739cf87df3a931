import Sennit

extension EngineSimulation {
    /// Does what the engine asks for, and checks that it may ask.
    mutating func perform(_ action: EngineAction) throws(SimulationFailure) {
        guard !isTerminated else { throw failure("\(action) after the end") }
        switch action {
        case .dispatch(let id, let worker, let attempt):
            try dispatch(id, to: worker, attempt: attempt)
        case .revoke(let id, let worker):
            revoke(id, from: worker)
        case .split(let id, let worker):
            split(id, in: worker)
        case .pause(let worker):
            try pause(worker)
        case .resume(let worker):
            guard self[worker]?.isPaused != nil else { throw failure("resume of \(worker), which is gone") }
            workers[worker.number]?.isPaused = false
            schedule(.claim(worker), within: 5000)
        case .cancelRunning(let id, let worker):
            schedule(.hearCancellation(worker, id), within: 100_000)
        case .observeStart(let id, let worker):
            schedule(.observeStart(worker, id), within: generator.oneIn(2) ? 0 : 100_000)
        case .finish(let id, let verdict):
            try finish(id, verdict)
        case .discard(let id):
            try checkDiscard(id)
        case .start(let worker):
            try start(worker)
        case .stop(let worker):
            try stop(worker)
        case .kill(let worker, let reason):
            try checkKill(worker, reason)
            workers[worker.number]?.killReason = reason
            schedule(.crash(worker), within: SimulationPlan.millisecond)
        case .ping(let worker):
            if self[worker]?.pingedAt == nil { workers[worker.number]?.pingedAt = now }
            schedule(.answerPing(worker), within: SimulationPlan.millisecond)
        case .report:
            break
        case .admit:
            submitWaiting()
        case .terminated:
            isTerminated = true
        }
    }

    private mutating func dispatch(_ id: TaskID, to worker: WorkerID, attempt: Int) throws(SimulationFailure) {
        guard let index = taskIndices[id.rawValue] else { throw failure("dispatch of unknown \(id)") }
        guard let found = self[worker], !found.isNoticed else { throw failure("dispatch to \(worker), which is gone") }
        if case .starting = found.state { throw failure("dispatch to \(worker), which is not ready") }
        guard !found.isStopping, !found.isPaused else { throw failure("dispatch to \(worker), which takes nothing") }
        try checkNotSilent(found)
        let room = plan.limits.threadsPerProcess + plan.limits.maximumPrefetch
        guard found.slots.count < room else { throw failure("dispatch to \(worker) beyond its slots") }
        guard tasks[index].verdict == nil else { throw failure("dispatch of \(id), which has ended") }
        guard attempt == tasks[index].starts + 1 else { throw failure("\(id) has a wrong attempt \(attempt)") }
        for other in workers where other?.slot(of: id) != nil { throw failure("\(id) is in two slots") }
        if let key = tasks[index].specification.keyHash {
            let place = JumpHash.bucket(of: key, count: engine.targetProcesses)
            guard worker.number == place else { throw failure("\(id) went to \(worker), not to its key's place") }
        }
        workers[worker.number]?.slots.append(.init(task: index, id: id, attempt: attempt))
        schedule(.claim(worker), within: 30_000)
    }

    private mutating func revoke(_ id: TaskID, from worker: WorkerID) {
        guard let found = self[worker], let slot = found.slot(of: id), found.slots[slot].isPending else {
            split(id, in: worker)
            engine.revocationRefused(id, now: now)
            return
        }
        workers[worker.number]?.slots.remove(at: slot)
        engine.taskRevoked(id, now: now)
    }

    /// Takes a chunk apart that its worker has begun: some tasks have ended, one runs, the rest is submitted anew.
    mutating func split(_ id: TaskID, in worker: WorkerID) {
        guard let index = taskIndices[id.rawValue], tasks[index].size > 1, tasks[index].verdict == nil,
            let found = self[worker], let slot = found.slot(of: id), found.slots[slot].isClaimed
        else { return }
        let finished = generator.below(tasks[index].size)
        let others = tasks[index].size - 1 - finished
        let isCancelled = engine.isCancelled(id)
        tasks[index].size = 1
        engine.chunkSplit(
            id, finished: finished, cancelled: isCancelled ? others : 0, returned: isCancelled ? 0 : others)
        guard !isCancelled else { return }
        submittedInAll -= others
        for _ in 0..<others {
            tasks.append(tasks[index].alone)
            waitingForRoom.append(tasks.count - 1)
        }
        haveTasksReturned = true
    }

    private mutating func pause(_ worker: WorkerID) throws(SimulationFailure) {
        guard let found = self[worker] else { throw failure("pause of \(worker), which is gone") }
        workers[worker.number]?.isPaused = true
        let pending = found.slots.filter { $0.isPending }.shuffled(using: &generator)
        workers[worker.number]?.slots.removeAll { $0.isPending }
        for slot in found.slots where slot.isClaimed { split(slot.id, in: worker) }
        for slot in pending { engine.taskRevoked(slot.id, now: now) }
    }

    private mutating func start(_ worker: WorkerID) throws(SimulationFailure) {
        while workers.count <= worker.number { workers.append(nil) }
        guard workers[worker.number] == nil else { throw failure("start of \(worker) in a place that is taken") }
        guard worker.number < engine.targetProcesses else { throw failure("start of \(worker) beyond the target") }
        guard !wasKilled, !engine.hasFailed else { throw failure("start of \(worker) in a pool that has ended") }
        guard trouble.mayStart(at: now) else { throw failure("start of \(worker) before the pause is over") }
        trouble.started(at: now)
        workers[worker.number] = SimulatedWorker(id: worker, startedAt: now)
        // A pool that has never been ready may fail; where only poison is to do harm, the first worker is lucky.
        let mayFail = !isCalm && (hasBeenReady || !plan.isOnlyPoisonHarmful)
        let isUnlucky = mayFail && Double.random(in: 0..<1, using: &generator) < plan.startFailure
        // It hangs, is refused at once, or dies on its way.
        if isUnlucky, generator.oneIn(4) { return }
        if isUnlucky, generator.oneIn(3) { return crash(worker) }
        schedule(isUnlucky ? .failToStart(worker) : .becomeReady(worker), within: 5 * SimulationPlan.millisecond)
    }

    private mutating func stop(_ worker: WorkerID) throws(SimulationFailure) {
        guard let found = self[worker] else { throw failure("stop of \(worker), which is gone") }
        guard found.slots.isEmpty else { throw failure("stop of \(worker), which holds tasks") }
        workers[worker.number]?.isStopping = true
        if isCalm || !generator.oneIn(10) { schedule(.leave(worker), within: 3 * SimulationPlan.millisecond) }
    }
}
