import EphemeralPostgres
import Testing

struct GuardianLifeTests {
    private func actions(_ events: GuardianLife.Event...) -> [[GuardianLife.Action]] {
        var life = GuardianLife()
        return events.map { life.handle($0) }
    }

    @Test func `ends a running server before it removes the directory`() {
        #expect(
            actions(.startOrdered, .stopOrdered(keepsDirectory: false), .serverEnded) == [
                [.startServer], [.quitServer], [.killRemains, .removeDirectory, .leave],
            ])
    }

    @Test func `the owner's death is the order to stop`() {
        #expect(
            actions(.startOrdered, .ownerGone, .serverEnded) == [
                [.startServer], [.quitServer], [.killRemains, .removeDirectory, .leave],
            ])
    }

    @Test func `removes the directory when there never was a server`() {
        #expect(actions(.ownerGone) == [[.removeDirectory, .leave]])
        #expect(actions(.startOrdered, .startFailed, .ownerGone) == [[.startServer], [], [.removeDirectory, .leave]])
    }

    @Test func `kills a server that does not end`() {
        #expect(
            actions(.startOrdered, .ownerGone, .patienceEnded, .serverEnded) == [
                [.startServer], [.quitServer], [.killServer], [.killRemains, .removeDirectory, .leave],
            ])
    }

    @Test func `tells of a server that ended by itself and waits for its owner`() {
        #expect(
            actions(.startOrdered, .serverEnded, .stopOrdered(keepsDirectory: false)) == [
                [.startServer], [.killRemains, .tellOwner], [.removeDirectory, .leave],
            ])
    }

    @Test func `keeps the directory when told to, even if the owner goes then`() {
        #expect(
            actions(.startOrdered, .stopOrdered(keepsDirectory: true), .ownerGone, .serverEnded) == [
                [.startServer], [.quitServer], [], [.killRemains, .leave],
            ])
    }

    @Test func `starts one server only, and none on the way out`() {
        #expect(actions(.startOrdered, .startOrdered) == [[.startServer], []])
        #expect(actions(.ownerGone, .startOrdered) == [[.removeDirectory, .leave], []])
    }
}
