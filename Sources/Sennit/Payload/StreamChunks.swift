/// What stands before each piece of a streamed payload.
package struct StreamChunk: Sendable, Hashable {
    /// The payload's number, from the side that sends it.
    package let id: UInt64
    /// The size of the whole payload in bytes.
    package let totalBytes: Int
    /// Where this piece belongs.
    package let offset: Int
    /// The size of this piece.
    package let byteCount: Int

    package init(id: UInt64, totalBytes: Int, offset: Int, byteCount: Int) {
        self.id = id
        self.totalBytes = totalBytes
        self.offset = offset
        self.byteCount = byteCount
    }

    /// The largest piece.
    ///
    /// Between pieces other messages get their turn on the socket.
    package static let maximumBytes = 256 * 1024

    /// The bytes of the payload that the piece carries.
    package var range: Range<Int> { offset..<offset + byteCount }
}

/// The pieces that a payload is sent in, in order.
///
/// An empty payload has one empty piece.
package struct StreamChunks: Sequence, IteratorProtocol, Sendable {
    private let id: UInt64
    private let totalBytes: Int
    private let chunkBytes: Int
    private var offset = 0
    private var isDone = false

    /// Cuts a payload of `totalBytes` bytes into pieces of at most `chunkBytes`.
    package init(id: UInt64, totalBytes: Int, chunkBytes: Int = StreamChunk.maximumBytes) {
        self.id = id
        self.totalBytes = Swift.max(0, totalBytes)
        self.chunkBytes = Swift.min(Swift.max(1, chunkBytes), StreamChunk.maximumBytes)
    }

    package mutating func next() -> StreamChunk? {
        guard !isDone else { return nil }
        let byteCount = Swift.min(chunkBytes, totalBytes - offset)
        defer {
            offset += byteCount
            isDone = offset == totalBytes
        }
        return StreamChunk(id: id, totalBytes: totalBytes, offset: offset, byteCount: byteCount)
    }
}
