/// The events of a store behind a position, first those that are there, then those that come, without an end.
///
/// No event is left out and none comes twice: positions are given in the order of commits, and the subscription reads
/// on from the last one it has seen. Nothing is queued: a consumer that is slow reads later, and memory stays at one
/// chunk. Events of this process arrive at once, those of other processes within
/// ``EventStoreOptions/pollInterval``.
///
/// It ends when the store is closed or the task is cancelled.
public struct EventSubscription: AsyncSequence, Sendable {
    /// What it gives.
    public typealias Element = RecordedEvent

    private let store: EventStore
    private let start: Int
    private let filter: EventFilter

    init(_ store: EventStore, after start: Int, matching filter: EventFilter) {
        self.store = store
        self.start = start
        self.filter = filter
    }

    /// An iterator that starts from the beginning of the subscription.
    public func makeAsyncIterator() -> Iterator { Iterator(store, after: start, matching: filter) }

    /// Where a consumer of a subscription is.
    public struct Iterator: AsyncIteratorProtocol {
        /// How many events are read at once.
        private static let chunk = 256

        private let store: EventStore
        private let filter: EventFilter
        private var events = EventBatch()
        private var next = 0
        private var position: Int
        private var reachedEnd = false

        init(_ store: EventStore, after start: Int, matching filter: EventFilter) {
            self.store = store
            self.filter = filter
            position = start
        }

        /// Whether the consumer has got everything that was there when it was last read.
        ///
        /// True between the old events and the new ones: the moment to show a first picture.
        public var isCaughtUp: Bool { next == events.count && reachedEnd }

        /// The next event; waits for it.
        ///
        /// - Returns: Nil when the store is closed or the task is cancelled.
        /// - Throws: ``EventStoreError`` if the store cannot be read.
        public mutating func next() async throws -> RecordedEvent? {
            guard case .event(let event) = try await next(within: nil) else { return nil }
            return event
        }

        /// What came of a wait for the next event.
        package enum Arrival: Sendable {
            case event(RecordedEvent)
            /// No event has come; the subscription goes on.
            case nothingYet
            /// The store is closed or the task is cancelled.
            case end
        }

        /// The next event, or word that none has come within a time or so.
        ///
        /// - Parameter patience: How long to wait; nil for as long as it takes.
        /// - Returns: What came of it.
        /// - Throws: ``EventStoreError`` if the store cannot be read.
        package mutating func next(within patience: Duration?) async throws -> Arrival {
            while true {
                if next < events.count {
                    defer { next += 1 }
                    return .event(events[next])
                }
                let hasWaited = reachedEnd
                if hasWaited { await store.waitForEvents(behind: position, atMost: patience) }
                guard !Task.isCancelled, !store.head.isClosed else { return .end }
                let chunk: EventChunk
                do {
                    chunk = try store.chunk(after: position, limit: Self.chunk, matching: filter)
                } catch let error as EventStoreError where error.code == .closed {
                    return .end
                }
                events = chunk.events
                next = 0
                position = chunk.scannedTo
                reachedEnd = chunk.reachedEnd
                if hasWaited, reachedEnd, events.isEmpty, patience != nil { return .nothingYet }
            }
        }
    }
}

extension EventStore {
    /// The events behind a position, first those that are there, then those that come.
    ///
    /// - Parameters:
    ///   - position: What the consumer has seen; zero for everything. See ``RecordedEvent/position``.
    ///   - filter: Which events are wanted.
    /// - Returns: The events. Each iterator starts at the position.
    public func subscribe(after position: Int = 0, matching filter: EventFilter = .all) -> EventSubscription {
        EventSubscription(self, after: position, matching: filter)
    }

    func waitForEvents(behind position: Int, atMost patience: Duration?) async {
        guard let patience else { return await waitForEvents(behind: position) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.waitForEvents(behind: position) }
            group.addTask { try? await Task.sleep(for: patience) }
            await group.next()
            group.cancelAll()
        }
    }

    private func waitForEvents(behind position: Int) async {
        await head.wait(behind: position) { [weak self, interval = options.pollInterval] in
            while !Task.isCancelled {
                try? await Task.sleep(for: interval)
                guard let self, self.head.keepsPolling() else { return }
                guard let last = try? self.lastPosition() else {
                    // What is wrong with the file comes out where events are read.
                    return self.head.wakeAll()
                }
                self.head.advance(to: last)
            }
        }
    }
}
