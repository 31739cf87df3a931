public import Foundation

/// An event as it is stored: where it is, where it comes from, and its value.
///
/// The value is decoded when it is asked for. Events that were read together share memory: one that is kept keeps its
/// neighbours, up to a few thousand events. Keep the decoded value instead.
public struct RecordedEvent: Sendable, CustomStringConvertible {
    private let chunk: EventChunk
    private let index: Int

    init(chunk: EventChunk, index: Int) {
        self.chunk = chunk
        self.index = index
    }

    private var record: EventChunk.Record { chunk.records[index] }

    /// Its place in the order of the whole store.
    ///
    /// Positions grow; there are holes where streams were deleted.
    public var position: Int { record.position }

    /// Its stream.
    public var stream: StreamID { chunk.streams[Int(record.stream)] }

    /// Its place in its stream, from one.
    public var version: Int { record.version & ~StoreFormat.deletedBit }

    /// Its type in the form that is stored.
    public var type: EventType { chunk.types[Int(record.type)] }

    /// When it was appended, to the microsecond.
    public var time: Date { Date(microseconds: record.time) }

    /// Microseconds from the beginning of 1970 to ``time``.
    public var microseconds: Int { record.time }

    /// Where it comes from.
    public var metadata: EventMetadata {
        let record = record
        let correlation = max(0, Int(record.correlationBytes))
        return EventMetadata(
            correlation: text(at: Int(record.start), count: record.correlationBytes),
            causation: text(at: Int(record.start) + correlation, count: record.causationBytes))
    }

    /// Whether it says that its stream was deleted.
    ///
    /// It has no value then.
    public var isTombstone: Bool { record.version & StoreFormat.deletedBit != 0 }

    /// The value's stored form.
    public var json: String { String(decoding: payload.bytes, as: UTF8.self) }

    package var payload: StoredPayload {
        let record = record
        let start =
            Int(record.start) + max(0, Int(record.correlationBytes)) + max(0, Int(record.causationBytes))
        return StoredPayload(chunk.bytes[start..<start + Int(record.payloadBytes)])
    }

    /// The value in its newest form, by the store's schema.
    ///
    /// - Returns: The value.
    /// - Throws: ``EventStoreError`` if the schema does not know the type or the stored form does not fit it, or what a
    ///   step of the schema throws.
    public func value() throws -> any Event {
        try located { try chunk.schema.value(of: payload, type: type) }
    }

    /// The value in its newest form, as a known type.
    ///
    /// - Parameter type: The type; if the event is stored in an older form, the schema's steps lead to it.
    /// - Returns: The value.
    /// - Throws: As ``value()``; also if the event is something else.
    public func value<E: Event>(as type: E.Type) throws -> E {
        if self.type == E.eventType { return try located { try payload.decode(E.self) } }
        guard let value = try value() as? E else {
            throw located(
                EventStoreError(.undecodablePayload, "It is \(self.type), which does not lead to \(E.eventType)."))
        }
        return value
    }

    private func text(at start: Int, count: Int32) -> String? {
        guard count != EventChunk.Record.noText else { return nil }
        return String(decoding: chunk.bytes[start..<start + Int(count)], as: UTF8.self)
    }

    private func located<T>(_ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let error as EventStoreError {
            throw located(error)
        }
    }

    private func located(_ error: EventStoreError) -> EventStoreError {
        EventStoreError(
            error.code, "Event \(position), version \(version) of '\(stream)': \(error.message)", cause: error.cause)
    }

    /// Place, type and value in one line.
    public var description: String { "\(position) \(stream)@\(version) \(type) \(json)" }
}

extension Date {
    /// Microseconds from the beginning of 1970, rounded.
    var microseconds: Int {
        let exact = (timeIntervalSince1970 * 1e6).rounded()
        return Int(exactly: exact) ?? 0
    }

    init(microseconds: Int) {
        self.init(timeIntervalSince1970: Double(microseconds) / 1e6)
    }
}
