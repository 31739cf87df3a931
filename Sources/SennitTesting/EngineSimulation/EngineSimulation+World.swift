import Sennit

extension EngineSimulation {
    mutating func happen(_ event: SimulationEvent) throws(SimulationFailure) {
        if let actor = event.actor {
            guard let worker = self[actor], !worker.isDead else { return }
            guard !worker.isFrozen else {
                workers[actor.number]?.deferred.append(event)
                return
            }
        }
        switch event {
        case .submit, .cancelOne, .killOne, .cancelEverything, .resize, .startAll, .shutDown, .killAll: useEngine(event)
        case .strike, .freeze, .thaw, .grow, .calm: befall(event)
        case .readCompletion, .observeStart: read(event)
        case .noticeExit(let worker): try noticeExit(worker)
        case .crash(let worker): crash(worker)
        default: try liveWorker(event)
        }
        try performActions()
    }

    /// The worker of this very incarnation, as long as the parent has not buried it.
    subscript(worker: WorkerID) -> SimulatedWorker? {
        guard worker.number < workers.count, let found = workers[worker.number], found.id == worker else { return nil }
        return found
    }

    // MARK: Users

    private mutating func useEngine(_ event: SimulationEvent) {
        switch event {
        case .submit(let count):
            for _ in 0..<count {
                tasks.append(plan.task(now: now, generator: &generator))
                waitingForRoom.append(tasks.count - 1)
            }
            submitWaiting()
        case .cancelOne, .killOne:
            guard !tasks.isEmpty else { return }
            let index = generator.below(tasks.count)
            guard let id = tasks[index].id, tasks[index].verdict == nil else { return }
            tasks[index].wasCancelled = true
            if case .killOne = event { engine.killTask(id, now: now) } else { engine.cancel(id, now: now) }
        case .cancelEverything:
            for index in tasks.indices where tasks[index].id != nil { tasks[index].wasCancelled = true }
            engine.cancelEverything(now: now)
        case .resize:
            engine.resize(processes: 1 + generator.below(5), now: now)
        case .startAll:
            trouble.skipPause()
            engine.startAll(now: now)
        case .shutDown(let cancelPending):
            if !wasShutDown { trouble.end() }
            wasShutDown = true
            if cancelPending { cancelsPending = true }
            engine.shutDown(cancelPending: cancelPending, now: now)
        case .killAll:
            wasShutDown = true
            wasKilled = true
            engine.killAll(now: now)
        default:
            break
        }
    }

    /// Submits for those who wait until there is no room.
    mutating func submitWaiting() {
        while let index = waitingForRoom.first {
            switch engine.submit(tasks[index].specification, now: now) {
            case .success(let id):
                tasks[index].id = id
                taskIndices[id.rawValue] = index
                submittedInAll += tasks[index].size
            case .failure(.full):
                return
            case .failure(.deadlinePassed), .failure(.shutDown), .failure(.poolFailed):
                break
            }
            waitingForRoom.removeFirst()
        }
    }

    // MARK: Misfortune

    private mutating func befall(_ event: SimulationEvent) {
        switch event {
        case .strike(let number):
            if number < workers.count, let worker = workers[number] { crash(worker.id) }
        case .freeze(let number):
            guard number < workers.count, let worker = workers[number], !worker.isDead else { return }
            workers[number]?.isFrozen = true
            if generator.oneIn(2) { schedule(.thaw(worker.id), within: 60 * SimulationPlan.millisecond) }
        case .thaw(let worker):
            thaw(worker)
        case .grow(let number):
            guard number < workers.count, let worker = workers[number] else { return }
            engine.memoryMeasured(worker.id, bytes: 500 + generator.duration(upTo: 1000), now: now)
        case .calm:
            isCalm = true
            for worker in workers.compactMap({ $0 }) where worker.isFrozen { thaw(worker.id) }
            endHangingTasks()
        default:
            break
        }
    }

    private mutating func thaw(_ worker: WorkerID) {
        guard let found = self[worker] else { return }
        workers[worker.number]?.isFrozen = false
        workers[worker.number]?.thawedAt = now
        workers[worker.number]?.deferred = []
        for event in found.deferred { schedule(event, within: 50_000) }
    }

    /// What never ends by itself is ended by its user.
    private mutating func endHangingTasks() {
        waitingForRoom.removeAll { tasks[$0].isHanging }
        for index in tasks.indices where tasks[index].isHanging && tasks[index].verdict == nil {
            guard let id = tasks[index].id else { continue }
            tasks[index].wasCancelled = true
            engine.killTask(id, now: now)
        }
    }

    mutating func crash(_ worker: WorkerID) {
        guard let found = self[worker], !found.isDead else { return }
        workers[worker.number]?.state = .dead(beforeReady: !found.isReady)
        schedule(.noticeExit(worker), within: 2 * SimulationPlan.millisecond)
    }

    // MARK: Workers

    private mutating func liveWorker(_ event: SimulationEvent) throws(SimulationFailure) {
        switch event {
        case .becomeReady(let worker):
            workers[worker.number]?.state = .ready
            if self[worker]?.killReason == nil {
                hasBeenReady = true
                trouble.end()
            }
            engine.workerReady(worker, now: now)
        case .failToStart(let worker):
            crash(worker)
        case .claim(let worker):
            try claim(worker)
        case .end(let worker, let id, let attempt):
            endTask(id, attempt: attempt, in: worker)
        case .poison(let worker, let id, let attempt):
            if let slot = self[worker]?.slots.first(where: { $0.id == id }), slot.attempt == attempt, slot.isClaimed {
                crash(worker)
            }
        case .hearCancellation(let worker, let id):
            guard let slot = self[worker]?.slots.first(where: { $0.id == id }), slot.isClaimed,
                tasks[slot.task].heedsCancellation
            else { return }
            schedule(.end(worker, id, attempt: slot.attempt), within: SimulationPlan.millisecond)
        case .answerPing(let worker):
            workers[worker.number]?.pingedAt = nil
            engine.workerHeard(worker, now: now)
        case .leave(let worker):
            crash(worker)
        default:
            break
        }
    }

    private mutating func claim(_ worker: WorkerID) throws(SimulationFailure) {
        guard let found = self[worker], found.isReady, !found.isPaused,
            found.busyThreads < plan.limits.threadsPerProcess,
            let slot = found.slots.firstIndex(where: { $0.isPending })
        else { return }
        let (index, id, attempt) = (found.slots[slot].task, found.slots[slot].id, found.slots[slot].attempt)
        workers[worker.number]?.slots[slot].state = .claimed(at: now)
        tasks[index].starts += 1
        try checkStart(of: index)
        switch tasks[index].behaviour {
        case .returns(let run): agenda.add(.end(worker, id, attempt: attempt), at: now + run)
        case .poisons(let run): agenda.add(.poison(worker, id, attempt: attempt), at: now + run)
        case .hangs: break
        }
        schedule(.claim(worker), within: 5000)
    }

    private mutating func endTask(_ id: TaskID, attempt: Int, in worker: WorkerID) {
        guard let found = self[worker], let slot = found.slot(of: id), found.slots[slot].attempt == attempt,
            case .claimed(let start) = found.slots[slot].state
        else { return }
        workers[worker.number]?.slots[slot].state = .completed(startedAt: start, ranFor: now - start)
        schedule(.readCompletion(worker, id, attempt: attempt), within: 20_000)
        schedule(.claim(worker), within: 5000)
    }

    // MARK: The parent

    private mutating func read(_ event: SimulationEvent) {
        switch event {
        case .readCompletion(let worker, let id, let attempt):
            guard let found = self[worker], let slot = found.slot(of: id), found.slots[slot].attempt == attempt,
                case .completed(_, let ranFor) = found.slots[slot].state
            else { return }
            takeCompletion(id, ranFor: ranFor, from: worker, slot: slot)
        case .observeStart(let worker, let id):
            guard let found = self[worker], let slot = found.slot(of: id) else { return }
            if case .completed = found.slots[slot].state { return }
            engine.startObserved(id, startedAt: found.slots[slot].startedAt, now: now)
        default:
            break
        }
    }

    private mutating func takeCompletion(_ id: TaskID, ranFor: Nanoseconds, from worker: WorkerID, slot: Int) {
        workers[worker.number]?.slots.remove(at: slot)
        workers[worker.number]?.pingedAt = nil
        if let left = workers[worker.number]?.slots, left.allSatisfy({ tasks[$0.task].verdict == nil }) {
            workers[worker.number]?.overdueSince = nil
        }
        engine.taskCompleted(id, ranFor: ranFor, now: now)
    }

    /// The parent learns of the exit, takes in what the slot table holds, and buries the worker.
    private mutating func noticeExit(_ worker: WorkerID) throws(SimulationFailure) {
        guard let found = self[worker], case .dead(let beforeReady) = found.state else { return }
        workers[worker.number]?.isNoticed = true
        engine.workerLost(worker, now: now)
        try performActions()
        for slot in found.slots.shuffled(using: &generator) {
            guard let current = self[worker]?.slot(of: slot.id) else { continue }
            switch slot.state {
            case .completed(_, let ranFor):
                takeCompletion(slot.id, ranFor: ranFor, from: worker, slot: current)
            case .pending:
                workers[worker.number]?.slots.remove(at: current)
                engine.taskRevoked(slot.id, now: now)
            case .claimed:
                continue
            }
            try performActions()
        }
        for slot in self[worker]?.slots ?? [] { split(slot.id, in: worker) }
        runningAtExit = self[worker]?.slots.map(\.id) ?? []
        workers[worker.number] = nil
        if beforeReady && found.killReason == nil || found.killReason == .startTimedOut {
            trouble.startFailed(startedAt: found.startedAt, now: now)
        }
        engine.workerExited(worker, failedToStart: beforeReady, now: now)
        try performActions()
        runningAtExit = []
    }
}
