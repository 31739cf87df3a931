import EventStore
import Foundation
import GRDB
import Testing

struct SubscriptionTests {
    @Test func `old events come first and new ones follow without a gap`() async throws {
        try await withStore { store in
            for index in 0..<600 { try await store.append(to: "order-1", [OrderPlaced(customer: "\(index)")]) }
            async let appended: Void = {
                for index in 600..<1200 { try await store.append(to: "order-2", [OrderPlaced(customer: "\(index)")]) }
            }()
            var seen: [Int] = []
            for try await event in store.subscribe() {
                seen.append(event.position)
                if seen.count == 1200 { break }
            }
            try await appended
            #expect(seen == Array(1...1200))
        }
    }

    @Test func `a filter leaves out the rest`() async throws {
        try await withStore { store in
            try await store.append(to: "order-1", [OrderPlaced(customer: "Ada"), OrderShipped()])
            try await store.append(to: "invoice-1", [OrderPlaced(customer: "Bob")])
            try await store.append(to: "order-2", [OrderPlaced(customer: "Eve")])
            let filter = EventFilter(types: ["order.placed"], categories: ["order"])
            #expect(try store.events(after: 0, matching: filter).map(\.position) == [1, 4])
            var positions: [Int] = []
            for try await event in store.subscribe(after: 1, matching: filter) {
                positions.append(event.position)
                break
            }
            #expect(positions == [4])
        }
    }

    @Test func `a consumer that waits is woken by an append`() async throws {
        // A poll would come too late to be what wakes it.
        try await withStore(.orders, { $0.pollInterval = .seconds(3600) }) { store in
            var iterator = store.subscribe().makeAsyncIterator()
            async let appended = store.append(to: "order-1", [OrderShipped()])
            let event = try await iterator.next()
            #expect(event?.position == 1)
            let result = try await appended
            #expect(result.position == 1)
        }
    }

    @Test func `events of another connection arrive by looking for them`() async throws {
        let temporary = try TemporaryStore()
        let (store, other) = (try temporary.open(), try temporary.open())
        var iterator = store.subscribe().makeAsyncIterator()
        async let appended = other.append(to: "order-1", [OrderShipped()])
        let event = try await iterator.next()
        #expect(event?.position == 1)
        _ = try await appended
        try store.close()
        try other.close()
    }

    @Test func `another process can write at the same time, and its events arrive`() async throws {
        let temporary = try TemporaryStore()
        let store = try temporary.open()
        async let other: Void = appendInAnotherProcess(to: temporary.path)
        async let own: Void = {
            for index in 0..<300 { try await store.append(to: "own", [OrderPlaced(customer: "\(index)")]) }
        }()
        var seen: [StreamID: [Int]] = [:]
        var positions: [Int] = []
        for try await event in store.subscribe() {
            seen[event.stream, default: []].append(event.version)
            positions.append(event.position)
            if positions.count == 600 { break }
        }
        try await own
        await other
        #expect(positions == Array(1...600))
        #expect(seen == ["own": Array(1...300), "other": Array(1...300)])
        try store.close()
    }

    private func appendInAnotherProcess(to path: String) async {
        await #expect(processExitsWith: .success) { [path = path as String] in
            let store = try EventStore.open(at: path)
            for index in 0..<300 { try await store.append(to: "other", [OrderPlaced(customer: "\(index)")]) }
            try store.close()
        }
    }

    @Test func `closing the store ends it`() async throws {
        let temporary = try TemporaryStore()
        let store = try temporary.open()
        async let count = store.subscribe().reduce(0) { sum, _ in sum + 1 }
        try await store.append(to: "order-1", [OrderShipped()])
        try store.close()
        let seen = try await count
        #expect(seen <= 1)
    }

    @Test func `cancelling the consumer ends it`() async throws {
        try await withStore(.orders, { $0.pollInterval = .seconds(3600) }) { store in
            let task = Task { try await store.subscribe().reduce(0) { sum, _ in sum + 1 } }
            task.cancel()
            let count = try await task.value
            #expect(count == 0)
        }
    }

    @Test func `a file that cannot be read any more is an error, and not an end`() async throws {
        let temporary = try TemporaryStore()
        let store = try temporary.open(.orders) { $0.pollInterval = .milliseconds(1) }
        try await store.append(to: "order-1", [OrderShipped()])
        var iterator = store.subscribe().makeAsyncIterator()
        #expect(try await iterator.next()?.position == 1)
        let file = try DatabaseQueue(path: temporary.path)
        try await file.write { try $0.execute(sql: "ALTER TABLE events RENAME TO gone") }
        let error = await #expect(throws: EventStoreError.self) { _ = try await iterator.next() }
        #expect(error?.code == .storageFailed)
        // The store is not closed by it: what comes when the file is whole again is seen.
        try await file.write { try $0.execute(sql: "ALTER TABLE gone RENAME TO events") }
        async let appended = store.append(to: "order-1", [OrderShipped()])
        #expect(try await iterator.next()?.position == 2)
        _ = try await appended
        try file.close()
        try store.close()
    }
}
