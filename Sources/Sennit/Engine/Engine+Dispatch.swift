extension Engine {
    /// The ready worker that should get the next unbound task: the least loaded one with credit.
    ///
    /// Of equals the lowest number wins, so that a trickle of tasks keeps one worker warm and lets the others sleep.
    func bestWorker() -> Int? {
        var best: Int?
        var load = Int.max
        for number in 0..<min(targetProcesses, workers.count)
        where workers[number].held.count < load && workers[number].hasCredit {
            best = number
            load = workers[number].held.count
            if load == 0 { break }
        }
        return best
    }

    /// The place that a key belongs to.
    func boundPlace(_ index: Int) -> Int? {
        guard tasks[index].hasKey, targetProcesses > 0 else { return nil }
        return JumpHash.bucket(of: tasks[index].keyHash, count: targetProcesses)
    }

    /// Puts a task at the end of its queue.
    mutating func enqueue(_ index: Int) {
        noteQueued(index)
        if let number = boundPlace(index) {
            workers[number].bound.append(index, in: &tasks)
        } else {
            queue.append(index, in: &tasks)
        }
    }

    /// Puts a task that had been given to a worker back where it stood.
    mutating func restore(_ index: Int) {
        noteQueued(index)
        if let number = boundPlace(index) {
            workers[number].bound.restore(index, in: &tasks)
        } else {
            queue.restore(index, in: &tasks)
        }
    }

    private mutating func noteQueued(_ index: Int) {
        tasks[index].state = .queued
        tasks[index].worker = -1
        queuedCount += Int(tasks[index].size)
        if tasks[index].mustRunAlone { suspectsQueued += 1 }
    }

    mutating func dequeue(_ index: Int) {
        queuedCount -= Int(tasks[index].size)
        if tasks[index].mustRunAlone { suspectsQueued -= 1 }
        if let number = boundPlace(index) {
            workers[number].bound.remove(index, in: &tasks)
        } else {
            queue.remove(index, in: &tasks)
        }
    }

    /// Gives a task that is in no list to a worker.
    mutating func place(_ index: Int, on number: Int, now: Nanoseconds) {
        let id = tasks.id(at: index)
        tasks[index].state = .dispatched
        tasks[index].worker = Int32(number)
        tasks[index].attempts += 1
        tasks[index].dispatchedAt = now
        workers[number].held.append(index, in: &tasks)
        workers[number].dispatched += 1
        if tasks[index].mustRunAlone { workers[number].isExclusive = true }
        actions.append(.dispatch(id, workers[number].id, attempt: Int(tasks[index].attempts)))
        if tasks[index].timeout != 0 { armTimeout(index, at: now &+ tasks[index].timeout) }
        if tasks[index].size > 1 { armChunkLook(now: now) }
        armHeartbeat(number, now: now)
        if workers[number].dispatched >= workers[number].taskLimit {
            drain(number, .taskLimit, now: now)
        }
    }

    /// Hands out what waits, then starts the workers that the rest could use.
    mutating func advance(now: Nanoseconds) {
        fill(now: now)
        startWorkersIfNeeded(now: now)
    }

    /// Hands queued tasks to workers with credit until one of the two runs out.
    mutating func fill(now: Nanoseconds) {
        guard queuedCount > 0 || reservations > 0, !hasFailed else { return }
        if suspectsQueued > 0 || reservations > 0 { placeSuspects(now: now) }
        for number in workers.indices where workers[number].bound.first != nil {
            topUp(number, now: now)
        }
        while let index = queue.first, let number = bestWorker() {
            dequeue(index)
            place(index, on: number, now: now)
            taskLeftQueue()
        }
        // A suspect that another one kept out of an empty worker gets one of its own.
        if suspectsQueued > 0 { startWorkersIfNeeded(now: now) }
    }

    /// Gives a worker that has room all it may hold.
    mutating func fill(worker number: Int, now: Nanoseconds) {
        guard queuedCount > 0 || reservations > 0 else { return }
        if suspectsQueued > 0 || reservations > 0 {
            fill(now: now)
        } else {
            topUp(number, now: now)
        }
    }

    /// Feeds one worker from its own queue and the common one.
    mutating func topUp(_ number: Int, now: Nanoseconds) {
        while workers[number].hasCredit, let index = nextTask(for: number) {
            dequeue(index)
            place(index, on: number, now: now)
            taskLeftQueue()
        }
    }

    /// The more urgent of the worker's own next task and the common one; of equals the older.
    private func nextTask(for number: Int) -> Int? {
        guard let own = workers[number].bound.first else { return queue.first }
        guard let common = queue.first else { return own }
        guard tasks[common].priority == tasks[own].priority else {
            return tasks[common].priority > tasks[own].priority ? common : own
        }
        return tasks[common].order < tasks[own].order ? common : own
    }

    /// Takes a task off its worker's list.
    mutating func release(_ index: Int, from number: Int, now: Nanoseconds) {
        workers[number].held.remove(index, in: &tasks)
        if tasks[index].mustRunAlone { workers[number].isExclusive = false }
        if tasks[index].state == .abandoned { workers[number].abandoned -= 1 }
        tasks[index].worker = -1
        if workers[number].held.isEmpty { becameIdle(number, now: now) }
    }

    // MARK: Balance

    static var shortestRebalanceDelay: Nanoseconds { 1_000_000 }
    static var longestRebalanceDelay: Nanoseconds { 64_000_000 }

    /// Looks again soon if a thread idles while another worker holds more than it can run.
    mutating func armRebalance(now: Nanoseconds) {
        guard !rebalanceArmed, workers.count > 1, queue.first == nil,
            workers.contains(where: { $0.hasIdleThread }), workers.contains(where: { $0.hasSurplus })
        else { return }
        rebalanceArmed = true
        addTimer(.rebalance, at: now &+ rebalanceDelay)
    }

    /// Takes back tasks that have waited in a busy worker while another has a thread free.
    mutating func rebalance(now: Nanoseconds) {
        rebalanceArmed = false
        var wanted = workers.reduce(0) { $0 + ($1.hasIdleThread ? $1.window.threads - $1.held.count : 0) }
        for number in workers.indices where queue.first == nil && workers[number].hasSurplus {
            let surplus = workers[number].held.count - workers[number].window.threads
            for index in workers[number].held.indices(in: tasks).suffix(min(surplus, wanted)).reversed() {
                let waited = now &- tasks[index].dispatchedAt
                guard tasks[index].state == .dispatched, !tasks[index].hasKey, waited >= Self.shortestRebalanceDelay
                else { continue }
                wanted -= 1
                actions.append(.revoke(tasks.id(at: index), workers[number].id))
            }
        }
        // What cannot be moved, for a key binds it or it has started, is looked at less and less often.
        rebalanceDelay = min(2 * rebalanceDelay, Self.longestRebalanceDelay)
        armRebalance(now: now)
        if !rebalanceArmed { rebalanceDelay = Self.shortestRebalanceDelay }
    }
}
