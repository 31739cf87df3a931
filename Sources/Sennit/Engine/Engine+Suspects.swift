/// Tasks that were present at several deaths: blame is only certain when nothing ran beside them, so their last
/// chance is taken alone.
///
/// They wait apart from the others. An empty worker takes one first; if no worker is empty or about to start, one is
/// reserved: it gets nothing more until it is empty, while the others carry on. A worker that does not empty within
/// the grace period is given up, and the suspect runs beside others after all.
extension Engine {
    /// Gives suspects to empty workers, and sees to it that the next one will find a worker.
    mutating func placeSuspects(now: Nanoseconds) {
        for number in workers.indices { takeSuspect(number, now: now) }
        // After failed starts nobody knows when the next worker comes.
        let isWorkerComing =
            starts.failures == 0
            && workers.prefix(targetProcesses).contains { $0.state == .starting || $0.state == .vacant }
        var isServed = queue.firstAlone == nil || isWorkerComing
        for number in workers.indices {
            if workers[number].bound.firstAlone != nil {
                reserve(number, now: now)
            } else if workers[number].reservedUntil != nil {
                if isServed { unreserve(number) }
                isServed = true
            }
        }
        guard !isServed else { return }
        let candidates = workers.prefix(targetProcesses).filter { $0.isOpen && $0.reservedUntil == nil }
        if let emptiest = candidates.min(by: { $0.held.count < $1.held.count }) {
            reserve(emptiest.number, now: now)
        }
    }

    private mutating func takeSuspect(_ number: Int, now: Nanoseconds) {
        guard workers[number].isOpen, workers[number].held.isEmpty, number < targetProcesses,
            let index = workers[number].bound.firstAlone ?? queue.firstAlone
        else { return }
        unreserve(number)
        dequeue(index)
        place(index, on: number, now: now)
        taskLeftQueue()
    }

    private mutating func reserve(_ number: Int, now: Nanoseconds) {
        guard workers[number].isOpen, workers[number].reservedUntil == nil else { return }
        workers[number].reservedUntil = now &+ limits.gracePeriod
        reservations += 1
        addTimer(.reservation(workers[number].id), at: now &+ limits.gracePeriod)
    }

    mutating func unreserve(_ number: Int) {
        guard workers[number].reservedUntil != nil else { return }
        workers[number].reservedUntil = nil
        reservations -= 1
    }

    /// The worker has not emptied in time.
    mutating func reservationOver(_ worker: WorkerID, now: Nanoseconds) {
        guard let number = place(of: worker), let end = workers[number].reservedUntil, end <= now else { return }
        if let index = workers[number].bound.firstAlone ?? queue.firstAlone {
            dequeue(index)
            tasks[index].mustRunAlone = false
            restore(index)
        }
        unreserve(number)
        // Before another reservation is made, so that what waited behind this one gets its turn.
        topUp(number, now: now)
        advance(now: now)
    }
}
