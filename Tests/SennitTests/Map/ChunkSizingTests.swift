import Sennit
import Testing

/// How many tasks of a map travel together.
@Suite struct ChunkSizingTests {
    private static func sizing(window: Int = 1024, batch: Int = 64, threads: Int = 2) -> ChunkSizing {
        ChunkSizing(window: window, batch: batch, threads: threads, mostQueued: 1 << 20)
    }

    @Test func `nothing travels together before anything is known`() {
        #expect(Self.sizing().size == 1)
    }

    @Test func `tiny tasks travel together for some sixty microseconds`() {
        var sizing = Self.sizing()
        for _ in 0..<50 { sizing.observe(runTime: 4000, tasks: 1) }
        #expect(sizing.size == 15)
        for _ in 0..<50 { sizing.observe(runTime: 16_000, tasks: 16) }
        #expect((50...64).contains(sizing.size))
    }

    @Test(arguments: [15_001, 50_000, 20_000_000]) func `longer tasks travel alone`(runTime: UInt64) {
        var sizing = Self.sizing()
        for _ in 0..<50 { sizing.observe(runTime: runTime, tasks: 1) }
        #expect(sizing.size == 1)
    }

    @Test func `one long task among tiny ones sends all alone, until they have shown to be tiny again`() {
        var sizing = Self.sizing()
        for _ in 0..<50 { sizing.observe(runTime: 2000, tasks: 1) }
        sizing.observe(runTime: 5_000_000, tasks: 1)
        #expect(sizing.size == 1)
        for _ in 0..<60 { sizing.observe(runTime: 2000, tasks: 1) }
        #expect(sizing.size > 16)
    }

    @Test(arguments: [(16, 1, 2), (64, 4, 8), (256, 16, 80), (1, 1, 1)])
    func `a chunk leaves something for every thread, and is no larger than a batch`(
        window: Int, batch: Int, threads: Int
    ) {
        var sizing = Self.sizing(window: window, batch: batch, threads: threads)
        for _ in 0..<50 { sizing.observe(runTime: 100, tasks: 1) }
        #expect(sizing.size <= max(1, batch))
        #expect(sizing.size == 1 || sizing.size * 4 * threads <= window)
    }

    @Test func `times that make no sense do no harm`() {
        var sizing = Self.sizing()
        for (runTime, tasks) in [(UInt64(0), 1), (.max, 1), (5, 0), (5, -1), (0, 144), (.max, 144)] {
            sizing.observe(runTime: runTime, tasks: tasks)
            #expect((1...64).contains(sizing.size))
        }
    }

    @Test func `a queue that holds few tasks takes no larger chunk`() {
        var sizing = ChunkSizing(window: 1024, batch: 64, threads: 2, mostQueued: 3)
        for _ in 0..<50 { sizing.observe(runTime: 100, tasks: 1) }
        #expect(sizing.size == 3)
    }
}
