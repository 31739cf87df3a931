/// Bytes that are read in order, block by block.
///
/// One thread reads at a time, and may block in it. What is open is closed when the source goes away.
public protocol ByteSource: AnyObject {
    /// What is read, for messages: a path or an address without secrets.
    var name: String { get }

    /// Reads the next bytes.
    ///
    /// - Returns: how many bytes were put at the start of `buffer`: at least 1, or 0 at the end. `buffer` is not empty.
    /// - Throws: `PriceProblem` with code `inputFailed` or `truncated`.
    func read(into buffer: inout MutableSpan<UInt8>) throws(PriceProblem) -> Int
}

/// Bytes in memory, given in blocks of the sizes that a test likes.
public final class MemoryByteSource: ByteSource {
    /// What is read, for messages.
    public let name: String
    private let bytes: [UInt8]
    private let blockSize: Int
    private var position = 0

    /// Makes a source of bytes, of which one read gives at most `blockSize`.
    public init(_ bytes: [UInt8], name: String = "memory", blockSize: Int = .max) {
        precondition(blockSize > 0, "a block holds at least one byte")
        self.bytes = bytes
        self.name = name
        self.blockSize = blockSize
    }

    /// Makes a source of a text's UTF-8.
    public convenience init(_ text: String, name: String = "memory", blockSize: Int = .max) {
        self.init(Array(text.utf8), name: name, blockSize: blockSize)
    }

    /// Gives the next block.
    public func read(into buffer: inout MutableSpan<UInt8>) throws(PriceProblem) -> Int {
        let count = min(buffer.count, blockSize, bytes.count - position)
        for index in 0..<count { buffer[index] = bytes[position + index] }
        position += count
        return count
    }
}
