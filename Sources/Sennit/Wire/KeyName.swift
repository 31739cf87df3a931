/// The name of a key, compared by its UTF-8 bytes.
///
/// `String` takes texts for equal that are written with different bytes, such as an accented letter and the letter
/// followed by its accent. As keys these are two.
struct KeyName: Hashable {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    static func == (one: KeyName, other: KeyName) -> Bool {
        one.matches(other.text)
    }

    func hash(into hasher: inout Hasher) {
        var text = text
        // Safety: the bytes stay in place for the closure, which only reads them.
        text.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }

    /// Whether the name has the same bytes; costs two comparisons when it is the very same string.
    @inline(__always)
    func matches(_ other: String) -> Bool {
        isSame(as: other) || (text.utf8.count == other.utf8.count && hasBytes(of: other))
    }

    /// Whether both strings are the same two words: the same short text, or the same place in memory.
    @inline(__always)
    func isSame(as other: String) -> Bool {
        // Safety: a string is two words, of which one leads to memory if the text is long. What they lead to is not
        // looked at, and stays in place as long as `text` does; so equal words are equal texts.
        let own = unsafe unsafeBitCast(text, to: (UInt64, UInt64).self)
        return unsafe own == unsafeBitCast(other, to: (UInt64, UInt64).self)
    }

    @inline(never)
    private func hasBytes(of other: String) -> Bool {
        var (own, other) = (text, other)
        // The bytes of both stay in place for the closures.
        return own.withUTF8 { own in
            other.withUTF8 { unsafe isEqual(UnsafeRawBufferPointer(own), UnsafeRawBufferPointer($0)) }
        }
    }
}
