// Safety: a name's bytes are compared while their reader is used, for the length that was checked when the table was
// read; those of a string stay in place for the closure that gets them.
/// The table of keys of a message.
///
/// A core for several messages remembers the table: when the next message has the same bytes, it is not read again.
extension DecodingCore {
    private static var rememberedKeys: Int { 64 }
    private static var rememberedBytes: Int { 4096 }

    /// Reads the table of keys; each name is at least one byte, so the table is never larger than the message.
    @inline(__always)
    func readNames(_ reader: inout ByteReader) throws {
        namesStart = reader.offset
        if !passRemembered(&reader) { try readNewNames(&reader) }
    }

    @inline(__always)
    private func passRemembered(_ reader: inout ByteReader) -> Bool {
        // Held here, the bytes are read without a check that nobody changes them meanwhile.
        let table = table
        guard !table.isEmpty, table.count <= reader.remaining else { return false }
        var ahead = reader
        guard let bytes = unsafe try? ahead.take(table.count),
            unsafe table.withUnsafeBytes({ unsafe isEqual($0, bytes) })
        else { return false }
        reader = ahead
        return true
    }

    @inline(never)
    private func readNewNames(_ reader: inout ByteReader) throws {
        names = []
        table = []
        let count = try reader.length()
        var read: [Name] = []
        read.reserveCapacity(count)
        for _ in 0..<count {
            let word = try reader.varint()
            let length = word >> 1
            guard length <= UInt64(reader.remaining) else {
                throw WireError(.truncated, "a key is longer than the message", offset: reader.offset)
            }
            let offset = reader.offset
            reader.offset += Int(length)
            let integer = word & 1 == 1 ? Int(try reader.fixed(Int64.self)) : nil
            read.append(Name(offset: offset - namesStart, length: Int(length), integer: integer))
        }
        names = read
        guard remembers, count <= Self.rememberedKeys, reader.offset - namesStart <= Self.rememberedBytes else {
            return
        }
        var start = self.reader(at: namesStart)
        table = unsafe Array(try start.take(reader.offset - namesStart))
    }

    /// Whether the key with that number has this name, byte for byte.
    @inline(__always)
    func matches(_ number: Int, _ text: String) -> Bool {
        let names = names
        guard number < names.count else { return false }
        if let known = names[number].known, known.isSame(as: text) { return true }
        return compare(number, text)
    }

    @inline(never)
    private func compare(_ number: Int, _ text: String) -> Bool {
        guard names[number].length == text.utf8.count else { return false }
        var (text, reader) = (text, nameReader(number))
        guard let bytes = unsafe try? reader.take(names[number].length),
            text.withUTF8({ unsafe isEqual(UnsafeRawBufferPointer($0), bytes) })
        else { return false }
        if remembers { change(number) { $0.known = KeyName(text) } }
        return true
    }

    /// The key with that number.
    func key(_ number: Int) throws -> WireKey {
        guard names.indices.contains(number) else {
            throw WireError(.invalidValue, "there is no key number \(number)")
        }
        var reader = nameReader(number)
        return WireKey(try reader.string(names[number].length), names[number].integer)
    }

    /// Whether the key with that number has this name; throws when there is no such key, or its name is no text.
    func isKey(_ number: Int, _ text: String) throws -> Bool {
        if matches(number, text) { return true }
        if number >= names.count || !names[number].isText {
            _ = try key(number)
            change(number) { $0.isText = true }
        }
        return false
    }

    private func nameReader(_ number: Int) -> ByteReader {
        reader(at: namesStart + names[number].offset)
    }

    /// Changes a name outside of this object: so the compiler sees that reading the names meets no change, and does not
    /// have it checked for each key.
    private func change(_ number: Int, _ body: (inout Name) -> Void) {
        var changed = names
        names = []
        body(&changed[number])
        names = changed
    }
}
