import Foundation

/// The JSON of one event, in a buffer that it shares with its neighbours.
package struct StoredPayload: Sendable {
    package let bytes: ArraySlice<UInt8>

    package init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    private static let decoder = JSONDecoder()

    /// The value.
    package func decode<E: Decodable>(_ type: E.Type) throws -> E {
        do {
            return try StoredPayload.decoder.decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            throw EventStoreError(
                .undecodablePayload,
                "The stored form does not fit \(E.self): \(String(decoding: bytes, as: UTF8.self))", cause: error)
        }
    }
}

/// An event that is ready to be stored.
package struct EncodedEvent: Sendable, Hashable {
    package var type: EventType
    package var payload: [UInt8]

    package init(type: EventType, payload: [UInt8]) {
        self.type = type
        self.payload = payload
    }

    /// Writes an event as JSON.
    ///
    /// The names are in alphabetical order, so that the same value gives the same bytes.
    package init(_ event: some Event, limit: Int) throws {
        type = Swift.type(of: event).eventType
        guard type.isValid else {
            throw EventStoreError(
                .invalidArgument, "'\(type.name)' v\(type.version) is no event type: 1 to 200 bytes, version from 1.")
        }
        do {
            payload = Array(try EncodedEvent.encoder.encode(event))
        } catch {
            throw EventStoreError(.encodingFailed, "\(type) cannot be written as JSON.", cause: error)
        }
        guard payload.count <= limit else {
            throw EventStoreError(
                .encodingFailed,
                "\(type) takes \(payload.count) bytes; the store's options allow \(limit). Store large data elsewhere.")
        }
    }

    private static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }()
}

extension EventType {
    var isValid: Bool { (1...200).contains(name.utf8.count) && (1...0xFFFF).contains(version) }
}
