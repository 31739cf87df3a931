/// Which servers are ready, who waits for one, and what to do next: a state machine without servers or time.
package struct WarmPoolState<Server, Waiter> {
    /// What is to be done, outside of any lock.
    package enum Action {
        case start
        case handOver(Server, Waiter)
        case fail(Waiter, any Error)
        case refuse(Waiter)
        case stop(Server)
    }

    private let size: Int
    private let mostStarting: Int
    private var ready: [Server] = []
    private var waiting: [(number: UInt64, waiter: Waiter)] = []
    private var starting = 0
    private var isClosed = false

    /// - Parameters:
    ///   - size: How many servers are kept ready.
    ///   - mostStarting: How many are started at the same time.
    package init(size: Int, mostStarting: Int) {
        self.size = max(1, size)
        self.mostStarting = max(1, mostStarting)
    }

    package var readyCount: Int { ready.count }

    /// Starts what is missing.
    package mutating func fill() -> [Action] {
        guard !isClosed else { return [] }
        let missing = size + waiting.count - ready.count - starting
        let count = max(0, min(missing, mostStarting - starting))
        starting += count
        return (0..<count).map { _ in .start }
    }

    /// Takes the server that has been ready longest, or gives the waiter its place in the queue.
    package mutating func take(_ waiter: Waiter, number: UInt64) -> [Action] {
        if isClosed { return [.refuse(waiter)] }
        if ready.isEmpty {
            waiting.append((number, waiter))
            return fill()
        }
        return [.handOver(ready.removeFirst(), waiter)] + fill()
    }

    /// Takes a waiter out of the queue; nil if it has been served.
    package mutating func giveUp(number: UInt64) -> Waiter? {
        guard let index = waiting.firstIndex(where: { $0.number == number }) else { return nil }
        return waiting.remove(at: index).waiter
    }

    package mutating func started(_ server: Server) -> [Action] {
        starting -= 1
        if isClosed { return [.stop(server)] }
        if waiting.isEmpty {
            ready.append(server)
            return fill()
        }
        return [.handOver(server, waiting.removeFirst().waiter)] + fill()
    }

    /// A start that failed fails the one who has waited longest; without anybody, the next one tries again.
    package mutating func failed(_ error: any Error) -> [Action] {
        starting -= 1
        guard !waiting.isEmpty else { return [] }
        return [.fail(waiting.removeFirst().waiter, error)] + (waiting.isEmpty ? [] : fill())
    }

    package mutating func close() -> [Action] {
        isClosed = true
        let actions = ready.map(Action.stop) + waiting.map { .refuse($0.waiter) }
        ready = []
        waiting = []
        return actions
    }

    package var isQuiet: Bool { isClosed && starting == 0 }
}
