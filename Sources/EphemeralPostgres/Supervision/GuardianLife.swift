/// What a guardian does next: a state machine without time, processes or files.
///
/// A guardian is born with its server.
package struct GuardianLife: Equatable {
    package enum Event: Equatable {
        case stopOrdered(keepsDirectory: Bool)
        /// The owner has died, or closed its end.
        case ownerGone
        case serverEnded
        /// The server has not ended in the time it was given.
        case patienceEnded
    }

    package enum Action: Equatable {
        /// Ask the server to end at once; after a while, `patienceEnded`.
        case quitServer
        /// Ask the server to write what it holds in memory, and to end; after a while, `patienceEnded`.
        case shutDownServer
        /// Remove what the server has stored, while it ends: nobody will read it again.
        case removeTables
        case killServer
        /// End what a dead server's own processes have left running.
        case killRemains
        case tellOwner
        case removeDirectory
        /// Let the directory be nobody's, so that no later start takes it for what a dead owner has left.
        case releaseDirectory
        case leave
    }

    private enum Server { case running, quitting, dead }

    private var server = Server.running
    private var isLeaving = false
    private var keepsDirectory = false

    package init() {}

    package mutating func handle(_ event: Event) -> [Action] {
        switch event {
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
        case .dead:
            return departure
        case .running, .quitting:
            server = .quitting
            return keepsDirectory ? [.shutDownServer] : [.quitServer, .removeTables]
        }
    }

    private var departure: [Action] { [keepsDirectory ? .releaseDirectory : .removeDirectory, .leave] }
}
