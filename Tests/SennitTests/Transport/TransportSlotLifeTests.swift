import CSennit
import Sennit
import Testing

@Suite struct TransportSlotLifeTests {
    @Test func `a task travels there and its result back`() throws {
        let pair = try ChannelPair()
        let request: [UInt8] = [1, 2, 3]
        let posted = unsafe pair.parent.post(
            taskID: 42, attempt: 3, typeIndex: 9, flags: 5, deadline: 77, inline: request.span.bytes)
        let slot = try #require(posted)
        #expect(pair.parent.startedAt(slot) == nil)
        let claimed = try #require(pair.worker.nextTask(thread: 0))
        #expect(claimed.taskID == 42 && claimed.attempt == 3 && claimed.typeIndex == 9)
        #expect(claimed.flags == 5 && claimed.deadline == 77 && claimed.index == slot)
        #expect(pair.parent.startedAt(slot) == claimed.startedAt)
        #expect(pair.worker.withInlineBytes(of: claimed) { bytes in bytes.byteCount } == 3)
        let result: [UInt8] = Array(repeating: 8, count: ChannelLayout.inlineCapacity)
        let first = unsafe pair.worker.complete(claimed, status: 6, inline: result.span.bytes)
        let second = unsafe pair.worker.complete(claimed, status: 6, inline: result.span.bytes)
        #expect(first && !second)
        #expect(pair.parent.hasNews)
        var completion: Completion?
        pair.parent.drainCompletions(completed: { completion = copy $0 }, progress: { _ in })
        let found = try #require(completion)
        #expect(found.taskID == 42 && found.attempt == 3 && found.status == 6 && found.slot == slot)
        #expect(found.startedAt == claimed.startedAt && found.finishedAt >= found.startedAt)
        let arrived = pair.parent.withInlineBytes(of: found) { bytes in
            unsafe bytes.withUnsafeBytes { unsafe Array($0) }
        }
        #expect(arrived == result)
        #expect(!pair.parent.hasNews && pair.parent.startedAt(slot) == nil && pair.parent.damageCount == 0)
    }

    @Test func `tasks are claimed in the order they were posted`() throws {
        let pair = try ChannelPair(slotCount: 7)
        for round in 0..<100 as Range<UInt64> {
            for number in 0..<7 as Range<UInt64> { #expect(pair.post(round * 7 + number) != nil) }
            for number in 0..<7 as Range<UInt64> {
                let claimed = try #require(pair.worker.nextTask(thread: 0))
                #expect(claimed.taskID == round * 7 + number)
                pair.worker.complete(claimed, status: 0, inline: RawSpan())
            }
            #expect(pair.drain().count == 7)
        }
    }

    @Test func `no slot is free until one is released`() throws {
        let pair = try ChannelPair(slotCount: 2)
        #expect(pair.post(1) != nil && pair.post(2) != nil && pair.post(3) == nil)
        let claimed = try #require(pair.worker.nextTask(thread: 0))
        pair.worker.complete(claimed, status: 0, inline: RawSpan())
        var held: SlotIndex?
        pair.parent.drainCompletions(completed: { held = $0.slot }, progress: { _ in })
        #expect(pair.post(3) == nil)
        let slot = try #require(held)
        pair.parent.release(slot)
        pair.parent.release(slot)
        #expect(pair.post(3) == slot)
        #expect(pair.post(4) == nil)
    }

    @Test func `a revoked task is never claimed and its slot is used again`() throws {
        let pair = try ChannelPair(slotCount: 2)
        let slots = try (#require(pair.post(1)), #require(pair.post(2)))
        #expect(pair.parent.revoke(slots.0) && !pair.parent.revoke(slots.0))
        // The entry at the ring's head is dropped without the worker's help.
        #expect(pair.post(3) == slots.0)
        // One behind another task waits for the worker.
        #expect(pair.parent.revoke(slots.0))
        #expect(pair.post(4) == nil)
        #expect(try #require(pair.worker.nextTask(thread: 0)).taskID == 2)
        #expect(pair.post(5) == slots.0)
        let claimed = try #require(pair.worker.nextTask(thread: 0))
        #expect(claimed.taskID == 5 && !pair.parent.revoke(claimed.index))
        #expect(!pair.parent.revoke(SlotIndex(2)) && !pair.parent.revoke(SlotIndex(.max)))
    }

    @Test func `a paused worker claims nothing`() throws {
        let pair = try ChannelPair()
        pair.parent.setPaused(true)
        _ = pair.post(1)
        let threads = TestThreads()
        threads.start { pair.serve(thread: 0) }
        #expect(!eventually(within: 0.05) { pair.parent.hasNews })
        pair.parent.setPaused(false)
        if pair.parent.needsWake() { pair.parent.wake() }
        #expect(eventually { pair.parent.hasNews })
        pair.worker.stop()
        #expect(threads.finish())
    }

    @Test func `references outside the arena are refused on arrival`() throws {
        let pair = try ChannelPair(arenaBytes: 1000)
        let cases: [(PayloadReference, isSound: Bool)] = [
            (PayloadReference(kind: .arena, identifier: 0, length: 1000), true),
            (PayloadReference(kind: .arena, identifier: 1, length: 1000), false),
            (PayloadReference(kind: .arena, identifier: 1000, length: 0), true),
            (PayloadReference(kind: .arena, identifier: .max, length: 1), false),
            (PayloadReference(kind: .segment, identifier: 9, length: 1 << 33), true),
            (PayloadReference(kind: .stream, identifier: 9, length: 1 << 33), true),
            (PayloadReference(kind: .inline, identifier: 0, length: 305), false),
        ]
        for (reference, isSound) in cases {
            _ = pair.parent.post(
                taskID: 1, attempt: 0, typeIndex: 0, flags: 0, deadline: 0, payload: reference)
            let claimed = try #require(pair.worker.nextTask(thread: 0))
            #expect(claimed.payload == (isSound ? reference : nil))
            pair.worker.complete(claimed, status: 0, payload: reference)
            #expect(pair.drain().first?.payload == (isSound ? reference : nil))
        }
    }

    @Test func `types are announced once, until the table is full`() throws {
        let pair = try ChannelPair(typeTableBytes: 64)
        let bytes: [UInt8] = Array(1...17)
        #expect(pair.worker.typeReference(4) == nil)
        #expect(announce(4, bytes, pair))
        #expect(pair.worker.typeReference(4) == bytes)
        for _ in 0..<10 { #expect(announce(4, bytes, pair)) }
        #expect(announce(0, [], pair))
        #expect(pair.worker.typeReference(0) == [])
        #expect(!announce(5, bytes, pair))
        #expect(pair.worker.typeReference(5) == nil)
    }

    private func announce(_ index: UInt32, _ bytes: [UInt8], _ pair: ChannelPair) -> Bool {
        unsafe pair.parent.announce(index: index, bytes: bytes.span.bytes)
    }
}
