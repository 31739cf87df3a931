import Sennit

/// What an owner and the guardian of its server say to each other.
enum GuardianMessage: UInt16 {
    // From the owner.
    /// Start this server; the lock of its directory is attached.
    case start = 1
    /// End the server, remove its directory and leave.
    case stop = 2
    /// End the server and leave, but let its directory be.
    case stopAndKeep = 3
    // From the guardian.
    /// The server's process has started; its number.
    case started = 20
    /// It could not be started; why.
    case failed = 21
    /// The server has ended; how.
    case ended = 22
}

/// Which server to start.
struct ServerOrder: Codable, Sendable {
    var executable: String
    var arguments: [String]
    var environment: [String: String?]
    var account: ProcessAccount?
    var limits: [Limit]

    struct Limit: Codable, Sendable {
        var resource: Int32
        var soft: UInt64
        var hard: UInt64
    }
}

/// Messages as bytes.
enum GuardianCoding {
    private static let mostBytes = 1 << 18

    static func encode(_ value: some Encodable) throws -> [UInt8] {
        var writer = ByteWriter()
        try WireCoder.encode(value, into: &writer, sizeLimit: mostBytes)
        return writer.bytes
    }

    // Safety: the reader does not outlive the closure that lends it the array's bytes.
    static func decode<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) throws -> Value {
        try unsafe bytes.withUnsafeBytes { bytes in
            var reader = unsafe ByteReader(bytes)
            return try WireCoder.decode(type, from: &reader)
        }
    }
}
