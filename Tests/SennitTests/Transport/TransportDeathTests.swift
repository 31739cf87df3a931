import Sennit
import Testing

@Suite struct TransportDeathTests {
    private enum Fate: Equatable {
        case neverStarted
        case running
        case completed(status: UInt32)
    }

    private func inspect(_ pair: ChannelPair) -> [UInt64: Fate] {
        var fates: [UInt64: Fate] = [:]
        pair.parent.inspectAfterDeath { _, taskID, _, fate in
            #expect(fates[taskID] == nil)
            switch fate {
            case .neverStarted: fates[taskID] = .neverStarted
            case .running: fates[taskID] = .running
            case .completed(let completion):
                fates[taskID] = .completed(status: completion.status)
                #expect(pair.parent.withInlineBytes(of: completion) { bytes in bytes.byteCount } == 8)
                pair.parent.release(completion.slot)
            }
        }
        return fates
    }

    @Test func `inspection tells the truth wherever the worker died`() throws {
        let pair = try ChannelPair(slotCount: 16)
        for taskID in 1...6 as ClosedRange<UInt64> { #expect(pair.post(taskID) != nil) }
        let answer: [UInt64] = [1]
        // 1: completed and drained. 2: completed, its ring entry lost with the thread that wrote it.
        for status in 1...2 as ClosedRange<UInt32> {
            let claimed = try #require(pair.worker.nextTask(thread: 0))
            if status == 2 {
                // As if the thread had died between taking its place in the ring and writing it.
                #expect(pair.drain().map(\.status) == [1])
            }
            unsafe pair.worker.complete(claimed, status: status, inline: answer.span.bytes)
        }
        pair.parent.region.word64(at: pair.parent.layout.completionRingOffset + 8).store(0)
        // 3: claimed.
        #expect(try #require(pair.worker.nextTask(thread: 0)).taskID == 3)
        // 4: taken from the ring, not yet claimed.
        _ = pair.parent.region.word64(at: ControlOffset.requestHead).add(1)
        // 5: claimed, completed behind the hole. 6: pending.
        let fifth = try #require(pair.worker.nextTask(thread: 0))
        #expect(fifth.taskID == 5)
        unsafe pair.worker.complete(fifth, status: 5, inline: answer.span.bytes)
        // 7: revoked.
        let seventh = try #require(pair.post(7))
        #expect(pair.parent.revoke(seventh))

        #expect(pair.drain().isEmpty)
        #expect(
            inspect(pair) == [
                2: .completed(status: 2), 3: .running, 4: .neverStarted, 5: .completed(status: 5), 6: .neverStarted,
            ])
        #expect(inspect(pair).isEmpty)
    }

    @Test func `a slot in a state that makes no sense counts as running`() throws {
        let pair = try ChannelPair()
        let slot = try #require(pair.post(1))
        SlotTable(pair.parent.region, pair.parent.layout)[slot.rawValue]?.state.store(12_345)
        #expect(inspect(pair) == [1: .running])
    }

    @Test func `a held result is not told again`() throws {
        let pair = try ChannelPair()
        _ = pair.post(1)
        let claimed = try #require(pair.worker.nextTask(thread: 0))
        pair.worker.complete(claimed, status: 0, inline: RawSpan())
        pair.parent.drainCompletions(completed: { _ in }, progress: { _ in })
        #expect(inspect(pair).isEmpty)
    }
}
