import EventStore

/// The events of one run until it ends.
///
/// It ends behind the event that ends the run, with what is recorded by then behind it, such as notifications; also if
/// the run is deleted, the store is closed or the task is cancelled.
package struct WatchedRun: AsyncSequence, Sendable {
    package typealias Element = RecordedRunEvent

    /// The run.
    package let run: RunID
    private let store: EventStore

    init(_ run: RunID, in store: EventStore) {
        self.run = run
        self.store = store
    }

    package func makeAsyncIterator() -> Iterator { Iterator(run, in: store) }

    /// Where a consumer is.
    package struct Iterator: AsyncIteratorProtocol {
        private let stream: StreamID
        private let store: EventStore
        private var life = RunLife()
        private var version = 0
        private var position = 0
        private var events: [RecordedEvent] = []
        private var next = 0
        private var live: EventSubscription.Iterator?

        init(_ run: RunID, in store: EventStore) {
            stream = RunHistory.stream(of: run)
            self.store = store
        }

        package mutating func next() async throws -> RecordedRunEvent? {
            while !Task.isCancelled {
                if next < events.count {
                    defer { next += 1 }
                    return try take(events[next])
                }
                // The stream alone is quicker to read than the whole store, and enough until nothing more is there.
                if live == nil {
                    guard let more = try unlessDeleted() else { return nil }
                    events = more
                    next = 0
                    if !events.isEmpty { continue }
                    guard !life.hasEnded else { return nil }
                    live = store.subscribe(after: position, matching: .streams([stream])).makeAsyncIterator()
                }
                guard let event = try await live?.next(), !event.isTombstone else { return nil }
                let recorded = try take(event)
                // What follows the end is read from the stream, and then there is nothing more.
                if life.hasEnded { live = nil }
                return recorded
            }
            return nil
        }

        private func unlessDeleted() throws -> [RecordedEvent]? {
            do {
                return try store.events(in: stream, after: version, limit: 1000)
            } catch let error as EventStoreError where error.code == .streamDeleted {
                return nil
            }
        }

        private mutating func take(_ event: RecordedEvent) throws -> RecordedRunEvent {
            version = event.version
            position = event.position
            life.apply(event.type)
            return try RecordedRunEvent(event)
        }
    }
}
