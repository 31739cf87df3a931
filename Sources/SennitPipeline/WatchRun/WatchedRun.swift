import EventStore

/// The events of one run until it ends.
///
/// It ends behind the event that ends the run, with what is recorded by then behind it, such as notifications; also if
/// the process that runs it has died, the run is deleted, the store is closed or the task is cancelled.
package struct WatchedRun: AsyncSequence, Sendable {
    package typealias Element = RecordedRunEvent

    /// The run.
    package let run: RunID
    private let store: EventStore
    private let isHeld: @Sendable (RunID) async -> Bool

    init(_ run: RunID, in store: EventStore, isHeld: @escaping @Sendable (RunID) async -> Bool) {
        self.run = run
        self.store = store
        self.isHeld = isHeld
    }

    package func makeAsyncIterator() -> Iterator {
        Iterator(RunHistory.stream(of: run), in: store) { [run, isHeld] in await isHeld(run) }
    }

    /// Where a consumer is.
    package struct Iterator: AsyncIteratorProtocol {
        /// How long nothing may happen before it is asked whether the process is still there.
        private static let patience = Duration.milliseconds(250)

        private let stream: StreamID
        private let store: EventStore
        private let isHeld: @Sendable () async -> Bool
        private var isAbandoned = false
        private var life = RunLife()
        private var version = 0
        private var position = 0
        private var events: [RecordedEvent] = []
        private var next = 0
        private var live: EventSubscription.Iterator?

        init(_ stream: StreamID, in store: EventStore, isHeld: @escaping @Sendable () async -> Bool) {
            self.stream = stream
            self.store = store
            self.isHeld = isHeld
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
                    guard !life.hasEnded, !isAbandoned else { return nil }
                    guard await isHeld() else {
                        // What it recorded before it died may have come since: one more look at the stream.
                        isAbandoned = true
                        continue
                    }
                    live = store.subscribe(after: position, matching: .streams([stream])).makeAsyncIterator()
                }
                switch try await live?.next(within: Self.patience) {
                case .event(let event):
                    guard !event.isTombstone else { return nil }
                    let recorded = try take(event)
                    // What follows the end is read from the stream, and then there is nothing more.
                    if life.hasEnded { live = nil }
                    return recorded
                case .nothingYet: if await !isHeld() { live = nil }
                case .end, nil: return nil
                }
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
            // Somebody has taken it up again.
            if event.type.name == RunStarted.name { isAbandoned = false }
            return try RecordedRunEvent(event)
        }
    }
}
