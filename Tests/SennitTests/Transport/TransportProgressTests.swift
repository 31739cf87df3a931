import Sennit
import Synchronization
import Testing

@Suite struct TransportProgressTests {
    private func notices(_ pair: ChannelPair) -> [ProgressNotice] {
        var found: [ProgressNotice] = []
        pair.parent.drainCompletions(
            completed: { pair.parent.release($0.slot) }, progress: { found.append(copy $0) })
        return found
    }

    @Test func `the latest report wins`() throws {
        let pair = try ChannelPair()
        _ = pair.post(5, attempt: 2)
        let claimed = try #require(pair.worker.nextTask(thread: 0))
        for step in 1...100 as ClosedRange<Int64> {
            pair.worker.publishProgress(claimed, completed: step, total: 100, message: "step \(step)")
        }
        #expect(
            notices(pair) == [
                ProgressNotice(
                    slot: claimed.index, taskID: 5, attempt: 2, completed: 100, total: 100, message: "step 100")
            ])
        #expect(notices(pair).isEmpty)
    }

    @Test(arguments: [
        ("", ""), ("ä", "ä"), (String(repeating: "x", count: 200), String(repeating: "x", count: 96)),
        (String(repeating: "x", count: 95) + "ä", String(repeating: "x", count: 95)),
        (String(repeating: "x", count: 90) + "👩‍👩‍👧", String(repeating: "x", count: 90)),
    ])
    func `messages are cut between characters`(message: String, arriving: String) throws {
        let pair = try ChannelPair()
        _ = pair.post(1)
        let claimed = try #require(pair.worker.nextTask(thread: 0))
        pair.worker.publishProgress(claimed, completed: -1, total: .max, message: message)
        #expect(notices(pair).map(\.message) == [arriving])
    }

    @Test func `progress after the end is ignored`() throws {
        let pair = try ChannelPair()
        _ = pair.post(1)
        let claimed = try #require(pair.worker.nextTask(thread: 0))
        pair.worker.complete(claimed, status: 0, inline: RawSpan())
        pair.worker.publishProgress(claimed, completed: 1, total: 1, message: "late")
        #expect(notices(pair).isEmpty)
        _ = pair.post(2)
        _ = pair.worker.nextTask(thread: 0)
        pair.worker.publishProgress(claimed, completed: 1, total: 1, message: "much too late")
        #expect(notices(pair).isEmpty)
    }

    @Test func `a storm of reports neither overflows nor tears`() throws {
        // One slot per thread: the completion ring is as small as it gets.
        let pair = try ChannelPair(slotCount: 4, threadCount: 4)
        let threads = TestThreads()
        for thread in 0..<4 {
            threads.start {
                pair.serve(thread: thread) { claimed in
                    for step in 1...200 as ClosedRange<Int64> {
                        pair.worker.publishProgress(claimed, completed: step, total: -step, message: "\(step)")
                    }
                }
            }
        }
        var finished = 0
        var next: UInt64 = 0
        var random = SeededGenerator(seed: 11)
        let isDone = eventually {
            while next < 2_000, pair.post(next) != nil { next += 1 }
            random.pause()
            pair.parent.drainCompletions(
                limit: 3,
                completed: {
                    finished += 1
                    pair.parent.release($0.slot)
                },
                progress: { notice in
                    #expect(notice.completed == -notice.total && notice.message == "\(notice.completed)")
                })
            return finished == 2_000
        }
        #expect(isDone)
        pair.worker.stop()
        #expect(threads.finish())
        #expect(pair.parent.damageCount == 0)
    }
}
