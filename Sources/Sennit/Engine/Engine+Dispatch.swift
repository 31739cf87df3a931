extension Engine {
    /// The ready worker that should get the next unbound task: the least loaded one with credit.
    ///
    /// Of equals the lowest number wins, so that a trickle of tasks keeps one worker warm and lets the others sleep.
    func bestWorker() -> Int? {
        var best: Int?
        var load = Int.max
        for number in 0..<min(targetProcesses, workers.count)
        where workers[number].hasCredit && workers[number].held.count < load {
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

    mutating func enqueue(_ index: Int, atFront: Bool) {
        tasks[index].state = .queued
        tasks[index].worker = -1
        queuedCount += 1
        if let number = boundPlace(index) {
            if atFront {
                workers[number].bound.prepend(index, in: &tasks)
            } else {
                workers[number].bound.append(index, in: &tasks)
            }
        } else if atFront {
            queue.prepend(index, in: &tasks)
        } else {
            queue.append(index, in: &tasks)
        }
    }

    mutating func dequeue(_ index: Int) {
        queuedCount -= 1
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
        if tasks[index].timeout != 0 { addTimer(.timeout(id), at: now &+ tasks[index].timeout) }
        armHeartbeat(number, now: now)
        if workers[number].dispatched >= limits.maximumTasksPerWorker {
            drain(number, .taskLimit, now: now)
        }
    }

    /// Hands queued tasks to workers with credit until one of the two runs out.
    mutating func fill(now: Nanoseconds) {
        guard queuedCount > 0, !hasFailed else { return }
        for number in workers.indices where !workers[number].bound.isEmpty {
            fill(worker: number, now: now)
        }
        while let index = queue.first, let number = bestWorker() {
            guard let place = placeFor(index, candidate: number) else { return }
            dequeue(index)
            self.place(index, on: place, now: now)
            taskLeftQueue(now: now)
        }
    }

    /// Tops up one worker, which has just ended a task, from its own queue and the common one.
    mutating func fill(worker number: Int, now: Nanoseconds) {
        while workers[number].hasCredit, let index = nextTask(for: number) {
            if tasks[index].mustRunAlone, workers[number].held.count > 0 { return }
            dequeue(index)
            place(index, on: number, now: now)
            taskLeftQueue(now: now)
        }
    }

    /// The more urgent of the worker's own next task and the common one; its own when equal.
    private func nextTask(for number: Int) -> Int? {
        guard let own = workers[number].bound.first else { return queue.first }
        guard let common = queue.first else { return own }
        return tasks[common].priority > tasks[own].priority ? common : own
    }

    /// Where the first queued task may go: a task that must run alone needs an empty worker.
    private func placeFor(_ index: Int, candidate: Int) -> Int? {
        guard tasks[index].mustRunAlone else { return candidate }
        return workers.indices.first { workers[$0].hasCredit && workers[$0].held.isEmpty }
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

    static var rebalanceInterval: Nanoseconds { 1_000_000 }

    /// Looks again soon if a thread idles while another worker holds more than it can run.
    mutating func armRebalance(now: Nanoseconds) {
        guard !rebalanceArmed, workers.count > 1, queue.isEmpty,
            workers.contains(where: { $0.hasIdleThread }), workers.contains(where: { $0.hasSurplus })
        else { return }
        rebalanceArmed = true
        addTimer(.rebalance, at: now &+ Self.rebalanceInterval)
    }

    /// Takes back tasks that have waited in a busy worker while another has a thread free.
    mutating func rebalance(now: Nanoseconds) {
        rebalanceArmed = false
        var wanted = workers.reduce(0) { $0 + ($1.hasIdleThread ? $1.window.threads - $1.held.count : 0) }
        for number in workers.indices where queue.isEmpty && workers[number].hasSurplus {
            let surplus = workers[number].held.count - workers[number].window.threads
            for index in workers[number].held.indices(in: tasks).suffix(min(surplus, wanted)).reversed() {
                let waited = now &- tasks[index].dispatchedAt
                guard tasks[index].state == .dispatched, !tasks[index].hasKey, waited >= Self.rebalanceInterval
                else { continue }
                wanted -= 1
                actions.append(.revoke(tasks.id(at: index), workers[number].id))
            }
        }
        armRebalance(now: now)
    }
}

/// Maps keys to a number of places so that changing the number moves as few keys as can be.
///
/// Source: Lamping and Veach, "A Fast, Minimal Memory, Consistent Hash Algorithm", 2014.
package enum JumpHash {
    /// The place of a key, from zero.
    package static func bucket(of key: UInt64, count: Int) -> Int {
        var key = key
        var bucket: Int64 = -1
        var next: Int64 = 0
        while next < Int64(count) {
            bucket = next
            key = key &* 2_862_933_555_777_941_757 &+ 1
            next = Int64(Double(bucket + 1) * (Double(Int64(1) << 31) / Double((key >> 33) + 1)))
        }
        return Int(bucket)
    }
}
