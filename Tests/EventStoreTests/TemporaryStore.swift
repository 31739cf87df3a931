import EventStore
import Foundation
import Testing

/// A folder of its own for one test, gone with it.
final class TemporaryStore: Sendable {
    let folder: URL
    var path: String { folder.appending(path: "events.db").path }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "event-store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func open(_ schema: EventSchema = .orders, _ change: (inout EventStoreOptions) -> Void = { _ in }) throws
        -> EventStore
    {
        var options = EventStoreOptions()
        change(&options)
        return try EventStore.open(at: path, schema: schema, options: options)
    }
}

/// Opens a store in a folder of its own, and closes it.
func withStore<T>(
    _ schema: EventSchema = .orders, _ change: (inout EventStoreOptions) -> Void = { _ in },
    _ body: (EventStore) async throws -> T
) async throws -> T {
    let temporary = try TemporaryStore()
    let store = try temporary.open(schema, change)
    let result: T
    do {
        result = try await body(store)
    } catch {
        try store.close()
        throw error
    }
    try store.close()
    return withExtendedLifetime(temporary) { result }
}

struct OrderPlaced: Event, Equatable {
    static let eventType = EventType("order.placed")
    var customer: String
    var total = 0
}

struct OrderShipped: Event, Equatable {
    static let eventType = EventType("order.shipped")
    var parcels: [Int] = []
}

extension EventSchema {
    static let orders = EventSchema([OrderPlaced.self, OrderShipped.self])
}

/// Expects an error of the store with a code.
func expect<T>(
    _ code: EventStoreError.Code, sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> T
) async {
    let error = await #expect(throws: EventStoreError.self, sourceLocation: sourceLocation) { _ = try await body() }
    #expect(error?.code == code, sourceLocation: sourceLocation)
}
