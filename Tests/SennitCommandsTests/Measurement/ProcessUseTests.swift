import Sennit
import SennitCommands
import Testing

struct ProcessUseTests {
    @Test func `this process uses something`() {
        let use = ProcessUse.of([ProcessIdentity.current])
        #expect(use.processes == 1)
        #expect(use.threads >= 1)
        #expect(use.uniqueMiB > 0)
        #expect(use.residentMiB >= use.uniqueMiB)
        #expect(ProcessUse.processorSeconds(of: [ProcessIdentity.current]) > 0)
    }

    @Test func `a process that is gone counts for nothing`() {
        // Numbers of processes are positive.
        #expect(ProcessUse.of([-7]) == ProcessUse())
    }
}
