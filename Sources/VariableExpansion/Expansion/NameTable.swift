/// The names that a text has used so far, each with its value: every name is looked up once.
///
/// Open addressing over the bytes of the text itself: finding a name that was there before makes no string.
struct NameTable {
    /// A name and what is known about it.
    struct Entry {
        /// Where the text has it first, and the dollar sign before it.
        let name: Range<Int>
        let dollar: Int
        /// Its last bytes, and a hash of all of them.
        let lastWord: UInt64
        let hash: UInt64
        /// Where its value is among `values`; nil if it has none.
        let value: Range<Int>?
        var count = 0
        var isMissed = false
    }

    private(set) var entries: [Entry] = []
    private(set) var values: [UInt8] = []
    private let keepsUses: Bool
    private var slots: [Int32]

    init(keepsUses: Bool) {
        self.keepsUses = keepsUses
        slots = Array(repeating: -1, count: 64)
    }

    /// The index of a name's entry, which is made if there is none.
    @inline(__always)
    mutating func find(_ name: Range<Int>, dollar: Int, in text: ScannedText, lookup: (String) -> String?) -> Int {
        let lastWord = text.lastWord(of: name)
        let hash = text.hash(name, lastWord: lastWord)
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] >= 0 {
            let index = Int(slots[slot])
            // Short names, the most of them, are compared as one number.
            if entries[index].lastWord == lastWord, entries[index].name.count == name.count,
                name.count <= 8 || text.equal(entries[index].name.lowerBound, name.lowerBound, length: name.count)
            {
                return index
            }
            slot = (slot + 1) & mask
        }
        return insert(
            name, dollar: dollar, lastWord: lastWord, hash: hash, value: lookup(text.string(name)))
    }

    /// Notes a use; without `keepsUses` that would be a write for every variable of the text.
    @inline(__always)
    mutating func note(_ index: Int, isMissed: Bool) {
        guard keepsUses else { return }
        entries[index].count += 1
        if isMissed { entries[index].isMissed = true }
    }

    @inline(never)
    private mutating func insert(
        _ name: Range<Int>, dollar: Int, lastWord: UInt64, hash: UInt64, value: String?
    ) -> Int {
        let start = values.count
        if let value { values.append(contentsOf: value.utf8) }
        let range = value == nil ? nil : start..<values.count
        entries.append(Entry(name: name, dollar: dollar, lastWord: lastWord, hash: hash, value: range))
        if entries.count * 2 > slots.count {
            slots = Array(repeating: -1, count: slots.count * 2)
            for index in entries.indices { place(index) }
        } else {
            place(entries.count - 1)
        }
        return entries.count - 1
    }

    private mutating func place(_ index: Int) {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: entries[index].hash) & mask
        while slots[slot] >= 0 { slot = (slot + 1) & mask }
        slots[slot] = Int32(index)
    }
}
