/// The queue of slots to run, first in first out: one producer, any number of consumers.
///
/// Head and tail count entries since the channel was made; 64 bits never wrap. The ring has room for
/// one entry per slot and a slot is queued at most once, so pushing needs no check for room.
// Safety: the ring follows the control words of a region that was checked to hold it, and that the channel keeps
// mapped; whatever a peer writes to head or tail, positions are masked to the ring's capacity before they address
// anything. The parent's poster and the worker's threads use the words, through atomics only.
// Sendable by hand: nothing here changes but those atomic words.
@safe
struct RequestRing: @unchecked Sendable {
    private let entries: UnsafeMutableRawPointer
    private let mask: UInt64
    private let head: SharedUInt64
    private let tail: SharedUInt64

    init(_ region: SharedRegion, _ layout: ChannelLayout) {
        unsafe entries = region.base + ControlOffset.requestRing
        mask = UInt64(layout.requestRingCapacity - 1)
        head = region.word64(at: ControlOffset.requestHead)
        tail = region.word64(at: ControlOffset.requestTail)
    }

    private func entry(_ position: UInt64) -> SharedUInt32 {
        unsafe SharedUInt32(entries + Int(position & mask) * 4)
    }

    /// Queues `index` at `position`, the number of entries pushed before; the producer keeps count itself.
    func push(_ index: UInt32, at position: UInt64) {
        entry(position).store(index)
        tail.storeRelease(position &+ 1)
    }

    /// Takes the oldest entry, or nil when there is none.
    ///
    /// Entries are to be range-checked.
    func pop() -> UInt32? {
        while true {
            let position = head.loadAcquire()
            guard isQueued(position) else { return nil }
            // Read before the exchange: afterwards the producer may reuse the place.
            let index = entry(position).load()
            if head.replace(position, by: position &+ 1) { return index }
        }
    }

    /// Takes the oldest entry if `condition` holds for it; false when it does not or there is none.
    func popFirst(where condition: (UInt32) -> Bool) -> Bool {
        let position = head.loadAcquire()
        guard isQueued(position), condition(entry(position).load()) else { return false }
        return head.replace(position, by: position &+ 1)
    }

    var isEmpty: Bool { !isQueued(head.load()) }

    /// Bounded by the capacity too: a scribbled head must not make the ring look endless.
    private func isQueued(_ position: UInt64) -> Bool {
        let ahead = tail.loadAcquire() &- position
        return ahead != 0 && ahead <= mask &+ 1
    }
}
