/// Gives each key of a message a small number; the names are written once, behind the values.
///
/// The table remembers the keys of the message before: one message mostly has the keys of the last, in the same order,
/// and then neither copies a name nor makes the bytes of the table again.
final class KeyTable {
    private struct Entry {
        var name: KeyName
        var integer: Int?
        /// The key that came after this one last time: structs repeat their keys in the same order.
        var follower: Int
    }

    // Those of this message, and behind them those of the message before that have not come yet. All are different.
    private var entries: [Entry] = []
    /// How many keys this message has.
    private(set) var count = 0
    private var last = 0
    // The place of each of the first `indexed` entries; made only for messages with many keys.
    private var places: [KeyName: Int] = [:]
    private var indexed = 0
    // The table as it was written for the first `writtenCount` entries; -1 when these have changed.
    private var written: [UInt8] = []
    private var writtenCount = -1
    private let remembers: Bool
    private static let scanned = 16
    private static let rememberedKeys = 64
    private static let rememberedBytes = 4096

    /// An empty table; one for several messages remembers the last.
    init(remembers: Bool) {
        self.remembers = remembers
    }

    /// Begins a message without keys; forgets those of the last if they take much room.
    func reset() {
        if writtenCount < 0 { forget() }
        count = 0
        last = 0
    }

    @inline(never)
    private func forget() {
        entries = []
        forgetPlaces()
    }

    /// The place of the key that is expected next, if it has this name; -1 if it has another.
    @inline(__always)
    func expected(_ name: String) -> Int {
        let guess = count == 0 ? 0 : entries[last].follower
        return guess < entries.count && entries[guess].name.matches(name) ? guess : -1
    }

    /// Whether the expected key is one of this message, or can be its next new one.
    ///
    /// All entries are different, so an entry behind those of this message is none of its keys yet.
    @inline(__always)
    func isNumber(_ place: Int, _ integer: @autoclosure () -> Int?) -> Bool {
        place < count || (place == count && entries[place].integer == integer())
    }

    /// Notes that the key at this place, which is at most `count`, has come.
    @inline(__always)
    func pass(_ place: Int) {
        last = place
        if place == count { count += 1 }
    }

    /// The number of a key that was not expected, given on first sight.
    @inline(never)
    func number(_ text: String, _ integer: Int?) -> Int {
        let (name, isFirst) = (KeyName(text), count == 0)
        let number = find(name) ?? insert(name, integer)
        if !isFirst, entries[last].follower != number { change { $0[last].follower = number } }
        last = number
        return number
    }

    private func find(_ name: KeyName) -> Int? {
        guard count > Self.scanned else {
            let entries = entries
            return (0..<count).first { entries[$0].name.matches(name.text) }
        }
        while indexed < count {
            places[entries[indexed].name] = indexed
            indexed += 1
        }
        return places[name].flatMap { $0 < count ? $0 : nil }
    }

    private func insert(_ name: KeyName, _ integer: Int?) -> Int {
        if indexed > count { forgetPlaces() }
        writtenCount = -1
        change { entries in
            if entries.count > count { entries.removeLast(entries.count - count) }
            if entries.isEmpty { entries.reserveCapacity(8) }
            entries.append(Entry(name: name, integer: integer, follower: count + 1))
        }
        count += 1
        return count - 1
    }

    private func forgetPlaces() {
        places = [:]
        indexed = 0
    }

    /// Changes the entries outside of this object: so the compiler sees that reading them meets no change, and does not
    /// have it checked for each key.
    private func change(_ body: (inout [Entry]) -> Void) {
        var changed = entries
        entries = []
        body(&changed)
        entries = changed
    }

    /// The key with that number, for the path to a value.
    func key(_ number: Int) -> WireKey {
        guard number >= 0, number < count else { return WireKey(intValue: number) }
        return WireKey(entries[number].name.text, entries[number].integer)
    }

    /// Writes the names in the order of their numbers.
    func write(to writer: inout ByteWriter) {
        if writtenCount == count {
            // Held here, the bytes are read without a check that nobody changes them meanwhile.
            let written = written
            return writer.append(written)
        }
        let start = writer.count
        writer.append(varint: UInt64(count))
        for entry in entries[..<count] {
            var name = entry.name.text
            // Safety: `units` are the bytes of a copy that this thread alone has; they stay in place for the closure,
            // which appends them to the message.
            name.withUTF8 { units in
                writer.append(varint: UInt64(units.count) << 1 | (entry.integer == nil ? 0 : 1))
                unsafe writer.append(UnsafeRawBufferPointer(units))
            }
            if let integer = entry.integer { writer.append(fixed: Int64(integer)) }
        }
        remember(writer, from: start)
    }

    private func remember(_ writer: borrowing ByteWriter, from start: Int) {
        writtenCount = -1
        guard remembers, writer.count - start <= Self.rememberedBytes, count <= Self.rememberedKeys else { return }
        // Safety: the bytes are copied before the closure returns.
        written = unsafe writer.withUnsafeBytes { unsafe Array($0[start...]) }
        writtenCount = count
    }
}
