/// Numbers texts in the order in which they come, and finds the number of a text again.
struct TextTable: ~Copyable {
    private var arena = ByteArena()
    private var entries: [Entry] = []
    /// Open addressing: the number of an entry plus one, or zero.
    ///
    /// Its size is a power of two, at least twice the
    /// entries.
    private var slots = [Int32](repeating: 0, count: 64)

    private struct Entry {
        var start: Int
        var count: Int32
        var hash: UInt32
    }

    var count: Int { entries.count }

    /// The number of a text, if it is here.
    func find(_ text: Span<UInt8>) -> Int? {
        let slot = slot(of: text, hash: text.mixed(into: 0))
        return slots[slot] == 0 ? nil : Int(slots[slot]) - 1
    }

    /// The number of a text, which is put in if it is not here yet.
    mutating func insert(_ text: Span<UInt8>) -> (index: Int, isNew: Bool) {
        let hash = text.mixed(into: 0)
        let slot = slot(of: text, hash: hash)
        if slots[slot] != 0 { return (Int(slots[slot]) - 1, false) }
        let range = arena.append(text)
        entries.append(
            Entry(start: range.lowerBound, count: Int32(range.count), hash: UInt32(truncatingIfNeeded: hash)))
        slots[slot] = Int32(entries.count)
        if entries.count * 2 > slots.count { grow() }
        return (entries.count - 1, true)
    }

    /// Takes the text out that was put in last.
    mutating func removeLast() {
        guard let last = entries.last else { return }
        // Nothing was put in after it, so no other entry's search passes through its slot.
        var slot = Int(last.hash) & (slots.count - 1)
        while slots[slot] != Int32(entries.count) { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = 0
        entries.removeLast()
        arena.cut(at: last.start)
    }

    /// The text with a number.
    @_lifetime(borrow self)
    func text(_ index: Int) -> Span<UInt8> {
        let entry = entries[index]
        // Safety: the arena is a part of this value, so what borrows this value holds it.
        return unsafe _overrideLifetime(
            arena.text(entry.start..<entry.start + Int(entry.count)), borrowing: self)
    }

    private func slot(of text: Span<UInt8>, hash: UInt64) -> Int {
        var slot = Int(UInt32(truncatingIfNeeded: hash)) & (slots.count - 1)
        while slots[slot] != 0 {
            let entry = entries[Int(slots[slot]) - 1]
            if entry.hash == UInt32(truncatingIfNeeded: hash), Int(entry.count) == text.count,
                arena.text(entry.start..<entry.start + Int(entry.count)).equals(text)
            {
                break
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        return slot
    }

    private mutating func grow() {
        let size = slots.count * 2
        slots = [Int32](repeating: 0, count: size)
        for (index, entry) in entries.enumerated() {
            var slot = Int(entry.hash) & (size - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (size - 1) }
            slots[slot] = Int32(index + 1)
        }
    }
}
