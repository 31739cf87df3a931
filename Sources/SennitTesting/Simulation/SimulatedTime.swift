internal import Sennit
internal import Synchronization

/// The time of a simulation, and what is to happen at which moment of it.
///
/// It stands still while anything can run, and jumps to the next moment when nothing can.
final class SimulatedTime: Sendable {
    /// Not zero: to the engine, zero means "none".
    static let start: Nanoseconds = 1_000_000_000

    /// What is planned for later never happens: a century of heartbeats would take hours, and times soon after it could
    /// not be told by numbers any more.
    static let end: Nanoseconds = start + 100 * 365 * 86_400 * 1_000_000_000

    private enum Action {
        case call(@Sendable () -> Void)
        case wake(CheckedContinuation<Bool, Never>)
        /// A sleep beyond the end of time, which only `wake` ends.
        case wakeEarly(CheckedContinuation<Bool, Never>)
    }

    private struct State: ~Copyable {
        var now = SimulatedTime.start
        var agenda = Agenda()
        var actions: [UInt64: Action] = [:]
        var cancelled: Set<UInt64> = []
        var nextToken: UInt64 = 1
        var sleepers = 0
        var endlessSleepers = 0
        var isOver = false
        var generator: SeededGenerator
    }

    private let state: Mutex<State>

    init(seed: UInt64) {
        state = Mutex(State(generator: SeededGenerator(seed: seed ^ 0x5449_4D45)))
    }

    var now: Nanoseconds { state.withLock { $0.now } }

    /// Swift tasks that sleep until a moment that comes.
    var sleepers: Int { state.withLock { $0.sleepers } }

    /// Swift tasks that sleep until after the end of time.
    var endlessSleepers: Int { state.withLock { $0.endlessSleepers } }

    /// Calls `action` on the simulation's thread after some time; never if that is after the end.
    func call(after delay: Nanoseconds, _ action: @escaping @Sendable () -> Void) {
        state.withLock { state in
            guard !state.isOver, delay < Self.end - state.now else { return }
            state.nextToken += 1
            state.actions[state.nextToken] = .call(action)
            state.agenda.add(state.nextToken, at: state.now &+ delay)
        }
    }

    // MARK: Sleeping

    /// Sleeps until the moment; a cancellation of the calling task ends it early.
    func sleep(until moment: Nanoseconds) async throws {
        try Task.checkCancellation()
        let token = newToken()
        let isOver = await withTaskCancellationHandler {
            await sleep(token, until: moment)
        } onCancel: {
            wake(token)
        }
        if !isOver { throw CancellationError() }
    }

    /// A name for one sleep, by which it can be ended early.
    func newToken() -> UInt64 {
        state.withLock { state in
            state.nextToken += 1
            return state.nextToken
        }
    }

    /// Sleeps until the moment, or until `wake`.
    ///
    /// - Returns: Whether the moment has come.
    func sleep(_ token: UInt64, until moment: Nanoseconds) async -> Bool {
        await withCheckedContinuation { continuation in
            let isRefused = state.withLock { state in
                if state.isOver || state.cancelled.remove(token) != nil { return true }
                guard moment < Self.end else {
                    state.actions[token] = .wakeEarly(continuation)
                    state.endlessSleepers += 1
                    return false
                }
                state.actions[token] = .wake(continuation)
                state.agenda.add(token, at: max(moment, state.now))
                state.sleepers += 1
                return false
            }
            if isRefused { continuation.resume(returning: false) }
        }
    }

    /// Ends a sleep early, also one that has not begun.
    func wake(_ token: UInt64) {
        let sleeper = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            switch state.actions.removeValue(forKey: token) {
            case nil:
                state.cancelled.insert(token)
                return nil
            case .call:
                return nil
            case .wake(let continuation):
                state.sleepers -= 1
                return continuation
            case .wakeEarly(let continuation):
                state.endlessSleepers -= 1
                return continuation
            }
        }
        sleeper?.resume(returning: false)
    }

    // MARK: Going on

    /// Jumps to the next moment for which something is planned, and lets all of it happen, in an order of the seed's.
    ///
    /// - Returns: False when nothing is planned.
    func advance() -> Bool {
        let due = state.withLock { state -> [Action] in
            var due: [Action] = []
            while let (token, time) = state.agenda.first, due.isEmpty || time <= state.now {
                state.agenda.removeFirst()
                // What was cancelled must not even move the time.
                guard let action = state.actions.removeValue(forKey: token) else { continue }
                state.now = max(state.now, time)
                if case .wake = action { state.sleepers -= 1 }
                due.append(action)
            }
            due.shuffle(using: &state.generator)
            return due
        }
        for action in due {
            switch action {
            case .call(let call): call()
            case .wake(let continuation), .wakeEarly(let continuation): continuation.resume(returning: true)
            }
        }
        return !due.isEmpty
    }

    /// Ends every sleep, now and from now on, and forgets all plans.
    func end() {
        let actions = state.withLock { state in
            state.isOver = true
            state.sleepers = 0
            state.endlessSleepers = 0
            defer { state.actions = [:] }
            return state.actions.sorted { $0.key < $1.key }.map(\.value)
        }
        for action in actions {
            switch action {
            case .call: break
            case .wake(let continuation), .wakeEarly(let continuation): continuation.resume(returning: false)
            }
        }
    }
}

/// Tokens by moment, the earliest first; of equal moments the one added first.
struct Agenda {
    private struct Entry {
        let time: Nanoseconds
        let order: UInt64
        let token: UInt64

        func precedes(_ other: Entry) -> Bool { (time, order) < (other.time, other.order) }
    }

    private var heap: [Entry] = []
    private var nextOrder: UInt64 = 0

    var first: (token: UInt64, time: Nanoseconds)? { heap.first.map { ($0.token, $0.time) } }

    mutating func add(_ token: UInt64, at time: Nanoseconds) {
        heap.append(Entry(time: time, order: nextOrder, token: token))
        nextOrder += 1
        var child = heap.count - 1
        while child > 0, heap[child].precedes(heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var smallest = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child].precedes(heap[smallest]) {
                smallest = child
            }
            guard smallest != parent else { return }
            heap.swapAt(parent, smallest)
            parent = smallest
        }
    }
}
