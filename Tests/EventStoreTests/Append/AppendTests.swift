import EventStore
import Foundation
import Testing

struct AppendTests {
    @Test func `events get versions in their stream and positions in the store`() async throws {
        try await withStore { store in
            let first = try await store.append(to: "order-1", [OrderPlaced(customer: "Ada"), OrderShipped()])
            let second = try await store.append(to: "order-2", [OrderPlaced(customer: "Bob")])
            #expect(first.versions == 1...2 && first.position == 2 && !first.wasRepeated)
            #expect(second.versions == 1...1 && second.position == 3)
            #expect(try store.version(of: "order-1") == 2)
            #expect(try store.version(of: "order-3") == 0)
            #expect(try store.lastPosition() == 3)
        }
    }

    @Test func `names of streams are bytes`() async throws {
        let streams: [StreamID] = ["caf\u{E9}-1", "cafe\u{301}-1", "a-\u{301}b"]
        #expect(Set(streams).count == 3)
        #expect(streams[2].category == "a" && streams[2].identifier.utf8.elementsEqual("\u{301}b".utf8))
        try await withStore { store in
            for stream in streams { try await store.append(to: stream, expecting: .none, [OrderShipped()]) }
            #expect(try store.events(in: streams[0]).map(\.stream) == [streams[0]])
        }
    }

    @Test func `values and metadata come back as they went in`() async throws {
        let time = Date(timeIntervalSince1970: 1_700_000_000.123456)
        try await withStore(.orders, { $0.now = { time } }) { store in
            let metadata = EventMetadata(correlation: "request-9", causation: "käse")
            try await store.append(
                to: "order-1", [OrderPlaced(customer: "Ada / \u{1F600}", total: -7)], metadata: metadata)
            try await store.append(to: "order-1", [OrderShipped(parcels: [1, 2])])
            let events = try store.events(in: "order-1")
            #expect(try events[0].value() as? OrderPlaced == OrderPlaced(customer: "Ada / \u{1F600}", total: -7))
            #expect(try events[1].value(as: OrderShipped.self) == OrderShipped(parcels: [1, 2]))
            #expect(events.map(\.metadata) == [metadata, EventMetadata()])
            #expect(events[0].microseconds == 1_700_000_000_123_456)
            #expect(abs(events[0].time.timeIntervalSince(time)) < 1e-6)
            #expect(events[0].stream == "order-1" && events[0].type == OrderPlaced.eventType)
        }
    }

    @Test(arguments: [
        (ExpectedVersion.none, false), (.exact(0), false), (.exact(1), true), (.exact(2), false), (.any, true),
    ])
    func `an expectation that does not hold writes nothing`(expected: ExpectedVersion, holds: Bool) async throws {
        try await withStore { store in
            try await store.append(to: "order-1", expecting: .none, [OrderPlaced(customer: "Ada")])
            if holds {
                let result = try await store.append(to: "order-1", expecting: expected, [OrderShipped()])
                #expect(result.version == 2)
            } else {
                await #expect(throws: VersionConflict(stream: "order-1", expected: expected, actual: 1)) {
                    try await store.append(to: "order-1", expecting: expected, [OrderShipped()])
                }
                #expect(try store.version(of: "order-1") == 1)
            }
        }
    }

    @Test func `a command that comes again gives the first answer and writes nothing`() async throws {
        try await withStore { store in
            let events: [any Event] = [OrderPlaced(customer: "Ada"), OrderShipped()]
            let first = try await store.append(to: "order-1", expecting: .none, events, commandID: "c-1")
            let second = try await store.append(to: "order-1", expecting: .none, events, commandID: "c-1")
            #expect(second.versions == first.versions && second.position == first.position && second.wasRepeated)
            #expect(try store.lastPosition() == 2)
        }
    }

    @Test(arguments: [
        ("order-1", [OrderPlaced(customer: "Eve")]), ("order-2", [OrderPlaced(customer: "Ada")]),
        ("order-1", [OrderPlaced(customer: "Ada"), OrderPlaced(customer: "Ada")]),
    ])
    func `a command that comes again with something else is a conflict`(stream: String, events: [OrderPlaced])
        async throws
    {
        try await withStore { store in
            try await store.append(to: "order-1", [OrderPlaced(customer: "Ada")], commandID: "c-1")
            await #expect(throws: CommandConflict(command: "c-1", stream: "order-1", versions: 1...1)) {
                try await store.append(to: StreamID(stream), events, commandID: "c-1")
            }
            #expect(try store.lastPosition() == 1)
        }
    }

    @Test(arguments: ["", "a\u{0}b", "a\nb", String(repeating: "x", count: 256)])
    func `a name that is none is refused`(name: String) async throws {
        try await withStore { store in
            await expect(.invalidArgument) { try await store.append(to: StreamID(name), [OrderShipped()]) }
            await expect(.invalidArgument) { try store.events(in: StreamID(name)) }
        }
    }

    @Test func `counts and sizes out of range are refused`() async throws {
        try await withStore(.orders, { $0.maximumEventBytes = 100 }) { store in
            await expect(.invalidArgument) { try await store.append(to: "a", []) }
            await expect(.invalidArgument) { try await store.append(to: "a", expecting: .exact(-1), [OrderShipped()]) }
            await expect(.invalidArgument) { try await store.append(to: "a", [OrderShipped()], commandID: "") }
            await expect(.encodingFailed) {
                try await store.append(to: "a", [OrderPlaced(customer: String(repeating: "x", count: 100))])
            }
            await expect(.invalidArgument) { try store.events(after: 0, limit: 0) }
            let last = try store.lastPosition()
            #expect(last == 0)
        }
    }

    @Test func `a value that JSON cannot hold is refused`() async throws {
        struct Weighed: Event {
            static let eventType = EventType("order.weighed")
            var weight: Double
        }
        try await withStore { store in
            await expect(.encodingFailed) { try await store.append(to: "a", [Weighed(weight: .nan)]) }
        }
    }

    @Test(arguments: [EventStoreOptions.Durability.normal, .full])
    func `callers at the same time each get their own answer`(durability: EventStoreOptions.Durability) async throws {
        try await withStore(.orders, { $0.durability = durability }) { store in
            let results = try await withThrowingTaskGroup(of: (Int, AppendResult).self) { group in
                for caller in 0..<200 {
                    group.addTask {
                        let stream = StreamID("order-\(caller % 10)")
                        return (caller, try await store.append(to: stream, [OrderPlaced(customer: "\(caller)")]))
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(results.map(\.1.position)) == Set(1...200))
            let all = try store.events(after: 0)
            for (caller, result) in results {
                #expect(try all[result.position - 1].value(as: OrderPlaced.self).customer == "\(caller)")
                #expect(all[result.position - 1].version == result.version)
            }
        }
    }

    @Test func `of callers that expect the same version one wins`() async throws {
        try await withStore { store in
            let wins = await withTaskGroup(of: Bool.self) { group in
                for caller in 0..<50 {
                    group.addTask {
                        let event = OrderPlaced(customer: "\(caller)")
                        return (try? await store.append(to: "order-1", expecting: .none, [event])) != nil
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(wins == 1)
            let version = try store.version(of: "order-1")
            #expect(version == 1)
        }
    }

    @Test func `a cancelled caller writes nothing`() async throws {
        try await withStore { store in
            let task = Task {
                unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                try await store.append(to: "order-1", [OrderShipped()])
            }
            await #expect(throws: CancellationError.self) { try await task.value }
            let last = try store.lastPosition()
            #expect(last == 0)
        }
    }

    @Test func `a closed store says so`() async throws {
        let temporary = try TemporaryStore()
        let store = try temporary.open()
        try store.close()
        try store.close()
        await expect(.closed) { try await store.append(to: "order-1", [OrderShipped()]) }
        await expect(.closed) { try store.events(after: 0) }
    }
}
