import EventStore
import Testing

struct ReadTests {
    @Test func `a stream can be read in parts`() async throws {
        try await withStore { store in
            try await store.append(to: "a", (1...10).map { OrderShipped(parcels: [$0]) })
            #expect(try store.events(in: "a", after: 3, upTo: 6).map(\.version) == [4, 5, 6])
            #expect(try store.events(in: "a", after: 8).map(\.version) == [9, 10])
            #expect(try store.events(in: "a", limit: 2).map(\.version) == [1, 2])
            #expect(try store.events(in: "a", after: 10).isEmpty)
            #expect(try store.events(in: "b").isEmpty)
        }
    }

    @Test func `the store can be read by type, category and stream`() async throws {
        try await withStore { store in
            for stream in ["order-1", "order-2", "invoice-1"] {
                try await store.append(to: StreamID(stream), [OrderPlaced(customer: stream), OrderShipped()])
            }
            func positions(_ filter: EventFilter) throws -> [Int] {
                try store.events(matching: filter).map(\.position)
            }
            #expect(try positions(.all) == [1, 2, 3, 4, 5, 6])
            #expect(try positions(.types(OrderShipped.self)) == [2, 4, 6])
            #expect(try positions(.category("order")) == [1, 2, 3, 4])
            #expect(try positions(.streams(["order-2"])) == [3, 4])
            #expect(try positions(EventFilter(types: [], categories: nil)) == [])
        }
    }

    @Test func `streams are found by the beginning of their names`() async throws {
        try await withStore { store in
            for stream in ["order-1", "order-10", "order-2", "other-1"] {
                try await store.append(to: StreamID(stream), [OrderShipped()])
            }
            #expect(try store.streams(startingWith: "order-1") == ["order-10", "order-1"])
            #expect(try store.streams(startingWith: "order-", limit: 1) == ["order-2"])
            #expect(try store.streams().count == 4)
            try await store.delete("order-10")
            #expect(try store.streams(startingWith: "order-1") == ["order-1"])
        }
    }

    @Test func `large values come back whole`() async throws {
        try await withStore { store in
            let text = String(repeating: "äöü", count: 300_000)
            for index in 0..<8 { try await store.append(to: "a", [OrderPlaced(customer: text, total: index)]) }
            var positions: [Int] = []
            for try await event in store.subscribe() {
                #expect(try event.value(as: OrderPlaced.self) == OrderPlaced(customer: text, total: positions.count))
                positions.append(event.position)
                if positions.count == 8 { break }
            }
            #expect(positions == Array(1...8))
        }
    }

    @Test func `a stream's name has a category and an identifier`() {
        #expect(StreamID("run-2025-04").category == "run" && StreamID("run-2025-04").identifier == "2025-04")
        #expect(StreamID("run").category == "run" && StreamID("run").identifier == "")
        #expect(StreamID(category: "a", identifier: "b") == "a-b")
    }
}
