/// The queue of news from a worker: any number of producers, one consumer at a time.
///
/// An entry carries the low half of its own position, plus one, beside its content: the consumer sees
/// by that mark whether the producer of the next entry has finished writing it. A producer never
/// waits. A slot has at most two entries here at any time, so the ring cannot overflow.
// Safety: the ring lies where a checked layout puts it in the region, which the channel that holds the ring keeps
// mapped; positions are masked to the ring's capacity before they address anything. Both processes use the words,
// through atomics only.
// Sendable by hand: nothing here changes but those atomic words.
@safe
struct CompletionRing: @unchecked Sendable {
    struct Entry: Equatable {
        enum Kind: UInt32 {
            case completed = 0
            case progress = 1
        }

        let kind: Kind
        let index: UInt32

        init(kind: Kind, index: UInt32) {
            self.kind = kind
            self.index = index
        }

        /// Any bits make an entry; the index is to be range-checked.
        init(bits: UInt32) {
            kind = bits >> 31 == 0 ? .completed : .progress
            index = bits & 0x7FFF_FFFF
        }

        var bits: UInt32 { kind.rawValue << 31 | index }
    }

    private let entries: UnsafeMutableRawPointer
    private let mask: UInt64
    private let tail: SharedUInt64

    init(_ region: SharedRegion, _ layout: ChannelLayout) {
        unsafe entries = region.base + layout.completionRingOffset
        mask = UInt64(layout.completionRingCapacity - 1)
        tail = region.word64(at: ControlOffset.completionTail)
    }

    private func word(_ position: UInt64) -> SharedUInt64 {
        unsafe SharedUInt64(entries + Int(position & mask) * 8)
    }

    private static func mark(_ position: UInt64) -> UInt64 {
        UInt64(UInt32(truncatingIfNeeded: position &+ 1))
    }

    func push(_ entry: Entry) {
        let position = tail.add(1)
        word(position).storeRelease(Self.mark(position) << 32 | UInt64(entry.bits))
    }

    /// The entry at `position`, or nil while it is not written.
    ///
    /// The consumer counts positions itself: nothing in shared memory tells it where to read.
    func entry(at position: UInt64) -> Entry? {
        let bits = word(position).loadAcquire()
        guard bits >> 32 == Self.mark(position) else { return nil }
        return Entry(bits: UInt32(truncatingIfNeeded: bits))
    }
}
