import EventStore
import Testing

private struct PlacedV1: Event {
    static let eventType = EventType("placed", version: 1)
    var who: String
}

private struct PlacedV2: Event {
    static let eventType = EventType("placed", version: 2)
    var customer: String
}

private struct Ordered: Event, Equatable {
    static let eventType = EventType("ordered", version: 1)
    var customer: String
    var currency: String
}

struct SchemaTests {
    private static let chain = EventSchema()
        .upcast(PlacedV1.self, to: PlacedV2.self) { PlacedV2(customer: $0.who) }
        .upcast(PlacedV2.self, to: Ordered.self) { Ordered(customer: $0.customer, currency: "EUR") }
        .event(Ordered.self)

    @Test func `old forms become new ones step by step`() async throws {
        try await withStore(Self.chain) { store in
            let old: [any Event] = [
                PlacedV1(who: "Ada"), PlacedV2(customer: "Bob"), Ordered(customer: "Eve", currency: "CHF"),
            ]
            try await store.append(to: "order-1", old)
            let values = try store.events(in: "order-1").map { try $0.value(as: Ordered.self) }
            #expect(
                values == [
                    Ordered(customer: "Ada", currency: "EUR"), Ordered(customer: "Bob", currency: "EUR"),
                    Ordered(customer: "Eve", currency: "CHF"),
                ])
            #expect(try store.events(in: "order-1")[0].type == EventType("placed", version: 1))
        }
    }

    @Test func `a type that nobody knows is an error with its place`() async throws {
        try await withStore { store in
            try await store.append(to: "order-1", [PlacedV1(who: "Ada")])
            let event = try store.events(in: "order-1")[0]
            await expect(.unknownEventType) { try event.value() }
            #expect(try #require(throws: EventStoreError.self) { try event.value() }.message.contains("order-1"))
        }
    }

    @Test func `a form of a newer program is an error of its own`() async throws {
        try await withStore(EventSchema([PlacedV1.self])) { store in
            try await store.append(to: "order-1", [PlacedV2(customer: "Ada")])
            let event = try store.events(in: "order-1")[0]
            await expect(.futureEvent) { try event.value() }
        }
    }

    @Test func `a value that does not fit its type is an error`() async throws {
        struct Placed: Event {
            static let eventType = EventType("placed", version: 1)
            var who: Int
        }
        try await withStore { store in
            try await store.append(to: "order-1", [PlacedV1(who: "Ada")])
            let event = try store.events(in: "order-1")[0]
            await expect(.undecodablePayload) { try event.value(as: Placed.self) }
            await expect(.unknownEventType) { try event.value(as: Ordered.self) }
        }
    }

    @Test func `steps that run in a circle are an error`() async throws {
        let circle = EventSchema()
            .upcast(PlacedV1.self, to: PlacedV2.self) { PlacedV2(customer: $0.who) }
            .upcast(PlacedV2.self, to: PlacedV1.self) { PlacedV1(who: $0.customer) }
        try await withStore(circle) { store in
            try await store.append(to: "order-1", [PlacedV1(who: "Ada")])
            let event = try store.events(in: "order-1")[0]
            await expect(.invalidArgument) { try event.value() }
        }
    }
}
