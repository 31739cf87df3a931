/// The names of the segments that a result refers to, written behind it.
///
/// They let the parent take hold of the segments when the result comes, however late somebody decodes it.
package enum SegmentNames {
    /// Appends the names.
    package static func append(_ segments: [SegmentReference], to writer: inout ByteWriter) {
        for segment in segments { writer.append(fixed: segment.id.rawValue) }
        writer.append(fixed: UInt32(segments.count))
    }

    /// Reads the names at the end of a result; nil when what stands there are none.
    // Safety: each read is checked against the length; the bytes live for the call.
    package static func read(from bytes: UnsafeRawBufferPointer) -> [SegmentID]? {
        let width = MemoryLayout<UInt64>.size
        let tail = bytes.count - MemoryLayout<UInt32>.size
        guard tail >= 0 else { return nil }
        let count = unsafe Int(bytes.loadUnaligned(fromByteOffset: tail, as: UInt32.self))
        guard count <= tail / width else { return nil }
        return (0..<count).map { index in
            let offset = tail - (count - index) * width
            return SegmentID(rawValue: unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
    }
}
