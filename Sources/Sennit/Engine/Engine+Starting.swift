/// When workers start, and how the pool handles starts that fail.
///
/// A failed start does not affect running workers or their tasks. A pool that has been ready retries with growing
/// pauses for as long as the worker is needed. Only two kinds of pool give up after `startAttempts`: one that has never
/// been ready, because it probably never will be, and one that is shutting down, because it must end.
extension Engine {
    // MARK: Starting

    /// Starts as many workers as the waiting tasks could use.
    mutating func startWorkersIfNeeded(now: Nanoseconds) {
        guard !hasFailed, phase == .running || phase == .finishing else { return }
        // Everything runs or has a thread to run on: no need to look at the places.
        let startsEagerly = limits.startsEagerly || isWantedWhole
        if queuedCount == 0, !startsEagerly, !workers.contains(where: { $0.hasSurplus }) { return }
        var outstanding = queuedCount
        var capacity = 0
        let places = 0..<min(targetProcesses, workers.count)
        // A worker that is held back offers no thread, so its returned tasks need another worker.
        for number in places where workers[number].offersThreads {
            capacity += workers[number].window.threads
            outstanding += workers[number].held.count
        }
        // Each suspect waits for an empty worker, and a new one is empty.
        var suspectsWaiting = suspectsQueued - workers[places].count { $0.state == .starting }
        guard starts.failures == 0 else {
            startNext(in: places, isAnyWanted: startsEagerly || outstanding > capacity || suspectsWaiting > 0, now: now)
            return
        }
        for number in places where workers[number].state == .vacant {
            let isWanted = outstanding > capacity || !workers[number].bound.isEmpty || suspectsWaiting > 0
            guard isWanted || startsEagerly else { continue }
            start(number, now: now)
            suspectsWaiting -= 1
            capacity += limits.threadsPerProcess
        }
    }

    /// After a failed start: starts one worker if the pause is over, at the place that has failed least.
    private mutating func startNext(in places: Range<Int>, isAnyWanted: Bool, now: Nanoseconds) {
        if starts.mayStart(at: now), !areLastStartsUnderWay {
            let wanted = places.filter { workers[$0].state == .vacant && (isAnyWanted || !workers[$0].bound.isEmpty) }
            let luckiest = wanted.min { workers[$0].restart.streak < workers[$1].restart.streak }
            if let luckiest { start(luckiest, now: now) }
        }
        armStartTimer(now: now)
    }

    private mutating func armStartTimer(now: Nanoseconds) {
        let next = starts.nextStart
        guard next > now, startTimer.map({ $0 > next }) ?? true else { return }
        startTimer = next
        addTimer(.startPause, at: next)
    }

    mutating func startPauseOver(now: Nanoseconds) {
        if let time = startTimer, time <= now { startTimer = nil }
        startWorkersIfNeeded(now: now)
    }

    /// Starts every worker that the pool should have; after failed starts, the next one without its pause.
    package mutating func startAll(now: Nanoseconds) {
        guard !hasFailed, phase == .running else { return }
        isWantedWhole = !isSettled
        endPauses()
        startWorkersIfNeeded(now: now)
    }

    /// Makes the next start possible at once: the reason for the failures may be gone, and a caller wants workers now.
    mutating func endPauses() {
        guard starts.failures > 0 else { return }
        starts.skipPause()
        for number in workers.indices {
            if case .waiting = workers[number].state { workers[number].state = .vacant }
        }
    }

    private mutating func start(_ number: Int, now: Nanoseconds) {
        starts.workerStarted(at: now)
        workers[number].incarnation += 1
        workers[number].state = .starting
        workers[number].startedAt = now
        workers[number].dispatched = 0
        workers[number].isGone = false
        workers[number].isHeldBack = false
        workers[number].isSilent = false
        workers[number].lastHeard = now
        workers[number].pingedAt = nil
        workers[number].hasHeartbeatTimer = false
        workers[number].hasIdleTimer = false
        workers[number].window = CreditWindow(
            threads: limits.threadsPerProcess, maximumPrefetch: limits.maximumPrefetch)
        counters.workersStarted += 1
        actions.append(.start(workers[number].id))
        addTimer(.startTimeout(workers[number].id), at: now &+ limits.startTimeout)
    }

    // MARK: Failing to start

    /// The worker of this place could not be started.
    mutating func startFailed(_ number: Int, now: Nanoseconds) {
        counters.startsFailed += 1
        starts.startFailed(startedAt: workers[number].startedAt, at: now)
        guard phase == .running || phase == .finishing else { return }
        // While finishing, attempts wait for the pool's pause alone, so that the shutdown is short.
        if phase == .running { waitBeforeRestart(number, now: now, atLeast: limits.restartDelay) }
        guard areStartsExhausted else { return }
        let isAnyoneLeft = workers.contains { $0.isAlive }
        if !isAnyoneLeft, !hasBeenReady || limits.failsPoolOnStartFailure {
            failPool(now: now)
        } else if hasBeenReady, phase == .finishing {
            refuseUnstartable(everything: !isAnyoneLeft)
        }
    }

    /// The attempts of a pool that cannot retry for ever are used up.
    private var areStartsExhausted: Bool { starts.failures >= max(1, limits.startAttempts) }

    /// The attempts are used up, and the starts under way decide whether the pool gives up.
    private var areLastStartsUnderWay: Bool {
        guard areStartsExhausted, !hasBeenReady || limits.failsPoolOnStartFailure || phase == .finishing else {
            return false
        }
        return workers.contains { $0.isAlive } && !workers.contains { $0.mayStillWork }
    }

    /// While finishing: ends the tasks that have no worker and cannot get one.
    private mutating func refuseUnstartable(everything: Bool) {
        var refused = everything ? queue.indices(in: tasks) : []
        for number in workers.indices where !workers[number].isAlive {
            refused += workers[number].bound.indices(in: tasks)
        }
        for index in refused { endWaiting(index, .noWorker) }
    }
}
