import Synchronization

/// Puts payloads where their size sends them.
///
/// One per direction of a channel, on the side that writes. Thread-safe: several threads place payloads at once.
package final class PayloadWriter: Sendable {
    package let policy: PayloadPolicy
    private let arena: ArenaRegion?
    private let registry: SegmentRegistry?
    private let nextStream = Atomic<UInt64>(1)

    /// Makes a writer.
    ///
    /// - Parameters:
    ///   - policy: the limits, the same as on the other side.
    ///   - arena: the arena of this direction, if the channel has one.
    ///   - registry: where segments come from; nil when there are none.
    package init(policy: PayloadPolicy, arena: ArenaRegion?, registry: SegmentRegistry?) {
        var policy = policy
        policy.hasSegments = policy.hasSegments && registry != nil
        self.policy = policy
        self.arena = arena
        self.registry = registry
    }

    /// A payload in its place, and what has to live until its slot is used again.
    package struct Placed: Sendable {
        package let placement: PayloadPlacement
        /// The segment it lies in, to be lent to the peer before the slot is published, and held until the slot is used
        /// again.
        package let segment: SegmentReference?
    }

    /// Finds a place for `byteCount` bytes and has `fill` write them there.
    ///
    /// `fill` is called once when the place is an arena block or a segment. Inline and streamed payloads are for the
    /// caller to copy into the slot and to send. When a place is full the next best is taken, down to the stream, which
    /// always is there.
    ///
    /// - Parameters:
    ///   - byteCount: the size of the payload.
    ///   - mayBeInline: Whether the slot has room for it, if it is short.
    ///   - requestSegment: for a result, the segment that its request came in. `fill` overwrites the request.
    ///   - link: the peer, if it is known already, so that a segment it has can be preferred.
    ///   - fill: writes all bytes of its argument.
    /// - Returns: where the payload lies.
    /// - Throws: ``PayloadTooLarge``, or what `fill` throws; then nothing is held.
    package func place<Failure: Error>(
        _ byteCount: Int, inline mayBeInline: Bool = true, requestSegment: SegmentReference? = nil,
        for link: SegmentLink? = nil,
        fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws -> Placed {
        var route = try policy.route(byteCount, requestSegment: requestSegment?.capacity)
        if route == .inline, !mayBeInline { route = .arena }
        while true {
            if let target = unsafe target(route, byteCount, requestSegment, link) {
                do throws(Failure) {
                    if let memory = unsafe target.memory { try unsafe fill(memory) }
                } catch {
                    unsafe release(target.placed.placement)
                    throw error
                }
                return unsafe target.placed
            }
            route = policy.fallback(after: route) ?? .stream
        }
    }

    /// Gives back the arena block of a payload that is no longer needed.
    ///
    /// Other placements need nothing: dropping the reference does it.
    package func release(_ placement: PayloadPlacement) {
        if case .arena(let block) = placement { arena?.free(block) }
    }

    // Safety: the memory is a block of the arena or a segment of at least `byteCount` bytes, and `placed` keeps it from
    // everybody else: the block is in use until `release`, the segment lives with its reference. Until `place` has
    // returned and the slot is published, no peer has a reason to look.
    @unsafe
    private struct Target {
        let placed: Placed
        let memory: UnsafeMutableRawBufferPointer?
    }

    private func target(
        _ route: PayloadRoute, _ byteCount: Int, _ requestSegment: SegmentReference?, _ link: SegmentLink?
    ) -> Target? {
        switch route {
        case .inline:
            return unsafe Target(placed: Placed(placement: .inline(length: byteCount), segment: nil), memory: nil)
        case .stream:
            let id = nextStream.wrappingAdd(1, ordering: .relaxed).oldValue
            return unsafe Target(placed: Placed(placement: .stream(id, length: byteCount), segment: nil), memory: nil)
        case .arena:
            guard let arena, let block = arena.allocate(byteCount) else { return nil }
            return unsafe Target(
                placed: Placed(placement: .arena(block), segment: nil), memory: arena.bytes(of: block)
            )
        case .requestSegment:
            return unsafe requestSegment.map { unsafe target(in: $0, byteCount) }
        case .segment:
            // Whatever the reason that there is none, the payload can still be streamed.
            guard let segment = try? registry?.make(byteCount, preferring: link) else { return nil }
            return unsafe target(in: segment, byteCount)
        }
    }

    private func target(in segment: SegmentReference, _ byteCount: Int) -> Target {
        segment.noteUse(byteCount)
        // The mapping is at least `byteCount` long: it was made or chosen for that.
        return unsafe Target(
            placed: Placed(placement: .segment(segment.id, length: byteCount), segment: segment),
            memory: UnsafeMutableRawBufferPointer(start: segment.baseAddress, count: byteCount)
        )
    }
}
