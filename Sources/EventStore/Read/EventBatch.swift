/// Some events in order, read together.
public struct EventBatch: RandomAccessCollection, Sendable {
    private let chunk: EventChunk?

    init() { chunk = nil }

    init(chunk: EventChunk) { self.chunk = chunk }

    /// Zero.
    public var startIndex: Int { 0 }

    /// The number of events.
    public var endIndex: Int { chunk?.records.count ?? 0 }

    /// An event.
    public subscript(index: Int) -> RecordedEvent {
        guard let chunk, chunk.records.indices.contains(index) else { fatalError("no event at \(index)") }
        return RecordedEvent(chunk: chunk, index: index)
    }
}
