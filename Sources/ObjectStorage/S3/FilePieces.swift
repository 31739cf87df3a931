import NIOCore

/// The bytes of a file, piece by piece, read when they are asked for.
struct FilePieces: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    var path: String

    struct AsyncIterator: AsyncIteratorProtocol {
        let path: String
        var file: FileBytes?

        mutating func next() async throws -> ByteBuffer? {
            let open = try file ?? FileBytes.reading(path)
            file = open
            let bytes = try open.read()
            return bytes.isEmpty ? nil : ByteBuffer(bytes: bytes)
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(path: path) }
}
