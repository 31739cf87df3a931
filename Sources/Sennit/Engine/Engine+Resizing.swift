extension Engine {
    /// Sets how many workers the pool should have.
    ///
    /// Workers beyond the number are drained; keyed tasks that wait go to the place that is now theirs.
    package mutating func resize(processes: Int, now: Nanoseconds) {
        guard phase == .running, !hasFailed, processes > 0, processes != targetProcesses else { return }
        let bound = workers.indices.flatMap { workers[$0].bound.indices(in: tasks) }
        for index in bound { dequeue(index) }
        targetProcesses = processes
        limits.processes = processes
        while workers.count < processes { addPlace() }
        for index in bound.sorted(by: { tasks[$0].order < tasks[$1].order }) { enqueue(index) }
        for number in workers.indices {
            if number >= processes {
                if case .waiting = workers[number].state { workers[number].state = .vacant }
                drain(number, .resized, now: now)
            } else if workers[number].state == .draining(.resized), workers[number].graceEndsAt == nil,
                !workers[number].isGone
            {
                resume(number, now: now)
            }
        }
        shrinkPlaces()
        advance(now: now)
    }

    private mutating func addPlace() {
        let number = workers.count
        let incarnation = number < retiredIncarnations.count ? retiredIncarnations[number] : 0
        workers.append(WorkerRecord(number: number, incarnation: incarnation, limits: limits))
    }

    /// Forgets empty places beyond the target, but for their incarnations.
    mutating func shrinkPlaces() {
        while workers.count > targetProcesses, let last = workers.last, last.state == .vacant, last.bound.isEmpty {
            while retiredIncarnations.count < workers.count { retiredIncarnations.append(0) }
            retiredIncarnations[last.number] = last.incarnation
            workers.removeLast()
        }
    }
}
