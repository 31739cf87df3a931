import Synchronization

/// The slots the parent may fill: taken by the poster, given back by any thread.
///
/// Last in, first out, so that few slots stay busy and warm. Lists are chained through the ledger.
/// Given-back slots are pushed one by one but taken all at once, which makes a lock-free list without
/// the danger of an element that left and came back in between.
final class FreeSlots: Sendable {
    private let ledger: SlotLedger
    private let slotCount: UInt32
    /// First given-back slot plus one.
    private let returned = Atomic<UInt32>(0)
    // Atomic only to be Sendable: the poster alone touches these two.
    /// First slot of the poster's own list, plus one.
    private let own = Atomic<UInt32>(0)
    /// Slots from here on were never used.
    private let fresh = Atomic<UInt32>(0)

    init(ledger: SlotLedger, slotCount: Int) {
        self.ledger = ledger
        self.slotCount = UInt32(slotCount)
    }

    /// A free slot, or nil.
    ///
    /// One thread at a time.
    func take() -> UInt32? {
        var first = own.load(ordering: .relaxed)
        if first == 0, returned.load(ordering: .relaxed) != 0 {
            first = returned.exchange(0, ordering: .acquiring)
        }
        if first != 0, let entry = ledger[first - 1] {
            own.store(entry.next.load(), ordering: .relaxed)
            return first - 1
        }
        let next = fresh.load(ordering: .relaxed)
        guard next < slotCount else { return nil }
        fresh.store(next + 1, ordering: .relaxed)
        return next
    }

    /// Gives a slot back.
    ///
    /// Any thread.
    func giveBack(_ index: UInt32) {
        guard let entry = ledger[index] else { return }
        var first = returned.load(ordering: .relaxed)
        while true {
            entry.next.store(first)
            let (exchanged, found) = returned.weakCompareExchange(
                expected: first, desired: index + 1, ordering: .releasing)
            if exchanged { return }
            first = found
        }
    }
}
