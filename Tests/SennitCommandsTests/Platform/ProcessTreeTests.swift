import Sennit
import SennitCommands
import Testing

struct ProcessTreeTests {
    private func record(_ pid: Int32, _ parent: Int32) -> ProcessRecord {
        ProcessRecord(pid: pid, parent: parent, startTicks: 1, isZombie: false)
    }

    @Test func `a name may hold blanks and brackets`() throws {
        let rest = "S 7 12 12 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 98765 1000 200"
        let process = try #require(ProcessRecord(stat: "12 (a (b) c) \(rest)"))
        #expect(process == ProcessRecord(pid: 12, parent: 7, startTicks: 98765, isZombie: false))
    }

    @Test(arguments: ["", "12", "12 (a", "x (a) S 7", "12 (a) S 7 12"])
    func `what is no process`(line: String) {
        #expect(ProcessRecord(stat: line) == nil)
    }

    @Test func `descendants of all degrees, and nobody else`() {
        let all = [record(2, 1), record(3, 2), record(4, 3), record(5, 1), record(6, 4)]
        #expect(Set(ProcessTree.descendants(of: 2, among: all).map(\.pid)) == [3, 4, 6])
        #expect(ProcessTree.descendants(of: 6, among: all) == [])
    }

    @Test func `a circle ends`() {
        #expect(ProcessTree.descendants(of: 1, among: [record(2, 1), record(1, 2)]).map(\.pid) == [2])
    }

    @Test func `this process lives, under its number and its start alone`() throws {
        let own = try #require(ProcessRecord.of(ProcessIdentity.current))
        #expect(own.isAlive)
        let other = ProcessRecord(pid: own.pid, parent: own.parent, startTicks: own.startTicks + 1, isZombie: false)
        #expect(!other.isAlive)
        #expect(ProcessTree.all().contains { $0.pid == own.pid })
    }
}
