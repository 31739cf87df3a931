import Sennit
import Synchronization
import Testing

/// Encodes a value, decodes the bytes and checks that all of them were read.
func roundTrip<T: Codable>(_ value: T, sizeLimit: Int = 1 << 30) throws -> T {
    try decoded(T.self, from: encoded(value, sizeLimit: sizeLimit))
}

/// What coders leave for the next message, as a pool's threads have it: all tests share some, whatever they code.
private let encodingMemory = SpareMemory<EncodingMemory>()
private let decodingMemory = SpareMemory<DecodingMemory>()

// @unchecked Sendable: the lock guards `spare`, and what is taken out belongs to the taker alone.
private final class SpareMemory<Memory: ~Copyable>: @unchecked Sendable {
    private let lock = Mutex(())
    private var spare: Memory?

    func take() -> Memory? {
        lock.withLock { _ in
            var taken: Memory?
            swap(&taken, &spare)
            return taken
        }
    }

    func giveBack(_ memory: consuming Memory) {
        var given: Memory? = consume memory
        lock.withLock { _ in swap(&given, &spare) }
    }
}

/// The bytes of a value, which are the same with memory that has seen other messages.
func encoded<T: Encodable>(_ value: T, sizeLimit: Int = 1 << 30) throws -> [UInt8] {
    var writer = ByteWriter()
    try WireCoder.encode(value, into: &writer, sizeLimit: sizeLimit)
    var memory = encodingMemory.take() ?? EncodingMemory()
    var again = ByteWriter()
    try WireCoder.encode(value, into: &again, attachments: nil, sizeLimit: sizeLimit, using: &memory)
    encodingMemory.giveBack(memory)
    #expect(again.bytes == writer.bytes)
    return again.bytes
}

func decoded<T: Decodable>(_ type: T.Type, from bytes: [UInt8]) throws -> T {
    var memory = decodingMemory.take() ?? DecodingMemory()
    // The array outlives the reader.
    let value = try unsafe bytes.withUnsafeBytes { bytes in
        var reader = unsafe ByteReader(bytes)
        let value = try WireCoder.decode(type, from: &reader, attachments: nil, using: &memory)
        guard reader.remaining == 0 else { throw WireError(.invalidValue, "\(reader.remaining) bytes are left over") }
        return value
    }
    decodingMemory.giveBack(memory)
    return value
}
