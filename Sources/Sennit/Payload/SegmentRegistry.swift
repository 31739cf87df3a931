import Synchronization

/// All shared segments of a process: those it made, those it was lent, and the free ones it keeps for reuse.
///
/// Three rules, the same on both ends of every link, keep a segment there for whoever needs it:
///
/// 1. Who sends a segment's descriptor over a link *lends* it there, once, and tells the link to *forget* it after its
///    own last ``SegmentReference`` went. Until then the peer keeps it mapped.
/// 2. A reference is held from encoding until the task has ended and its result has been decoded.
/// 3. A result may therefore name a segment of its own request without sending anything. For every other segment ask
///    ``lend(_:to:for:)``.
///
/// Thread-safe. No lock is held while memory is mapped or unmapped, or while a link is poked.
package final class SegmentRegistry: Sendable {
    /// What the process may hold.
    package struct Limits: Sendable {
        /// Segments in all, one descriptor each: in use, lent to us, and kept for reuse.
        package var segments = 512
        /// Memory kept for reuse, as far as it has been written to.
        package var cachedBytes = 128 << 20
        /// Segments kept for reuse.
        package var cachedSegments = 64
        /// The largest segment.
        package var segmentBytes = 1 << 40

        package init() {}
    }

    /// Makes a zero-filled segment of that many bytes, with its descriptor.
    package typealias Source = @Sendable (_ byteCount: Int) throws(SystemError) -> SharedSegment

    /// Memory from the system.
    package static let memoryFile: Source = { byteCount throws(SystemError) in
        try SharedSegment(size: byteCount, name: "sennit payload")
    }

    /// The memory that this process may still take; nil for any.
    package typealias Room = @Sendable () -> ControlGroupMemory?

    /// From which size on a new segment is made only if there is room for it: asking takes some ten microseconds.
    static let leastChecked = 1 << 20

    /// The number of this process among all that exchange segments.
    package let origin: UInt32
    private let state: Mutex<State>
    private let source: Source
    private let room: Room
    private let now: @Sendable () -> UInt64

    private struct State {
        var table: SegmentTable
        var wakes: [SegmentLink: @Sendable () -> Void] = [:]
    }

    /// Makes an empty registry.
    ///
    /// - Parameters:
    ///   - origin: the number of this process among all that exchange segments (24 bits).
    ///   - firstCounter: where the counter of this process's segments begins.
    ///   - limits: what the process may hold.
    ///   - source: makes a zero-filled segment that keeps its descriptor.
    ///   - room: the memory that this process may still take.
    ///   - now: nanoseconds of a clock that never goes back.
    package init(
        origin: UInt32, firstCounter: UInt64 = 1, limits: Limits = Limits(),
        source: @escaping Source = SegmentRegistry.memoryFile, room: @escaping Room = ControlGroupMemory.current,
        now: @escaping @Sendable () -> UInt64 = MonotonicClock.now
    ) {
        self.origin = origin & 0xFF_FFFF
        self.source = source
        self.room = room
        self.now = now
        state = Mutex(State(table: SegmentTable(origin: origin, firstCounter: firstCounter, limits: limits)))
    }

    /// A segment of at least `byteCount` bytes that nobody else uses: one kept for reuse, else a new one.
    ///
    /// - Parameters:
    ///   - byteCount: the size that is needed, from 0 on.
    ///   - preferred: take one that this link has already, if there is a choice.
    ///   - isZeroed: set to whether the segment is fresh and reads as zero; one that was used before holds old bytes.
    /// - Returns: a reference, of which the caller is the only holder.
    /// - Throws: when the size is impossible, too many segments are in use, or the system refuses.
    package func make(
        _ byteCount: Int, preferring preferred: SegmentLink? = nil, isZeroed: inout Bool
    ) throws(SegmentError) -> SegmentReference {
        let plan = try change { table throws(SegmentError) in try table.planToMake(byteCount, preferring: preferred) }
        switch plan {
        case .reuse(let segment):
            isZeroed = false
            return SegmentReference(segment, in: self)
        case .make(let id, let capacity):
            isZeroed = true
            if let group = shortage(of: byteCount) {
                change { $0.abandonMaking() }
                throw .noRoom(bytes: byteCount, group)
            }
            do throws(SystemError) {
                let segment = Segment(id: id, storage: try source(capacity))
                change { $0.insertMade(segment, used: byteCount) }
                return SegmentReference(segment, in: self)
            } catch {
                change { $0.abandonMaking() }
                throw .system(error)
            }
        }
    }

    /// The control group that has not got so much memory left, even when what is kept for reuse is given back.
    private func shortage(of byteCount: Int) -> ControlGroupMemory? {
        guard byteCount >= Self.leastChecked, let group = room(), group.room < byteCount else { return nil }
        trim(olderThan: .zero)
        return room().flatMap { $0.room < byteCount ? $0 : nil }
    }

    /// ``make(_:preferring:isZeroed:)`` for one who overwrites what he reads.
    package func make(_ byteCount: Int, preferring: SegmentLink? = nil) throws(SegmentError) -> SegmentReference {
        var isZeroed = false
        return try make(byteCount, preferring: preferring, isZeroed: &isZeroed)
    }

    /// Takes in a segment that the peer of `link` lends.
    ///
    /// The descriptor is kept with the segment, or closed.
    package func adopt(
        _ id: SegmentID, descriptor: consuming FileDescriptor, byteCount: Int, from link: SegmentLink
    ) throws(SegmentError) {
        let isKnown = try change { table throws(SegmentError) in
            try table.planToAdopt(id, byteCount: byteCount, from: link)
        }
        guard !isKnown else { return }
        do throws(SystemError) {
            let storage = try SharedSegment(adopting: descriptor, size: byteCount, keepsDescriptor: true)
            change { $0.insertAdopted(Segment(id: id, storage: storage), from: link) }
        } catch {
            change { $0.abandonMaking() }
            throw .system(error)
        }
    }

    /// The segment of that name, if it is in use here or lent to us.
    package func reference(to id: SegmentID) -> SegmentReference? {
        change { $0.retain(id) }.map { SegmentReference($0, in: self) }
    }

    /// The peer of `link` lets go of a segment that it lent.
    ///
    /// Unknown ids are passed over.
    package func forget(_ id: SegmentID, from link: SegmentLink) {
        change { $0.forget(id, from: link) }
    }

    /// Notes that the peer of `link` is to have the segment.
    ///
    /// Call it under the lock under which messages to that link are written, and send the descriptor before letting go
    /// of the lock.
    ///
    /// - Returns: whether the descriptor has to be sent.
    package func lend(_ reference: SegmentReference, to link: SegmentLink, for use: SegmentUse) -> Bool {
        change { $0.lend(reference.id, to: link, for: use) }
    }

    /// The peer of `link` could not take over a segment that it was lent: it must be sent again before it is named
    /// again.
    package func takeBack(_ id: SegmentID, from link: SegmentLink) {
        change { $0.takeBack(id, from: link) }
    }

    /// The segments that the peer of `link` shall be told to forget, in order of their ids.
    ///
    /// Call it under the lock under which messages to that link are written, and send what it returns before letting go
    /// of the lock.
    package func takeForgotten(for link: SegmentLink) -> [SegmentID] {
        change { $0.takeForgotten(for: link) }
    }

    /// Starts to keep account of a link.
    ///
    /// - Parameters:
    ///   - link: the way to the peer.
    ///   - wake: called when there is something to forget. It runs on any thread, also in the midst of somebody's
    ///     `deinit`, so it may poke whoever writes to the link (an eventfd, a flag) and must not take a lock or write
    ///     to the link itself.
    package func attach(_ link: SegmentLink, wake: @escaping @Sendable () -> Void) {
        state.withLock { state in
            state.table.attach(link)
            state.wakes[link] = wake
        }
    }

    /// The peer of `link` is gone: what it lent is its no more, what it was lent it has no more.
    package func detach(_ link: SegmentLink) {
        state.withLock { _ = $0.wakes.removeValue(forKey: link) }
        change { $0.detach(link) }
    }

    /// How long a segment is kept for reuse before whoever looks after the registry gives it back.
    package static let longestIdleness = Duration.seconds(10)

    /// Gives segments that have been kept for reuse longer than `age` back to the system.
    ///
    /// - Returns: When the next of those that are still kept will have been so for that long; nil when there is none.
    @discardableResult
    package func trim(olderThan age: Duration) -> UInt64? {
        let (now, age) = (now(), age.clampedNanoseconds)
        let oldest = change { table in
            table.trim(unusedSince: now - min(now, age))
            return table.longestUnused
        }
        return oldest.map { $0 &+ age }
    }

    /// What the process holds right now.
    package var statistics: SegmentTable.Statistics { state.withLock { $0.table.statistics } }

    func noteUse(of id: SegmentID, byteCount: Int) {
        state.withLock { $0.table.noteUse(of: id, byteCount: byteCount) }
    }

    func referenceDied(_ id: SegmentID) {
        let now = now()
        change { $0.release(id, at: now) }
    }

    /// Changes the table, then unmaps what fell out of it and pokes the links that have something to forget.
    private func change<Value, Failure: Error>(
        _ body: (inout SegmentTable) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        var fallout: [Segment] = []
        var wakes: [@Sendable () -> Void] = []
        defer {
            fallout.removeAll()
            for wake in wakes { wake() }
        }
        return try state.withLock { state throws(Failure) in
            defer {
                swap(&fallout, &state.table.fallout)
                for link in state.table.takeLinksToWake() {
                    if let wake = state.wakes[link] { wakes.append(wake) }
                }
            }
            return try body(&state.table)
        }
    }
}
