/// Gives each key of a message a small number; the names are written once, behind the values.
struct KeyTable {
    private var names: [String] = []
    private var integers: [Int?] = []
    // For each key, the one that came after it last time: structs repeat their keys in the same order.
    private var followers: [Int] = []
    private var last = 0
    // Made only for messages with many keys.
    private var numbers: [String: Int] = [:]
    private static let scanned = 16

    var count: Int { names.count }

    /// Forgets the keys.
    mutating func reset() {
        last = 0
        guard !names.isEmpty else { return }
        self = KeyTable()
    }

    /// The number of the key, given on first sight.
    @inline(__always)
    mutating func number<Key: CodingKey>(_ key: Key) -> Int {
        let name = key.stringValue
        if last < followers.count {
            let guess = followers[last]
            if guess < names.count, names[guess] == name {
                last = guess
                return guess
            }
        }
        return search(name, key)
    }

    @inline(never)
    private mutating func search<Key: CodingKey>(_ name: String, _ key: Key) -> Int {
        let found = names.count <= Self.scanned ? names.firstIndex(of: name) : numbers[name]
        let number = found ?? insert(name, key.intValue)
        if last < followers.count { followers[last] = number }
        last = number
        return number
    }

    private mutating func insert(_ name: String, _ integer: Int?) -> Int {
        if names.isEmpty {
            names.reserveCapacity(8)
            integers.reserveCapacity(8)
            followers.reserveCapacity(8)
        }
        names.append(name)
        integers.append(integer)
        followers.append(names.count)
        if names.count == Self.scanned + 1 {
            for (number, name) in names.enumerated() { numbers[name] = number }
        } else if names.count > Self.scanned {
            numbers[name] = names.count - 1
        }
        return names.count - 1
    }

    /// The key with that number, for the path to a value.
    func key(_ number: Int) -> WireKey {
        names.indices.contains(number) ? WireKey(names[number], integers[number]) : WireKey(intValue: number)
    }

    /// Writes the names in the order of their numbers.
    func write(to writer: inout ByteWriter) {
        writer.append(varint: UInt64(names.count))
        for (name, integer) in zip(names, integers) {
            var name = name
            // Safety: `units` are the bytes of a copy that this thread alone has; they stay in place for the closure,
            // which appends them to the message.
            name.withUTF8 { units in
                writer.append(varint: UInt64(units.count) << 1 | (integer == nil ? 0 : 1))
                unsafe writer.append(UnsafeRawBufferPointer(units))
            }
            if let integer { writer.append(fixed: Int64(integer)) }
        }
    }
}
