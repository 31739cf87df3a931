/// Events that were read together and share one buffer.
package final class EventChunk: Sendable {
    /// One event: numbers, and where its texts are in the buffer.
    struct Record: Sendable {
        var position: Int
        var version: Int
        var time: Int
        /// Indices into the chunk's names.
        var stream: Int32
        var type: Int32
        /// The texts stand one after another; what is missing is marked by ``noText``.
        var start: Int32
        var correlationBytes: Int32
        var causationBytes: Int32
        var payloadBytes: Int32

        static let noText: Int32 = -1
    }

    let bytes: [UInt8]
    let records: [Record]
    let streams: [StreamID]
    let types: [EventType]
    let schema: EventSchema

    /// Up to where the store was looked through; behind the last event if the rest did not match.
    package let scannedTo: Int
    /// Whether there was nothing more when this was read.
    package let reachedEnd: Bool

    init(_ builder: consuming EventChunkBuilder, schema: EventSchema, scannedTo: Int, reachedEnd: Bool) {
        bytes = builder.bytes
        records = builder.records
        streams = builder.streams
        types = builder.types
        self.schema = schema
        self.scannedTo = scannedTo
        self.reachedEnd = reachedEnd
    }

    /// The events.
    package var events: EventBatch { EventBatch(chunk: self) }
}

/// What a chunk is made of while it is read.
struct EventChunkBuilder {
    var bytes: [UInt8] = []
    var records: [EventChunk.Record] = []
    var streams: [StreamID] = []
    var types: [EventType] = []
}
