import Sennit
import Synchronization
import Testing

@Suite struct TransportRevokeStressTests {
    private final class Starts: Sendable {
        let claimed = Mutex<Set<UInt64>>([])
        let finished = Atomic<Int>(0)
    }

    @Test(arguments: [1, 4])
    func `every task is either started or revoked`(threadCount: Int) throws {
        let pair = try ChannelPair(slotCount: 16, threadCount: threadCount)
        let starts = Starts()
        let threads = TestThreads()
        for thread in 0..<threadCount {
            threads.start {
                var random = SeededGenerator(seed: UInt64(thread) + 100)
                pair.serve(thread: thread) { claimed in
                    let isNew = starts.claimed.withLock { $0.insert(claimed.taskID).inserted }
                    #expect(isNew)
                    random.pause()
                }
            }
        }
        var random = SeededGenerator(seed: 1)
        var revoked: Set<UInt64> = []
        var completed: Set<UInt64> = []
        var posted: [(slot: SlotIndex, taskID: UInt64)] = []
        let count: UInt64 = 20_000
        for taskID in 0..<count {
            let isPosted = eventually {
                completed.formUnion(pair.drain().map(\.taskID))
                guard let slot = pair.post(taskID) else { return false }
                posted.append((slot, taskID))
                return true
            }
            #expect(isPosted)
            if random.next() % 2 == 0, let last = posted.popLast(), pair.parent.revoke(last.slot) {
                revoked.insert(last.taskID)
            }
            posted.removeAll()
        }
        let isSettled = eventually {
            completed.formUnion(pair.drain().map(\.taskID))
            return completed.count + revoked.count == Int(count)
        }
        #expect(isSettled)
        pair.worker.stop()
        #expect(threads.finish())
        #expect(completed.isDisjoint(with: revoked))
        #expect(starts.claimed.withLock { $0 } == completed)
        #expect(pair.parent.damageCount == 0)
    }
}
