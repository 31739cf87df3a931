import EphemeralPostgres
import Testing

struct GuardianLifeTests {
    private func actions(_ events: GuardianLife.Event...) -> [[GuardianLife.Action]] {
        var life = GuardianLife()
        return events.map { life.handle($0) }
    }

    @Test func `ends a running server before it removes the directory`() {
        #expect(
            actions(.stopOrdered(keepsDirectory: false), .serverEnded) == [
                [.quitServer, .removeTables], [.killRemains, .removeDirectory, .leave],
            ])
    }

    @Test func `the owner's death is the order to stop`() {
        #expect(
            actions(.ownerGone, .serverEnded) == [
                [.quitServer, .removeTables], [.killRemains, .removeDirectory, .leave],
            ])
    }

    @Test func `kills a server that does not end`() {
        #expect(
            actions(.ownerGone, .patienceEnded, .serverEnded) == [
                [.quitServer, .removeTables], [.killServer], [.killRemains, .removeDirectory, .leave],
            ])
    }

    @Test func `tells of a server that ended by itself and waits for its owner`() {
        #expect(
            actions(.serverEnded, .stopOrdered(keepsDirectory: false)) == [
                [.killRemains, .tellOwner], [.removeDirectory, .leave],
            ])
    }

    @Test func `keeps the directory when told to, even if the owner goes then`() {
        #expect(
            actions(.stopOrdered(keepsDirectory: true), .ownerGone, .serverEnded) == [
                [.shutDownServer], [], [.killRemains, .releaseDirectory, .leave],
            ])
    }

    @Test func `asks a server to end once`() {
        #expect(actions(.ownerGone, .stopOrdered(keepsDirectory: false)) == [[.quitServer, .removeTables], []])
    }
}
