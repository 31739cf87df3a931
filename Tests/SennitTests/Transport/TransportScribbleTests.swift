import CSennit
import Sennit
import Synchronization
import Testing

/// A worker that scribbles over its shared memory hurts its own tasks only: nothing traps, nothing reads
/// outside of the region (it lies between guard pages), nothing runs for ever.
@Suite struct TransportScribbleTests {
    private final class Flag: Sendable {
        let isSet = Atomic<Bool>(false)
    }

    /// Words that look right are worse than noise: small numbers get past the first checks.
    private static func scribble(_ pair: ChannelPair, from start: Int, _ random: inout SeededGenerator) {
        let layout = pair.parent.layout
        let offset =
            switch random.next() % 4 {
            case 0: start + Int(random.next() % UInt64(layout.totalBytes - start)) & ~7
            case 1: layout.slotsOffset + Int(random.next() % UInt64(layout.slotCount)) * ChannelLayout.slotBytes
            case 2: layout.completionRingOffset + Int(random.next() % UInt64(layout.slotCount * 2)) * 8
            default: max(start, ControlOffset.requestHead)
            }
        guard offset >= start, offset + 8 <= layout.totalBytes else { return }
        let word = pair.parent.region.word64(at: offset)
        switch random.next() % 4 {
        case 0: word.store(random.next())
        case 1: word.store(random.next() % 8)
        case 2: word.add(1)
        default: word.store((random.next() % 4096) << 32 | random.next() & 0x8000_003F)
        }
    }

    private static func useAsParent(_ pair: ChannelPair, _ random: inout SeededGenerator, _ taskID: UInt64) {
        let slot = pair.post(taskID)
        if random.next() % 3 == 0, let slot { _ = pair.parent.revoke(slot) }
        if let slot { _ = pair.parent.startedAt(slot) }
        pair.parent.drainCompletions(
            limit: 100,
            completed: { completion in
                // Every byte is touched.
                _ = pair.parent.withInlineBytes(of: completion) { bytes in
                    unsafe bytes.withUnsafeBytes { unsafe $0.reduce(0, ^) }
                }
                pair.parent.release(completion.slot)
            }, progress: { #expect($0.message.utf8.count <= ChannelLayout.messageCapacity * 3) })
        pair.parent.release(SlotIndex(UInt32(truncatingIfNeeded: random.next() % 64)))
        if random.next() % 50 == 0 { pair.parent.inspectAfterDeath { _, _, _, _ in } }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `the parent survives any bytes`(seed: UInt64) throws {
        let pair = try ChannelPair(slotCount: 32)
        var random = SeededGenerator(seed: seed)
        for taskID in 0..<5_000 as Range<UInt64> {
            for _ in 0..<(random.next() % 8) { Self.scribble(pair, from: 0, &random) }
            Self.useAsParent(pair, &random, taskID)
        }
    }

    @Test func `the parent survives a scribbler at the same time`() throws {
        let pair = try ChannelPair(slotCount: 32)
        let isDone = Flag()
        let threads = TestThreads()
        threads.start {
            var random = SeededGenerator(seed: 99)
            while !isDone.isSet.load(ordering: .relaxed) { Self.scribble(pair, from: 0, &random) }
        }
        var random = SeededGenerator(seed: 98)
        for taskID in 0..<50_000 as Range<UInt64> { Self.useAsParent(pair, &random, taskID) }
        isDone.isSet.store(true, ordering: .relaxed)
        #expect(threads.finish())
    }

    @Test func `a worker survives scribbled rings and slots`() throws {
        let pair = try ChannelPair(slotCount: 32, threadCount: 3)
        let isDone = Flag()
        let threads = TestThreads()
        for thread in 0..<3 {
            threads.start {
                pair.serve(thread: thread) { claimed in
                    pair.worker.publishProgress(claimed, completed: 1, total: 2, message: "x")
                    _ = pair.worker.typeReference(claimed.typeIndex)
                }
            }
        }
        var random = SeededGenerator(seed: 5)
        for taskID in 0..<20_000 as Range<UInt64> {
            Self.scribble(pair, from: ControlOffset.requestRing, &random)
            Self.useAsParent(pair, &random, taskID)
        }
        isDone.isSet.store(true, ordering: .relaxed)
        pair.worker.stop()
        #expect(threads.finish())
    }

    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func `attaching to any bytes throws or makes sense`(seed: UInt64) throws {
        let pair = try ChannelPair(slotCount: 4, typeTableBytes: 64, arenaBytes: 64)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<(1 + random.next() % 3) {
            pair.parent.region.word32(at: Int(random.next() % 12) * 4).store(
                UInt32(truncatingIfNeeded: random.next() >> (random.next() % 64)))
        }
        let bell = GuardedMemory(Doorbell.byteCount).region
        _ = try Doorbell(region: bell)
        let worker = try? WorkerChannel(
            region: pair.parent.region, doorbell: DoorbellButton(region: bell), threadCount: 1, processorCount: 1)
        if let worker { #expect(worker.layout.totalBytes <= pair.parent.region.byteCount) }
    }

    @Test func `damage is counted`() throws {
        let pair = try ChannelPair(slotCount: 4)
        // An entry for a slot that does not exist, and one for a slot nobody posted.
        pair.parent.region.word64(at: pair.parent.layout.completionRingOffset).store(1 << 32 | 900)
        pair.parent.region.word64(at: pair.parent.layout.completionRingOffset + 8).store(2 << 32 | 1)
        #expect(pair.drain().isEmpty)
        #expect(pair.parent.damageCount == 2)
    }
}
