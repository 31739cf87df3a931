/// What a guardian does next: a state machine without time, processes or files.
package struct GuardianLife: Equatable {
    package enum Event: Equatable {
        case startOrdered
        case startFailed
        case stopOrdered(keepsDirectory: Bool)
        /// The owner has died, or closed its end.
        case ownerGone
        case serverEnded
        /// The server has not ended in the time it was given.
        case patienceEnded
    }

    package enum Action: Equatable {
        case startServer
        /// Ask the server to end at once; after a while, `patienceEnded`.
        case quitServer
        case killServer
        /// End what a dead server's own processes have left running.
        case killRemains
        case tellOwner
        case removeDirectory
        case leave
    }

    private enum Server { case none, running, quitting, dead }

    private var server = Server.none
    private var isLeaving = false
    private var keepsDirectory = false

    package init() {}

    package mutating func handle(_ event: Event) -> [Action] {
        switch event {
        case .startOrdered:
            guard server == .none, !isLeaving else { return [] }
            server = .running
            return [.startServer]
        case .startFailed:
            server = .dead
            return isLeaving ? departure : []
        case .stopOrdered(let keeps):
            keepsDirectory = keeps
            return leave()
        case .ownerGone:
            return leave()
        case .serverEnded:
            server = .dead
            return isLeaving ? [.killRemains] + departure : [.killRemains, .tellOwner]
        case .patienceEnded:
            return server == .quitting ? [.killServer] : []
        }
    }

    private mutating func leave() -> [Action] {
        guard !isLeaving else { return [] }
        isLeaving = true
        switch server {
        case .none, .dead:
            return departure
        case .running, .quitting:
            server = .quitting
            return [.quitServer]
        }
    }

    private var departure: [Action] { keepsDirectory ? [.leave] : [.removeDirectory, .leave] }
}
