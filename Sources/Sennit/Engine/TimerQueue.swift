/// Moments at which the engine wants to look at something, earliest first; of equal moments the one added first.
///
/// A timer is not removed when its subject ends; the engine ignores what is no longer so when it fires, and sweeps
/// the queue when stale timers outnumber the live ones, so its size stays within a small multiple of theirs.
package struct TimerQueue: Sendable {
    package enum Subject: Sendable, Equatable {
        case timeout(TaskID)
        case deadline(TaskID)
        case killAfterCancellation(TaskID)
        case allowance(TaskID)
        case restart(number: Int)
        case startPause
        case startTimeout(WorkerID)
        case stopTimeout(WorkerID)
        case grace(WorkerID)
        case reservation(WorkerID)
        case idle(WorkerID)
        case heartbeat(WorkerID)
        case rebalance
        case chunks
    }

    package struct Entry: Sendable {
        package var time: Nanoseconds
        package var order: UInt64
        package var subject: Subject
    }

    private var heap: ContiguousArray<Entry> = []
    private var nextOrder: UInt64 = 0

    package init() {}

    package var count: Int { heap.count }

    /// When the next timer fires, or nil.
    package var next: Nanoseconds? { heap.first?.time }

    package mutating func add(_ subject: Subject, at time: Nanoseconds) {
        heap.append(Entry(time: time, order: nextOrder, subject: subject))
        nextOrder += 1
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard precedes(child, parent) else { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    /// Drops every timer whose subject is gone.
    ///
    /// Costs as much as building the queue anew; the timers that stay keep their order.
    package mutating func sweep(keeping isLive: (Subject) -> Bool) {
        heap.removeAll { !isLive($0.subject) }
        for parent in stride(from: heap.count / 2 - 1, through: 0, by: -1) { sink(parent) }
    }

    /// Removes and gives the earliest timer that is due, or nil.
    package mutating func popDue(_ now: Nanoseconds) -> Subject? {
        guard let first = heap.first, first.time <= now else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        sink(0)
        return first.subject
    }

    private mutating func sink(_ start: Int) {
        var parent = start
        while true {
            var smallest = parent
            let left = 2 * parent + 1
            if left < heap.count, precedes(left, smallest) { smallest = left }
            if left + 1 < heap.count, precedes(left + 1, smallest) { smallest = left + 1 }
            guard smallest != parent else { return }
            heap.swapAt(parent, smallest)
            parent = smallest
        }
    }

    private func precedes(_ a: Int, _ b: Int) -> Bool {
        (heap[a].time, heap[a].order) < (heap[b].time, heap[b].order)
    }
}
