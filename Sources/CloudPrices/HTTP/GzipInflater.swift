// Safety: zlib keeps a pointer to its stream, so the stream lives in memory of its own that this object frees. Input
// and output pointers are set for one call only and lie inside closures that own the memory.
import CZlib

/// Undoes gzip piece by piece, in constant memory.
///
/// Damage, a checksum that does not fit, an early end and bytes after the end are errors. Several members one after the
/// other are one text, as gzip says.
@safe
package final class GzipInflater {
    package struct Fault: Error {
        package var detail: String
    }

    private let stream: UnsafeMutablePointer<z_stream>
    private var input: [UInt8] = []
    private var position = 0
    private var isAtMemberEnd = true
    private static let outputSize = 256 * 1024

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

    /// The next expanded bytes, at most 256 KB of them; `nil` when more input is needed.
    package func next() throws(Fault) -> [UInt8]? {
        while position < input.count || (hasHeldOutput && !isAtMemberEnd) {
            let output = try step()
            if !output.isEmpty { return output }
        }
        return nil
    }

    /// Checks that the text ended where gzip says it does.
    package func finish() throws(Fault) {
        guard isAtMemberEnd else { throw Fault(detail: "the gzip data ends too early") }
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

    /// zlib may hold output back when the last call filled its buffer.
    private var hasHeldOutput = false

    private func step() throws(Fault) -> [UInt8] {
        if isAtMemberEnd {
            unsafe inflateReset(stream)
            isAtMemberEnd = false
        }
        let available = input.count - position
        var code = Z_OK
        var left = 0
        let output = unsafe [UInt8](unsafeUninitializedCapacity: Self.outputSize) { buffer, count in
            unsafe input.withUnsafeMutableBufferPointer { bytes in
                unsafe stream.pointee.next_in = unsafe bytes.baseAddress.map { unsafe $0 + position }
                unsafe stream.pointee.avail_in = UInt32(available)
                unsafe stream.pointee.next_out = buffer.baseAddress
                unsafe stream.pointee.avail_out = UInt32(Self.outputSize)
                code = unsafe inflate(stream, Z_NO_FLUSH)
                left = Int(unsafe stream.pointee.avail_in)
                count = Self.outputSize - Int(unsafe stream.pointee.avail_out)
            }
        }
        position = input.count - left
        hasHeldOutput = output.count == Self.outputSize
        switch code {
        case Z_STREAM_END: isAtMemberEnd = true
        case Z_OK, Z_BUF_ERROR: break
        default: throw Fault(detail: "the gzip data is damaged (zlib: \(code))")
        }
        return output
    }
}
