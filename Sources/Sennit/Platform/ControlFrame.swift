/// One message that came in over a control socket.
package struct ControlFrame: ~Copyable {
    /// What the message is about; its meaning is the sender's and receiver's affair.
    package let kind: UInt16
    /// The message's bytes.
    package let payload: [UInt8]
    private var descriptors: ArraySlice<Int32>

    init(kind: UInt16, payload: [UInt8], adopting descriptors: ArraySlice<Int32>) {
        self.kind = kind
        self.payload = payload
        self.descriptors = descriptors
    }

    deinit {
        for descriptor in descriptors { _ = FileDescriptor(adopting: descriptor) }
    }

    /// How many attached descriptors nobody has taken yet; those left are closed with the frame.
    package var descriptorCount: Int { descriptors.count }

    /// Hands over the next attached descriptor, in the order they were attached.
    package mutating func takeDescriptor() -> FileDescriptor? {
        descriptors.popFirst().map { FileDescriptor(adopting: $0) }
    }
}

/// What stands before each message: 8 bytes in the machine's byte order.
struct ControlFrameHeader {
    static let size = 8

    var length: UInt32
    var kind: UInt16
    var descriptorCount: UInt16

    init(length: UInt32, kind: UInt16, descriptorCount: UInt16) {
        self.length = length
        self.kind = kind
        self.descriptorCount = descriptorCount
    }

    /// Reads a header from its 8 bytes.
    init(bytes: RawSpan) {
        // Safety: the caller cuts the span to `size` bytes of its own buffer, which it holds for the call; every
        // pattern of bits is a value of these integers.
        length = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt32.self)
        kind = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: 4, as: UInt16.self)
        descriptorCount = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: 6, as: UInt16.self)
    }

    /// The header as one word, whose bytes in memory are the header's.
    var word: UInt64 {
        #if _endian(little)
            UInt64(length) | UInt64(kind) << 32 | UInt64(descriptorCount) << 48
        #else
            UInt64(length) << 32 | UInt64(kind) << 16 | UInt64(descriptorCount)
        #endif
    }
}
