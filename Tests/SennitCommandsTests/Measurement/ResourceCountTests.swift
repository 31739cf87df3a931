import Sennit
import SennitCommands
import Testing

struct ResourceCountTests {
    @Test func `only shared memory counts among mappings`() {
        let maps = """
            55d0-55d1 r-xp 00000000 fe:00 42 /opt/sennit/bin/sennit
            7f00-7f01 rw-s 00000000 00:01 7 /memfd:sennit-channel (deleted)
            7f01-7f02 rw-s 00000000 00:1a 9 /dev/shm/sennit-1
            7f02-7f03 rw-p 00000000 00:00 0 [heap]
            """
        #expect(ResourceCount.sharedMappings(in: maps) == 2)
    }

    @Test func `what is given back is no leak`() {
        let before = ResourceCount(descriptors: 5, sharedMemory: 2, zombies: 1)
        let after = ResourceCount(descriptors: 7, sharedMemory: 1, zombies: 1)
        #expect(after.excess(over: before) == ResourceCount(descriptors: 2))
    }

    @Test func `an open descriptor is counted`() throws {
        // Other tests open and close descriptors meanwhile, so that only many of them show.
        var pipes: [Int32] = []
        let before = ResourceCount.current()
        defer { for descriptor in pipes { _ = FileDescriptor(adopting: descriptor) } }
        for _ in 0..<200 {
            let pipe = try PipeEnds()
            pipes += [pipe.reading, pipe.writing]
        }
        #expect(ResourceCount.current().descriptors > before.descriptors + 200)
    }
}
