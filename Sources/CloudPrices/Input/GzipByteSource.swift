import CZlib

/// What a gzip or zlib stream holds, decompressed block by block.
///
/// The stream's own checksums are compared. Members that follow each other are one stream, as RFC 1952 says.
@safe
public final class GzipByteSource: ByteSource {
    /// The name of the compressed source.
    public let name: String
    private let compressed: any ByteSource
    // Safety: zlib's state points into `input` only during a call of inflate: it is set before each call, and what was
    // not used is kept as a range. The state is set up in `init`, ended in `deinit`, and never moves: it has its own
    // allocation.
    private let stream: UnsafeMutablePointer<z_stream>
    private let input: UnsafeMutableBufferPointer<UInt8>
    private var pending = 0..<0
    private var isInMember = false
    private var isAtEnd = false

    /// Makes a source that decompresses another.
    ///
    /// - Throws: `PriceProblem` with code `inputFailed` if there is no memory for it.
    public init(_ compressed: any ByteSource) throws(PriceProblem) {
        self.compressed = compressed
        name = compressed.name
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        unsafe input = .allocate(capacity: 65_536)
        unsafe input.initialize(repeating: 0)
        // 32 asks zlib to tell gzip and zlib apart by their headers.
        let code = unsafe inflateInit2_(
            stream, 15 + 32, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else {
            throw PriceProblem(.inputFailed, "decompression cannot start (zlib \(code))", source: compressed.name)
        }
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
        unsafe input.deallocate()
    }

    /// Decompresses the next block.
    public func read(into buffer: inout MutableSpan<UInt8>) throws(PriceProblem) -> Int {
        while !isAtEnd {
            if pending.isEmpty {
                try readInput()
                if pending.isEmpty {
                    guard !isInMember else { throw broken(.truncated, "the compressed stream ends too early") }
                    isAtEnd = true
                    break
                }
            }
            let written = try inflate(into: &buffer)
            if written > 0 { return written }
        }
        return 0
    }

    private func readInput() throws(PriceProblem) {
        var span = unsafe input.mutableSpan
        pending = 0..<(try compressed.read(into: &span))
    }

    private func inflate(into buffer: inout MutableSpan<UInt8>) throws(PriceProblem) -> Int {
        isInMember = true
        let (code, written) = unsafe buffer.withUnsafeMutableBufferPointer { output -> (Int32, Int) in
            let room = min(output.count, 1 << 30)
            unsafe stream.pointee.next_in = input.baseAddress.map { unsafe $0 + pending.lowerBound }
            unsafe stream.pointee.avail_in = UInt32(pending.count)
            unsafe stream.pointee.next_out = output.baseAddress
            unsafe stream.pointee.avail_out = UInt32(room)
            let code = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
            return unsafe (code, room - Int(stream.pointee.avail_out))
        }
        pending = unsafe (pending.upperBound - Int(stream.pointee.avail_in))..<pending.upperBound
        switch code {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END:
            isInMember = false
            unsafe inflateReset(stream)
        default:
            let reason = unsafe stream.pointee.msg.map { unsafe String(cString: $0) } ?? "zlib \(code)"
            throw broken(.inputFailed, "the compressed stream is broken: \(reason)")
        }
        return written
    }

    private func broken(_ code: PriceProblem.Code, _ message: String) -> PriceProblem {
        PriceProblem(
            code, message, source: name, offset: unsafe Int(stream.pointee.total_in), advice: "Fetch it again.")
    }
}
