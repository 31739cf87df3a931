// Safety: zlib keeps a pointer to its stream, so the stream lives in memory of its own that this object frees. Input
// and output pointers are set for one call only and lie inside closures that own the memory.
import CZlib

/// Undoes gzip piece by piece, in constant memory: for what is pushed to it by the network, and for what is pulled
/// through a `GzipByteSource`.
///
/// Damage, a checksum that does not fit, an early end and bytes after the end are errors. Several members one after the
/// other are one text, as RFC 1952 says.
@safe
package final class GzipInflater {
    package struct Fault: Error {
        package var detail: String
        /// Whether the data ends too early, and is not wrong so far.
        package var isTruncated = false
    }

    private let stream: UnsafeMutablePointer<z_stream>
    private var input: [UInt8] = []
    private var position = 0
    private var isAtMemberEnd = true
    /// zlib may hold output back when the last call filled its buffer.
    private var hasHeldOutput = false
    /// How many compressed bytes were used.
    package private(set) var bytesUsed = 0
    private static let blockSize = 256 * 1024

    package init() throws(Fault) {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        // 15 bits of window, plus 16: a gzip header and trailer, nothing else.
        let code = unsafe inflateInit2_(stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else {
            throw Fault(detail: "zlib does not start (\(code))")
        }
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Takes the next bytes; what came before must have been drained by `next()`.
    package func push(_ bytes: [UInt8]) {
        assert(position == input.count, "the input before was not drained")
        input = bytes
        position = 0
    }

    /// Puts the next expanded bytes at the start of a buffer, which is not empty.
    ///
    /// - Returns: how many, at least 1; `nil` when more input is needed.
    package func next(into buffer: inout MutableSpan<UInt8>) throws(Fault) -> Int? {
        while hasMore {
            let count = try step(into: &buffer)
            if count > 0 { return count }
        }
        return nil
    }

    /// The next expanded bytes, at most 256 kB of them; `nil` when more input is needed.
    package func next() throws(Fault) -> [UInt8]? {
        guard hasMore else { return nil }
        var block = [UInt8](repeating: 0, count: Self.blockSize)
        var span = block.mutableSpan
        guard let count = try next(into: &span) else { return nil }
        block.removeSubrange(count...)
        return block
    }

    /// Checks that the text ended where gzip says it does.
    package func finish() throws(Fault) {
        guard isAtMemberEnd else { throw Fault(detail: "the gzip data ends too early", isTruncated: true) }
    }

    /// Expands a whole text.
    package static func expand(_ bytes: [UInt8]) throws(Fault) -> [UInt8] {
        let inflater = try GzipInflater()
        inflater.push(bytes)
        var text: [UInt8] = []
        while let piece = try inflater.next() { text += piece }
        try inflater.finish()
        return text
    }

    private var hasMore: Bool { position < input.count || (hasHeldOutput && !isAtMemberEnd) }

    private func step(into buffer: inout MutableSpan<UInt8>) throws(Fault) -> Int {
        if isAtMemberEnd {
            unsafe inflateReset(stream)
            isAtMemberEnd = false
        }
        let available = input.count - position
        let room = min(buffer.count, 1 << 30)
        var (code, left, written) = (Z_OK, 0, 0)
        unsafe buffer.withUnsafeMutableBufferPointer { output in
            unsafe input.withUnsafeMutableBufferPointer { bytes in
                unsafe stream.pointee.next_in = unsafe bytes.baseAddress.map { unsafe $0 + position }
                unsafe stream.pointee.avail_in = UInt32(available)
                unsafe stream.pointee.next_out = output.baseAddress
                unsafe stream.pointee.avail_out = UInt32(room)
                code = unsafe inflate(stream, Z_NO_FLUSH)
                left = unsafe Int(stream.pointee.avail_in)
                written = unsafe room - Int(stream.pointee.avail_out)
            }
        }
        position += available - left
        bytesUsed += available - left
        hasHeldOutput = written == room
        switch code {
        case Z_STREAM_END: isAtMemberEnd = true
        case Z_OK, Z_BUF_ERROR: break
        default: throw Fault(detail: "the gzip data is damaged (zlib: \(code))")
        }
        return written
    }
}
