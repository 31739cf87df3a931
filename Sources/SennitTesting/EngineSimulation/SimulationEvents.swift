import Sennit

/// What happens in the simulated world, apart from the engine's own timers.
enum SimulationEvent: Sendable {
    // The users of the pool.
    case submit(count: Int)
    case cancelOne
    case killOne
    case cancelEverything
    case resize
    case startAll
    case shutDown(cancelPending: Bool)
    case killAll

    // Misfortune.
    case strike(number: Int)
    case freeze(number: Int)
    case thaw(WorkerID)
    case grow(number: Int)
    /// From here on nothing goes wrong that has not already.
    case calm

    // The lives of workers.
    case becomeReady(WorkerID)
    case failToStart(WorkerID)
    case claim(WorkerID)
    case end(WorkerID, TaskID, attempt: Int)
    case poison(WorkerID, TaskID, attempt: Int)
    case hearCancellation(WorkerID, TaskID)
    case answerPing(WorkerID)
    case leave(WorkerID)
    case crash(WorkerID)

    // What the parent learns, and when.
    case readCompletion(WorkerID, TaskID, attempt: Int)
    case observeStart(WorkerID, TaskID)
    case noticeExit(WorkerID)

    /// The worker whose own doing this is; a frozen worker does nothing.
    var actor: WorkerID? {
        switch self {
        case .becomeReady(let worker), .failToStart(let worker), .claim(let worker), .end(let worker, _, _),
            .poison(let worker, _, _), .hearCancellation(let worker, _), .answerPing(let worker), .leave(let worker):
            worker
        default: nil
        }
    }
}

/// Events to come, the earliest first; of equal times the one scheduled first.
struct SimulationAgenda: Sendable {
    private struct Entry {
        var time: Nanoseconds
        var order: Int
        var event: SimulationEvent
    }

    private var heap: ContiguousArray<Entry> = []
    private var scheduled = 0

    var nextTime: Nanoseconds? { heap.first?.time }

    mutating func add(_ event: SimulationEvent, at time: Nanoseconds) {
        heap.append(Entry(time: time, order: scheduled, event: event))
        scheduled += 1
        var child = heap.count - 1
        while child > 0, precedes(child, (child - 1) / 2) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func pop() -> (time: Nanoseconds, event: SimulationEvent)? {
        guard let first = heap.first else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var smallest = parent
            let left = 2 * parent + 1
            if left < heap.count, precedes(left, smallest) { smallest = left }
            if left + 1 < heap.count, precedes(left + 1, smallest) { smallest = left + 1 }
            guard smallest != parent else { break }
            heap.swapAt(parent, smallest)
            parent = smallest
        }
        return (first.time, first.event)
    }

    private func precedes(_ left: Int, _ right: Int) -> Bool {
        (heap[left].time, heap[left].order) < (heap[right].time, heap[right].order)
    }
}
