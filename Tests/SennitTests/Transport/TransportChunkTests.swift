import Sennit
import SennitTesting
import Synchronization
import Testing

/// Several tasks in one slot: each is started by the worker or taken back by the parent, and results come whole.
@Suite struct TransportChunkTests {
    private static func bytes(_ number: Int, count: Int) -> PayloadBytes {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: number &+ $0) }
        return unsafe bytes.withUnsafeBytes { unsafe PayloadBytes(copying: $0) }
    }

    private static func text(_ payload: PayloadBytes) -> [UInt8] { unsafe payload.withBytes { unsafe [UInt8]($0) } }

    private static func post(_ arguments: [PayloadBytes], first: Int = 0, to pair: ChannelPair) throws -> SlotIndex {
        try #require(
            pair.parent.post(
                taskID: 1, attempt: 1, typeIndex: 0, flags: 0, chunk: arguments[...], first: first))
    }

    @Test func `arguments arrive in order, and results of the same size replace them`() throws {
        let pair = try ChannelPair()
        let arguments = (0..<28).map { Self.bytes($0, count: 8) }
        let slot = try Self.post(arguments, first: 5, to: pair)
        let claimed = try #require(pair.worker.tryNextTask())
        #expect(claimed.flags & SlotFlags.isChunk != 0)
        var chunk = try #require(pair.worker.chunk(of: claimed))
        for number in 0..<28 {
            #expect(pair.worker.startNext(of: &chunk))
            #expect(chunk.number == 5 + number)
            let seen = unsafe chunk.withArguments { unsafe [UInt8]($0) }
            #expect(seen == Self.text(arguments[number]))
            let result = seen.map { ~$0 }
            #expect(unsafe result.withUnsafeBytes { unsafe chunk.finish(UInt32(number % 4), $0) })
        }
        #expect(!pair.worker.startNext(of: &chunk))
        #expect(pair.worker.completeChunk(claimed, status: CompletionStatus.chunk))
        let completion = try #require(pair.drain().first)
        #expect(completion.slot == slot)
        let results = pair.parent.results(ofChunk: slot, count: 28)
        #expect(results.map(\.status) == (0..<28).map { UInt32($0 % 4) })
        #expect(results.map { Self.text($0.bytes) } == arguments.map { Self.text($0).map { ~$0 } })
    }

    @Test func `a result that is longer than what has been read does not fit, and harms nothing`() throws {
        let pair = try ChannelPair()
        let room = SlotChunk.capacity / 2 - SlotChunk.entryBytes
        let slot = try Self.post([Self.bytes(1, count: room), Self.bytes(2, count: room)], to: pair)
        let claimed = try #require(pair.worker.tryNextTask())
        var chunk = try #require(pair.worker.chunk(of: claimed))
        #expect(pair.worker.startNext(of: &chunk))
        let long = [UInt8](repeating: 9, count: room + 1)
        #expect(unsafe !long.withUnsafeBytes { unsafe chunk.finish(0, $0) })
        #expect(unsafe long.dropFirst().withUnsafeBytes { unsafe chunk.finish(0, $0) })
        #expect(pair.worker.startNext(of: &chunk))
        #expect(unsafe chunk.withArguments { unsafe [UInt8]($0) } == Self.text(Self.bytes(2, count: room)))
        #expect(pair.parent.startedTasks(ofChunk: slot) == 2)
    }

    @Test func `a chunk is taken back only once its first task has started, and only once`() throws {
        let pair = try ChannelPair()
        let slot = try Self.post((0..<4).map { Self.bytes($0, count: 1) }, to: pair)
        #expect(pair.parent.closeChunk(slot) == nil)
        let claimed = try #require(pair.worker.tryNextTask())
        #expect(pair.parent.closeChunk(slot) == nil)
        var chunk = try #require(pair.worker.chunk(of: claimed))
        #expect(pair.worker.startNext(of: &chunk))
        #expect(pair.parent.closeChunk(slot) == 1)
        #expect(pair.parent.closeChunk(slot) == nil)
        #expect(!pair.worker.startNext(of: &chunk))
        #expect(pair.parent.startedTasks(ofChunk: slot) == 1)
    }

    @Test func `each task is either started or taken back`() throws {
        let pair = try ChannelPair(slotCount: 4)
        let threads = TestThreads()
        let started = Mutex<[UInt64: Int]>([:])
        threads.start {
            var random = SeededGenerator(seed: 7)
            while let claimed = pair.worker.nextTask(thread: 0) {
                guard var chunk = pair.worker.chunk(of: claimed) else { continue }
                var count = 0
                while pair.worker.startNext(of: &chunk) {
                    count += 1
                    random.pause()
                    let result = [UInt8(truncatingIfNeeded: chunk.number)]
                    let hasRoom = unsafe result.withUnsafeBytes { unsafe chunk.finish(0, $0) }
                    #expect(hasRoom)
                }
                started.withLock { $0[claimed.taskID] = count }
                pair.worker.completeChunk(claimed, status: CompletionStatus.chunk)
            }
        }
        var random = SeededGenerator(seed: 1)
        for round in UInt64(1)...5000 {
            let size = 2 + random.below(30)
            let slot = try #require(
                pair.parent.post(
                    taskID: round, attempt: 1, typeIndex: 0, flags: 0,
                    chunk: (0..<size).map { Self.bytes($0, count: 2) }[...], first: 0))
            if pair.parent.needsWake() { pair.parent.wake() }
            var takenBack: Int?
            var isOver = false
            while !isOver {
                if takenBack == nil, random.oneIn(3) {
                    takenBack = pair.parent.closeChunk(slot).map { size - $0 }
                    if let takenBack {
                        let ended = size - takenBack - 1
                        let numbers = pair.parent.results(ofChunk: slot, count: ended).map { Self.text($0.bytes)[0] }
                        #expect(numbers == (0..<ended).map { UInt8($0) })
                    }
                }
                isOver = !pair.drain().isEmpty
            }
            let count = started.withLock { $0.removeValue(forKey: round) } ?? 0
            try #require(count + (takenBack ?? 0) == size)
            #expect(pair.parent.results(ofChunk: slot, count: count).count == count)
        }
        pair.worker.stop()
        #expect(threads.finish())
        #expect(pair.parent.damageCount == 0)
    }

    @Test func `nonsense in a chunk's memory is bounded`() throws {
        let pair = try ChannelPair(slotCount: 2)
        var random = SeededGenerator(seed: 3)
        for _ in 0..<2000 {
            let slot = try Self.post((0..<3).map { Self.bytes($0, count: 4) }, to: pair)
            let claimed = try #require(pair.worker.tryNextTask())
            let inline = unsafe pair.parent.region.inlineBytes(of: slot, in: pair.parent.layout)
            for _ in 0..<16 {
                unsafe inline.storeBytes(
                    of: UInt8.random(in: 0...255, using: &random), toByteOffset: random.below(64), as: UInt8.self)
            }
            _ = pair.parent.closeChunk(slot)
            let started = pair.parent.startedTasks(ofChunk: slot)
            #expect((0...SlotChunk.mostTasks).contains(started))
            #expect(pair.parent.results(ofChunk: slot, count: started).count <= started)
            var chunk = try #require(pair.worker.chunk(of: claimed))
            var steps = 0
            while steps < 1000, pair.worker.startNext(of: &chunk) {
                steps += 1
                let length = unsafe chunk.withArguments { $0.count }
                #expect(length <= ChannelLayout.inlineCapacity)
            }
            pair.worker.completeChunk(claimed, status: CompletionStatus.chunk)
            for completion in pair.drain() { pair.parent.release(completion.slot) }
        }
    }
}

extension SharedRegion {
    /// Where a slot's inline bytes lie.
    fileprivate func inlineBytes(of slot: SlotIndex, in layout: ChannelLayout) -> UnsafeMutableRawPointer {
        unsafe base + layout.slotsOffset + Int(slot.rawValue) * ChannelLayout.slotBytes + 72
    }
}
