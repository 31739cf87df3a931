import CSennit
import Sennit
import Synchronization
import Testing

@Suite struct TransportWakeStressTests {
    private final class Counter: Sendable {
        let value = Atomic<Int>(0)
        let isClosing = Atomic<Bool>(false)
    }

    /// What the drain thread of a pool does.
    private static func drainUntilKicked(_ pair: ChannelPair, _ finished: Counter, spins: Bool) {
        var spin: AdaptiveSpin? = spins ? AdaptiveSpin(processorCount: 2) : nil
        while true {
            switch pair.doorbell.waitForNews(nanoseconds: nil, spin: &spin, hasNews: { pair.parent.hasNews }) {
            case .kicked: return
            case .timedOut: Issue.record("a wait without limit timed out")
            case .watching:
                repeat {
                    finished.value.add(pair.drain(limit: 16).count, ordering: .sequentiallyConsistent)
                } while !pair.doorbell.unwatch(hasNews: { pair.parent.hasNews })
            }
        }
    }

    @Test(arguments: [1, 2, 40], [true, false])
    func `no wake-up is lost`(threadCount: Int, spins: Bool) throws {
        let pair = try ChannelPair(slotCount: 64, threadCount: threadCount, processorCount: spins ? 2 : 1)
        let finished = Counter()
        let threads = TestThreads()
        for thread in 0..<threadCount {
            threads.start {
                var random = SeededGenerator(seed: UInt64(thread) + 7)
                pair.serve(thread: thread) { _ in random.pause() }
            }
        }
        threads.start { Self.drainUntilKicked(pair, finished, spins: spins) }
        var random = SeededGenerator(seed: 3)
        var posted = 0
        for _ in 0..<3_000 {
            for _ in 0..<(1 + random.next() % 6) where pair.post(UInt64(posted)) != nil { posted += 1 }
            random.pause()
            if random.next() % 4 == 0 {
                // A caller that polls for itself for a moment.
                watchBriefly(pair, finished, &random)
            }
            if random.next() % 2 == 0 {
                // Nothing else happens now: a lost wake-up stays lost, and is seen.
                let isDone = eventually(within: 30) { finished.value.load(ordering: .sequentiallyConsistent) == posted }
                guard isDone else {
                    Issue.record("a wake-up was lost after \(posted) tasks")
                    return
                }
            }
        }
        #expect(eventually { finished.value.load(ordering: .sequentiallyConsistent) == posted })
        pair.worker.stop()
        pair.doorbell.kick()
        #expect(threads.finish())
        #expect(pair.parent.damageCount == 0)
    }

    private func watchBriefly(_ pair: ChannelPair, _ finished: Counter, _ random: inout SeededGenerator) {
        guard pair.doorbell.tryWatch() else { return }
        for _ in 0..<(random.next() % 500) {
            if pair.parent.hasNews {
                finished.value.add(pair.drain(limit: 1).count, ordering: .sequentiallyConsistent)
            }
            sennit_cpu_pause()
        }
        if !pair.doorbell.unwatch(hasNews: { pair.parent.hasNews }) { pair.doorbell.handOver() }
    }

    @Test func `forty threads share the work of many posts`() throws {
        let pair = try ChannelPair(slotCount: 1024, threadCount: 40)
        let used = Mutex<Set<Int>>([])
        let threads = TestThreads()
        let gate = Counter()
        let box = Box(used)
        for thread in 0..<40 {
            threads.start {
                pair.serve(thread: thread) { _ in
                    box.value.withLock { _ = $0.insert(thread) }
                    // Held until all forty run at once: the wake-ups must have reached every thread.
                    gate.value.add(1, ordering: .sequentiallyConsistent)
                    _ = eventually(within: 20) { gate.value.load(ordering: .sequentiallyConsistent) >= 40 }
                }
            }
        }
        for taskID in 0..<1000 as Range<UInt64> { #expect(pair.post(taskID) != nil) }
        var done = 0
        let isDone = eventually {
            done += pair.drain().count
            return done == 1000
        }
        #expect(isDone)
        #expect(box.value.withLock { $0.count } == 40)
        pair.worker.stop()
        #expect(threads.finish())
    }

    @Test func `stop wakes every sleeper`() throws {
        for round in 0..<50 {
            let pair = try ChannelPair(threadCount: 40)
            let threads = TestThreads()
            for thread in 0..<40 { threads.start { pair.serve(thread: thread) } }
            var random = SeededGenerator(seed: UInt64(round))
            random.pause()
            if round % 5 == 0 { _ = eventually(within: 0.02) { false } }
            pair.worker.stop()
            #expect(threads.finish(within: 30))
            #expect(pair.worker.nextTask(thread: 0) == nil)
        }
    }

    @Test func `a wait for news ends in time`() throws {
        let pair = try ChannelPair()
        var spin: AdaptiveSpin?
        var outcome = pair.doorbell.waitForNews(nanoseconds: 0, spin: &spin, hasNews: { false })
        #expect(outcome == .timedOut)
        outcome = pair.doorbell.waitForNews(nanoseconds: 2_000_000, spin: &spin, hasNews: { false })
        #expect(outcome == .timedOut)
        pair.doorbell.kick()
        outcome = pair.doorbell.waitForNews(nanoseconds: .max, spin: &spin, hasNews: { false })
        #expect(outcome == .kicked)
    }

    /// Shares a mutex between threads.
    private final class Box: Sendable {
        let value: Mutex<Set<Int>>
        init(_ value: consuming Mutex<Set<Int>>) { self.value = value }
    }
}
