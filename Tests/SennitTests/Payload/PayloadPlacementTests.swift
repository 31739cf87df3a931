import Sennit
import Testing

extension PayloadTests {
    @Suite("Placement")
    struct Placement {
        private let policy = PayloadPolicy(inlineBytes: 304)

        @Test(arguments: [
            (0, PayloadRoute.inline), (304, .inline), (305, .arena), (65_536, .arena), (65_537, .segment),
            (1 << 30, .segment),
        ])
        func `size decides`(_ size: Int, _ route: PayloadRoute) throws {
            #expect(try policy.route(size) == route)
        }

        @Test func `without segments large payloads are streamed`() throws {
            var policy = policy
            policy.hasSegments = false
            #expect(try policy.route(65_536) == .arena)
            #expect(try policy.route(65_537) == .stream)
            #expect(policy.fallback(after: .arena) == .stream)
        }

        @Test func `a result goes where its request came from if it fits`() throws {
            #expect(try policy.route(70_000, requestSegment: 1 << 17) == .requestSegment)
            #expect(try policy.route(1 << 18, requestSegment: 1 << 17) == .segment)
            #expect(try policy.route(100, requestSegment: 1 << 17) == .inline)
        }

        @Test func `what is too large is refused with both sizes`() {
            let error = #expect(throws: PayloadTooLarge.self) { try policy.route((1 << 30) + 1) }
            #expect(error == PayloadTooLarge(byteCount: (1 << 30) + 1, maximumByteCount: 1 << 30))
        }

        @Test func `payloads arrive through the arena and through segments`() throws {
            let region = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 64)
            defer { unsafe region.deallocate() }
            let peers = Peers(2)
            let writer = unsafe PayloadWriter(policy: policy, arena: ArenaRegion(over: region), registry: peers[0])

            let small = try unsafe writer.place(1000) { unsafe $0.initializeMemory(as: UInt8.self, repeating: 7) }
            let block = try #require(arenaBlock(of: small))
            let sent = unsafe region[block.offset..<block.offset + block.length]
            #expect(unsafe sent.reduce(0) { $0 + Int($1) } == 7000)

            let large = try unsafe writer.place(100_000) { unsafe $0.initializeMemory(as: UInt8.self, repeating: 3) }
            guard case .segment(let id, let length) = large.placement else {
                Issue.record("\(large.placement)")
                return
            }
            #expect(peers[1].reference(to: id) == nil)
            try peers.send(#require(large.segment), from: 0, to: 1, for: .bytes)
            let segment = try #require(peers[1].reference(to: id))
            try #require(segment.capacity >= length)
            let received = unsafe UnsafeRawBufferPointer(start: segment.baseAddress, count: length)
            #expect(unsafe received.count { $0 == 3 } == 100_000)

            // The answer takes the same way back.
            let answering = PayloadWriter(policy: policy, arena: nil, registry: peers[1])
            let answer = try unsafe answering.place(99_000, requestSegment: segment) { _ in }
            #expect(answer.placement == .segment(id, length: 99_000))
        }

        @Test func `a full arena and a lack of segments lead to the next best place`() throws {
            let region = UnsafeMutableRawBufferPointer.allocate(byteCount: 1024, alignment: 64)
            defer { unsafe region.deallocate() }
            let arena = unsafe ArenaRegion(over: region)
            let registry = SegmentRegistry(
                origin: 0,
                source: { _ throws(SystemError) in
                    throw SystemError(code: 24, operation: "memfd_create")
                })
            let writer = PayloadWriter(policy: policy, arena: arena, registry: registry)
            let first = try unsafe writer.place(1000) { _ in }
            #expect(arenaBlock(of: first) != nil)
            #expect(try unsafe writer.place(1000) { _ in }.placement == .stream(1, length: 1000))
            writer.release(first.placement)
            #expect(try unsafe arenaBlock(of: writer.place(1000, fill: { _ in })) != nil, "the block did not come back")
            #expect(registry.statistics.mappedBytes == 0)
        }

        private func arenaBlock(of placed: PayloadWriter.Placed) -> PayloadArena.Block? {
            if case .arena(let block) = placed.placement { block } else { nil }
        }

        @Test func `a failed fill leaves nothing behind`() throws {
            struct Failure: Error {}
            let region = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 64)
            defer { unsafe region.deallocate() }
            let arena = unsafe ArenaRegion(over: region)
            let writer = PayloadWriter(policy: policy, arena: arena, registry: nil)
            #expect(throws: Failure.self) { try unsafe writer.place(1000) { _ in throw Failure() } }
            #expect(arena.statistics.usedBytes == 0)
        }
    }
}
