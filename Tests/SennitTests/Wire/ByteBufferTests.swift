import Sennit
import Testing

@Suite struct `Byte buffers` {
    @Test(arguments: [0, 1, 127, 128, 300, 1 << 32, UInt64.max])
    func `a varint comes back`(_ value: UInt64) throws {
        var writer = ByteWriter(capacity: 1)
        writer.append(varint: value)
        let bytes = writer.bytes
        try unsafe bytes.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) throws in
            var reader = unsafe ByteReader(bytes)
            #expect(try reader.varint() == value)
            #expect(reader.remaining == 0)
        }
    }

    @Test func `reading past the end is an error`() {
        let bytes: [UInt8] = [1, 2, 3]
        unsafe bytes.withUnsafeBytes {
            var reader = unsafe ByteReader($0)
            #expect(throws: WireError.self) { try reader.fixed(UInt32.self) }
            #expect(reader.offset == 0)
        }
    }

    @Test func `a varint longer than 64 bits is an error`() {
        let bytes = [UInt8](repeating: 0xFF, count: 12)
        unsafe bytes.withUnsafeBytes {
            var reader = unsafe ByteReader($0)
            #expect(throws: WireError.self) { try reader.varint() }
        }
    }

    @Test func `a writer that is reset keeps its memory`() {
        var writer = ByteWriter()
        writer.append([UInt8](repeating: 7, count: 10_000))
        let capacity = writer.capacity
        writer.reset()
        #expect(writer.count == 0)
        #expect(writer.capacity == capacity)
        writer.reset(keepingUpTo: 1000)
        #expect(writer.capacity < capacity)
    }

    @Test func `rotation moves the tail to its place`() {
        var writer = ByteWriter()
        writer.append([1, 2, 3, 4, 5])
        writer.rotate(tail: 3, to: 1)
        #expect(writer.bytes == [1, 4, 5, 2, 3])
    }
}
