import Sennit

extension EngineSimulation {
    // MARK: Outcomes

    mutating func finish(_ id: TaskID, _ verdict: TaskVerdict) throws(SimulationFailure) {
        guard let index = taskIndices[id.rawValue] else { throw failure("outcome of unknown \(id)") }
        if let earlier = tasks[index].verdict { throw failure("\(id) ends twice: \(earlier), \(verdict)") }
        try checkTruth(of: verdict, for: index, id)
        tasks[index].verdict = verdict
        for number in workers.indices where workers[number]?.slot(of: id) != nil {
            if workers[number]?.overdueSince == nil { workers[number]?.overdueSince = now }
        }
    }

    private func checkTruth(of verdict: TaskVerdict, for index: Int, _ id: TaskID) throws(SimulationFailure) {
        let task = tasks[index]
        let start = workers.lazy.compactMap { $0?.slots.first { $0.id == id } }.first?.startedAt
        let isTrue: Bool
        switch verdict {
        case .received:
            isTrue = task.starts > 0 && start == nil
        case .cancelled:
            isTrue = task.wasCancelled || cancelsPending
        case .timedOut(let limit, let started):
            isTrue = started && limit == task.specification.timeout && start.map { now - $0 >= limit } ?? false
        case .deadlinePassed(let started):
            isTrue = task.specification.deadline <= now && task.specification.deadline != 0 && started == (start != nil)
        case .workerDied(_, let attempt, let neighbours):
            let mayBeRetried =
                task.specification.isIdempotent && attempt <= task.specification.retries && !task.wasCancelled
                && !cancelsPending && !plan.limits.failsPoolOnDeath && !engine.hasFailed
            isTrue = runningAtExit.contains(id) && neighbours == runningAtExit.count - 1 && !mayBeRetried
        case .poisoned(_, let deaths):
            isTrue =
                runningAtExit == [id] && task.specification.isIdempotent && deaths >= plan.limits.poisonThreshold
                && deaths <= task.starts
        case .poolFailed:
            let mayFail = !hasBeenReady || plan.limits.failsPoolOnStartFailure
            isTrue = engine.hasFailed && (plan.limits.failsPoolOnDeath || (mayFail && isWaiting(id)))
        case .noWorker:
            isTrue =
                wasShutDown && hasBeenReady && isWaiting(id) && trouble.attempts >= max(1, plan.limits.startAttempts)
        case .shutDown:
            isTrue = wasKilled
        }
        guard isTrue else { throw failure("\(id) is told \(verdict), which is not so: \(task)") }
    }

    /// No worker has it.
    private func isWaiting(_ id: TaskID) -> Bool { workers.allSatisfy { $0?.slot(of: id) == nil } }

    /// A worker that may have to be killed soon has no task that it could still start.
    private func checkNotThreatened(_ worker: SimulatedWorker) throws(SimulationFailure) {
        // What lies in a worker that has been killed already never starts.
        guard worker.killReason == nil, worker.slots.contains(where: { $0.isPending }) else { return }
        for slot in worker.slots where !slot.isPending {
            let task = tasks[slot.task]
            let mayBeKilledFor = task.wasCancelled && task.specification.killAfterCancellation != nil
            guard task.verdict == nil, !mayBeKilledFor else {
                throw failure("a task waits in \(worker.id), which may be killed for \(task)")
            }
        }
    }

    /// A worker that has not answered for too long gets no new task.
    func checkNotSilent(_ worker: SimulatedWorker) throws(SimulationFailure) {
        guard let pinged = worker.pingedAt else { return }
        let patience = min(plan.limits.heartbeatInterval, plan.limits.heartbeatTimeout) + SimulationPlan.millisecond
        guard now <= pinged + patience else { throw failure("dispatch to \(worker.id), which is silent") }
    }

    func checkStart(of index: Int) throws(SimulationFailure) {
        let task = tasks[index]
        // Between an outcome that ends every task and the kill, a worker may still begin what lies in its table.
        guard task.verdict == nil || engine.hasFailed || wasKilled else { throw failure("ended \(task) starts") }
        let most = task.specification.isIdempotent ? 1 + task.specification.retries : 1
        guard task.starts <= most else { throw failure("\(task) starts too often") }
    }

    func checkDiscard(_ id: TaskID) throws(SimulationFailure) {
        guard let index = taskIndices[id.rawValue], tasks[index].verdict != nil else {
            throw failure("discard of \(id), which has no outcome")
        }
        for worker in workers where worker?.slot(of: id) != nil { throw failure("discard of \(id), which is held") }
    }

    /// Neighbours of an overdue task have their grace.
    func checkKill(_ worker: WorkerID, _ reason: KillReason) throws(SimulationFailure) {
        guard let found = self[worker], !found.isNoticed else { throw failure("kill of \(worker), which is gone") }
        switch reason {
        case .taskOverdue, .taskKilled:
            guard found.slots.contains(where: { tasks[$0.task].verdict == nil }) else { return }
            guard let start = found.overdueSince, now >= start + plan.limits.gracePeriod else {
                throw failure("kill of \(worker) before its other tasks had their grace")
            }
        case .unresponsive:
            guard plan.limits.heartbeatInterval > 0 else { throw failure("kill of \(worker) without heartbeats") }
            // Nothing may be taken for a hang that is none; one that has just thawed has not answered yet.
            let hasJustThawed = found.thawedAt.map { now <= $0 + 2 * SimulationPlan.millisecond } ?? false
            guard found.isFrozen || found.isDead || hasJustThawed else {
                throw failure("kill of \(worker), which answers")
            }
        case .startTimedOut, .stopTimedOut, .poolKilled:
            break
        }
    }

    // MARK: State

    /// What must hold between any two events.
    func checkState() throws(SimulationFailure) {
        let isThorough = steps % 8 == 0
        var held = 0
        for (number, record) in engine.workers.enumerated() {
            let world = number < workers.count ? workers[number] : nil
            guard record.held.count == world?.slots.count ?? 0, record.isAlive == (world != nil) else {
                throw failure("worker \(record.id): the engine and the slot table differ")
            }
            held += record.held.count
            if let world { try checkNotThreatened(world) }
            if record.hasIdleThread, number < engine.targetProcesses { try checkIdleThread(of: record) }
            if isThorough { try checkRecord(record, slots: world?.slots ?? []) }
        }
        guard workers.dropFirst(engine.workers.count).allSatisfy({ $0 == nil }) else {
            throw failure("a worker lives outside the pool")
        }
        let queued = engine.tasks.records.filter { $0.state == .queued }
        guard engine.tasks.count == held + queued.count, engine.queued == queued.reduce(0, { $0 + Int($1.size) })
        else { throw failure("tasks got lost") }
        guard engine.queued <= plan.limits.maximumQueuedTasks + held + submittedInAll else { throw failure("queue") }
        let isWaiting = !waitingForRoom.isEmpty && engine.phase == .running && !engine.hasFailed
        guard !isWaiting || engine.submissionsWaiting else { throw failure("someone waits for room and is forgotten") }
        if steps % 64 == 0 { try checkTimers() }
    }

    private func checkIdleThread(of record: WorkerRecord) throws(SimulationFailure) {
        guard engine.queue.first == nil, record.bound.first == nil else {
            throw failure("a task waits while \(record.id) has an idle thread")
        }
        guard !record.held.isEmpty || (engine.queue.firstAlone == nil && record.bound.firstAlone == nil) else {
            throw failure("a suspect waits while \(record.id) is empty")
        }
    }

    private func checkRecord(_ record: WorkerRecord, slots: [SimulatedWorker.Slot]) throws(SimulationFailure) {
        let indices = record.held.indices(in: engine.tasks)
        guard indices.map({ engine.tasks.id(at: $0).rawValue }).sorted() == slots.map(\.id.rawValue).sorted() else {
            throw failure("worker \(record.id) holds other tasks than its slot table")
        }
        guard indices.allSatisfy({ engine.tasks[$0].worker == Int32(record.number) }) else {
            throw failure("worker \(record.id) holds a task that is elsewhere")
        }
        guard record.abandoned == indices.count(where: { engine.tasks[$0].state == .abandoned }) else {
            throw failure("worker \(record.id): wrong count of overdue tasks")
        }
        guard !record.isExclusive || record.held.count == 1 else {
            throw failure("\(record.id): a suspect has company")
        }
        if record.reservedUntil != nil {
            let isNeeded = record.bound.firstAlone != nil || engine.queue.firstAlone != nil
            guard record.state == .ready, isNeeded else { throw failure("\(record.id) is reserved for nothing") }
        }
        if let end = record.graceEndsAt, case .draining = record.state, !record.isGone {
            guard now <= end + SimulationPlan.millisecond else { throw failure("the grace of \(record.id) is ignored") }
        }
        guard record.state != .ready || record.number < engine.targetProcesses else {
            throw failure("\(record.id) works on beyond the target")
        }
        guard record.bound.isEmpty || record.number < engine.targetProcesses else {
            throw failure("tasks are bound to \(record.number), which the pool has not")
        }
    }

    private func checkTimers() throws(SimulationFailure) {
        var live = engine.timers
        live.sweep { engine.isLive($0) }
        // Restarts and rebalancing have at most one each; a task has four kinds, a worker six.
        let most = 4 * engine.tasks.count + 8 * max(engine.workers.count, workers.count) + 16
        guard live.count <= most else { throw failure("\(live.count) timers, more than \(most)") }
    }

    // MARK: The end

    func checkEverythingEnded() throws(SimulationFailure) {
        for task in tasks where task.id != nil {
            guard let verdict = task.verdict else { throw failure("\(task) has no outcome") }
            guard plan.isOnlyPoisonHarmful, task.specification.isIdempotent else { continue }
            if task.isPoison {
                guard case .poisoned = verdict else { throw failure("poison is told \(verdict): \(task)") }
                guard task.starts <= max(2, plan.limits.poisonThreshold) else {
                    throw failure("too many deaths: \(task)")
                }
            } else {
                guard verdict == .received else { throw failure("a good task is told \(verdict): \(task)") }
            }
        }
        guard engine.counters.ended == engine.counters.submitted,
            engine.counters.submitted == submittedInAll
        else { throw failure("the counters are wrong: \(engine.counters)") }
    }

    func checkNothingLeft() throws(SimulationFailure) {
        guard workers.allSatisfy({ $0 == nil }) else { throw failure("a worker outlives its pool") }
        guard engine.tasks.count == 0, engine.queued == 0, engine.phase == .terminated else {
            throw failure("something is left")
        }
    }
}
