import Sennit
import Testing

extension PayloadTests {
    /// Two or more registries with links between them, in one process but with mappings of their own.
    struct Peers {
        let registries: [SegmentRegistry]

        init(_ count: Int, limits: SegmentRegistry.Limits = .init()) {
            registries = (0..<count).map { SegmentRegistry(origin: UInt32($0), limits: limits) }
            for here in registries.indices {
                for there in registries.indices where here != there {
                    registries[here].attach(SegmentLink(UInt32(there))) {}
                }
            }
        }

        subscript(_ number: Int) -> SegmentRegistry { registries[number] }

        /// Does what a shell does before it publishes a message with that segment; true when a descriptor went over.
        @discardableResult
        func send(_ segment: SegmentReference, from: Int, to: Int, for use: SegmentUse) throws -> Bool {
            deliverForgotten(from: from, to: to)
            guard registries[from].lend(segment, to: SegmentLink(UInt32(to)), for: use) else { return false }
            let copy = try FileDescriptor(adopting: segment.descriptor).duplicateAndRelease()
            try registries[to].adopt(
                segment.id, descriptor: copy, byteCount: segment.capacity, from: SegmentLink(UInt32(from))
            )
            return true
        }

        @discardableResult
        func deliverForgotten(from: Int, to: Int) -> Int {
            let ids = registries[from].takeForgotten(for: SegmentLink(UInt32(to)))
            for id in ids { registries[to].forget(id, from: SegmentLink(UInt32(from))) }
            return ids.count
        }
    }

    @Suite("Segment registry")
    struct Registry {
        @Test func `a segment is lent once and is the same memory on both sides`() throws {
            let peers = Peers(2)
            let segment = try peers[0].make(10_000)
            #expect(try peers.send(segment, from: 0, to: 1, for: .bytes))
            #expect(try !peers.send(segment, from: 0, to: 1, for: .bytes))
            let there = try #require(peers[1].reference(to: segment.id))
            #expect(unsafe there.baseAddress != segment.baseAddress)
            unsafe segment.baseAddress.storeBytes(of: 42, as: Int.self)
            #expect(unsafe there.baseAddress.load(as: Int.self) == 42)
        }

        @Test func `a free segment is used again under its name, and the peer keeps it`() throws {
            let peers = Peers(2)
            let id = try {
                let segment = try peers[0].make(1 << 20)
                try peers.send(segment, from: 0, to: 1, for: .bytes)
                return segment.id
            }()
            #expect(peers[0].statistics.cached == 1)
            #expect(peers[0].reference(to: id) == nil, "a free segment cannot be referred to")
            var isZeroed = true
            let again = try peers[0].make(600_000, isZeroed: &isZeroed)
            #expect(again.id == id && !isZeroed)
            #expect(try !peers.send(again, from: 0, to: 1, for: .bytes))
            #expect(peers.deliverForgotten(from: 0, to: 1) == 0)
        }

        @Test func `memory that a peer may hold a buffer on is not used again`() throws {
            let peers = Peers(2)
            let id = try {
                let segment = try peers[0].make(1 << 20)
                try peers.send(segment, from: 0, to: 1, for: .buffer)
                return segment.id
            }()
            let held = try #require(peers[1].reference(to: id))
            #expect(peers[0].statistics.cached == 0 && peers[0].statistics.mappedBytes == 0)
            #expect(peers.deliverForgotten(from: 0, to: 1) == 1)
            #expect(peers[1].statistics.used == 1, "the peer's buffer outlives the loan")
            // It comes back to where it was made, now lent by the other side.
            #expect(try peers.send(held, from: 1, to: 0, for: .buffer))
            #expect(peers[0].reference(to: id)?.capacity == held.capacity)
        }

        @Test func `a segment needed again before it was called back is not sent again`() throws {
            let peers = Peers(3)
            let segment = try peers[2].make(5000)
            try peers.send(segment, from: 2, to: 0, for: .buffer)
            let id = segment.id
            for _ in 0..<2 {
                let reference = try #require(peers[0].reference(to: id))
                _ = peers[0].lend(reference, to: SegmentLink(1), for: .buffer)
            }
            let reference = try #require(peers[0].reference(to: id))
            #expect(!peers[0].lend(reference, to: SegmentLink(1), for: .buffer))
            #expect(peers[0].takeForgotten(for: SegmentLink(1)) == [])
        }

        @Test func `the links that must forget are poked`() throws {
            let registry = SegmentRegistry(origin: 0)
            let pokes = Counter()
            registry.attach(SegmentLink(7)) { pokes.increment() }
            var segment: SegmentReference? = try registry.make(4096)
            let id = try #require(segment?.id)
            _ = try registry.lend(#require(segment), to: SegmentLink(7), for: .buffer)
            #expect(pokes.value == 0)
            segment = nil
            #expect(pokes.value == 1)
            #expect(registry.takeForgotten(for: SegmentLink(7)) == [id])
            #expect(registry.takeForgotten(for: SegmentLink(7)) == [])
        }

        @Test func `what is kept for reuse is bounded by bytes, count and age`() throws {
            var limits = SegmentRegistry.Limits()
            limits.cachedBytes = 100_000
            limits.cachedSegments = 3
            let clock = Counter()
            let registry = SegmentRegistry(
                origin: 0, limits: limits, now: { UInt64(clock.value) * 1_000_000_000 }
            )
            _ = try (0..<5).map { _ in try registry.make(10) }
            #expect(registry.statistics.cached == 3)
            _ = try registry.make(99_990)
            #expect(registry.statistics.cachedBytes == 99_990 + 10)
            clock.increment(by: 10)
            _ = try registry.make(20)
            #expect(registry.trim(olderThan: .seconds(5)) == 15_000_000_000)
            #expect(registry.statistics.cached == 1 && registry.statistics.cachedBytes == 20)
            registry.trim(olderThan: .zero)
            #expect(registry.statistics.cached == 1)
            clock.increment()
            #expect(registry.trim(olderThan: .zero) == nil)
            #expect(registry.statistics.mappedBytes == 0)
        }

        @Test func `only so many segments are there at once, and free ones make room`() throws {
            var limits = SegmentRegistry.Limits()
            limits.segments = 3
            let registry = SegmentRegistry(origin: 0, limits: limits)
            _ = try registry.make(1 << 16)
            let held = try (0..<3).map { _ in try registry.make(10) }
            #expect(registry.statistics.cached == 0)
            #expect(throws: SegmentError.tooManySegments(maximum: 3)) { try registry.make(10) }
            #expect(held.count == 3)
        }

        @Test func `a peer's false claims are refused and harm nothing`() throws {
            let peers = Peers(2)
            let segment = try peers[0].make(8192)
            try peers.send(segment, from: 0, to: 1, for: .bytes)
            let link = SegmentLink(0)
            func descriptor() throws -> FileDescriptor {
                try FileDescriptor(adopting: segment.descriptor).duplicateAndRelease()
            }
            #expect(throws: SegmentError.conflictingID(segment.id)) {
                try peers[1].adopt(segment.id, descriptor: descriptor(), byteCount: 4096, from: link)
            }
            let other = SegmentID(rawValue: 99)
            #expect(throws: SegmentError.self) {
                try peers[1].adopt(other, descriptor: descriptor(), byteCount: 1 << 20, from: link)
            }
            #expect(throws: SegmentError.self) {
                try peers[1].adopt(other, descriptor: descriptor(), byteCount: 0, from: link)
            }
            peers[1].forget(other, from: link)
            #expect(peers[1].reference(to: other) == nil)
            #expect(peers[1].statistics.lentToUs == 1)
        }

        @Test func `a closed link takes its loans with it`() throws {
            let peers = Peers(2)
            let segment = try peers[1].make(4096)
            try peers.send(segment, from: 1, to: 0, for: .buffer)
            var held = peers[0].reference(to: segment.id)
            peers[0].detach(SegmentLink(1))
            #expect(peers[0].statistics.used == 1)
            held = nil
            #expect(held == nil && peers[0].statistics.mappedBytes == 0)
        }

        @Test(arguments: [-1, Int.max, (1 << 40) + 1])
        func `impossible sizes are refused`(_ size: Int) {
            #expect(throws: SegmentError.invalidSize(bytes: size, maximum: 1 << 40)) {
                try SegmentRegistry(origin: 0).make(size)
            }
        }
    }
}

extension FileDescriptor {
    /// A second descriptor for a file whose first one somebody else owns.
    consuming func duplicateAndRelease() throws -> FileDescriptor {
        let copy = try duplicate()
        _ = take()
        return copy
    }
}
