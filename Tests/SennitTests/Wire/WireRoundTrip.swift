import Sennit

/// Encodes a value, decodes the bytes and checks that all of them were read.
func roundTrip<T: Codable>(_ value: T, sizeLimit: Int = 1 << 30) throws -> T {
    try decoded(T.self, from: encoded(value, sizeLimit: sizeLimit))
}

func encoded<T: Encodable>(_ value: T, sizeLimit: Int = 1 << 30) throws -> [UInt8] {
    var writer = ByteWriter()
    try WireCoder.encode(value, into: &writer, sizeLimit: sizeLimit)
    return writer.bytes
}

func decoded<T: Decodable>(_ type: T.Type, from bytes: [UInt8]) throws -> T {
    // The array outlives the reader.
    try unsafe bytes.withUnsafeBytes { bytes in
        var reader = unsafe ByteReader(bytes)
        let value = try WireCoder.decode(type, from: &reader)
        guard reader.remaining == 0 else { throw WireError(.invalidValue, "\(reader.remaining) bytes are left over") }
        return value
    }
}
