/// What the two ends of a control socket say to each other.
package enum ControlMessage {
    package enum Kind: UInt16 {
        // From the parent.
        case greeting = 1
        case cancel = 2
        case stop = 3
        case ping = 4
        case resultRead = 5
        case abandonStream = 6
        // From the worker.
        case ready = 20
        case refused = 21
        case startFailed = 22
        case pong = 23
        // Both ways.
        case segment = 40
        case forgetSegment = 41
        case chunk = 42
        case segmentLost = 43
    }
}

/// The first message to a worker, with the channel's and the doorbell's memory attached.
package struct WorkerGreeting: Codable {
    package var workerNumber: Int
    package var threads: Int
    package var threadStackBytes: Int
    package var poolName: String
    package var contextType: [UInt8]
    package var configuration: [UInt8]
    package var channelBytes: Int
    package var doorbellBytes: Int
    package var maySpin: Bool
    package var hasSegments: Bool
    package var maximumPayloadBytes: Int
    package var executable: ExecutableIdentity
    /// The digest of the parent's executable, when workers are started from another file.
    package var executableDigest: UInt64?
}

extension ByteReader {
    /// Reads a message of fixed-width numbers.
    mutating func numbers(_ count: Int) throws -> [UInt64] {
        try (0..<count).map { _ in try fixed(UInt64.self) }
    }
}

extension ControlSocket {
    /// Sends a message that is a few numbers.
    package func send(
        _ kind: ControlMessage.Kind, _ numbers: [UInt64] = [], descriptors: [Int32] = []
    ) throws(ControlSocketError) {
        var writer = ByteWriter(capacity: 8 * numbers.count)
        for number in numbers { writer.append(fixed: number) }
        try send(kind: kind.rawValue, payload: writer.bytes, descriptors: descriptors)
    }
}

// Safety: the reader does not outlive the closure that lends it the array's bytes.
extension [UInt8] {
    /// The numbers of a message made by `ControlSocket.send(_:_:)`.
    func controlNumbers(_ count: Int) throws -> [UInt64] {
        try unsafe withUnsafeBytes { bytes in
            var reader = unsafe ByteReader(bytes)
            return try reader.numbers(count)
        }
    }
}
