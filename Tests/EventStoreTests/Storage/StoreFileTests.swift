import EventStore
import Foundation
import GRDB
import Testing

struct StoreFileTests {
    private func change(_ path: String, _ sql: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.write { try $0.execute(sql: sql) }
        try queue.close()
    }

    /// A connection that may keep a transaction open.
    private func holder(of path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    @Test func `events are there when the file is opened again`() async throws {
        let temporary = try TemporaryStore()
        let store = try temporary.open()
        try await store.append(to: "a", [OrderPlaced(customer: "Ada")])
        try store.close()
        let again = try temporary.open()
        #expect(try again.events(in: "a").count == 1)
        try again.close()
    }

    @Test func `a damaged file is an error that says so`() async throws {
        let temporary = try TemporaryStore()
        let noise = Data((0..<10_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ 3) })
        try noise.write(to: URL(filePath: temporary.path))
        await expect(.corrupted) { try temporary.open() }
    }

    @Test func `damage in the middle comes out where it is read`() async throws {
        let temporary = try TemporaryStore()
        let store = try temporary.open()
        let text = String(repeating: "x", count: 300)
        try await store.append(to: "a", (0..<2000).map { _ in OrderPlaced(customer: text) })
        try store.close()
        var bytes = try Data(contentsOf: URL(filePath: temporary.path))
        for index in stride(from: 20_000, to: bytes.count, by: 1) { bytes[index] = 0xA5 }
        try bytes.write(to: URL(filePath: temporary.path))
        await expect(.corrupted) {
            let damaged = try temporary.open()
            defer { try? damaged.close() }
            return try damaged.events(after: 0)
        }
    }

    @Test func `a file of a newer release is an error that says so`() async throws {
        let temporary = try TemporaryStore()
        try temporary.open().close()
        try change(temporary.path, "PRAGMA user_version = 99")
        await expect(.futureFormat) { try temporary.open() }
    }

    @Test func `a database of something else is left alone`() async throws {
        let temporary = try TemporaryStore()
        try change(temporary.path, "CREATE TABLE other (a)")
        await expect(.foreignFile) { try temporary.open() }
    }

    @Test func `a folder that is not there is an error that says so`() async throws {
        await expect(.storageFailed) { try EventStore.open(at: "/nonexistent-folder/events.db") }
    }

    @Test func `options out of range are refused`() async throws {
        let temporary = try TemporaryStore()
        await expect(.invalidArgument) { try temporary.open(.orders) { $0.pollInterval = .zero } }
        await expect(.invalidArgument) { try temporary.open(.orders) { $0.maximumGroup = 0 } }
        await expect(.invalidArgument) { try temporary.open(.orders) { $0.busyTimeout = .seconds(-1) } }
    }

    @Test func `a lock that others keep is an error after the busy timeout`() async throws {
        let temporary = try TemporaryStore()
        let store = try temporary.open(.orders) { $0.busyTimeout = .milliseconds(20) }
        let other = try holder(of: temporary.path)
        try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        await expect(.busy) { try await store.append(to: "a", [OrderShipped()]) }
        try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        #expect(try await store.append(to: "a", [OrderShipped()]).position == 1)
        try other.close()
        try store.close()
    }

    @Test func `an append goes on when others let go of their lock`() async throws {
        let temporary = try TemporaryStore()
        let store = try temporary.open()
        let other = try holder(of: temporary.path)
        try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        async let first = store.append(to: "a", [OrderShipped()])
        async let second = store.append(to: "b", [OrderShipped()])
        try await other.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
        let positions = try await [first.position, second.position]
        #expect(Set(positions) == [1, 2])
        try other.close()
        try store.close()
    }
}
