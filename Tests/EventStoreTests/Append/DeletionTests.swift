import EventStore
import Foundation
import Testing

struct DeletionTests {
    @Test func `a deleted stream is gone and its name is not used again`() async throws {
        try await withStore { store in
            try await store.append(to: "order-1", [OrderPlaced(customer: "Ada"), OrderShipped()], commandID: "c")
            try await store.append(to: "order-2", [OrderShipped()])
            #expect(try await store.delete("order-1"))
            #expect(try await false == store.delete("order-1"))
            #expect(try await false == store.delete("order-9"))
            await expect(.streamDeleted) { try store.events(in: "order-1") }
            await expect(.streamDeleted) { try await store.append(to: "order-1", [OrderShipped()]) }
            await expect(.streamDeleted) {
                try await store.append(
                    to: "order-1", [OrderPlaced(customer: "Ada"), OrderShipped()], commandID: "c")
            }
            #expect(try store.version(of: "order-1") == nil)
            #expect(try store.events(after: 0).map(\.position) == [3])
        }
    }

    @Test func `its mark has a position of its own, and positions are not given twice`() async throws {
        try await withStore { store in
            try await store.append(to: "order-1", [OrderShipped(), OrderShipped()])
            try await store.delete("order-1", expecting: .exact(2))
            #expect(try store.lastPosition() == 3)
            let marks = try store.events(after: 0, matching: EventFilter(includesTombstones: true))
            #expect(marks.map(\.isTombstone) == [true])
            #expect(marks.map(\.version) == [3])
            #expect(marks.map(\.stream) == ["order-1"])
            #expect(try await store.append(to: "order-2", [OrderShipped()]).position == 4)
        }
    }

    @Test func `somebody who has written meanwhile keeps it from being deleted`() async throws {
        try await withStore { store in
            try await store.append(to: "order-1", [OrderShipped(), OrderShipped()])
            await #expect(throws: VersionConflict(stream: "order-1", expected: .exact(1), actual: 2)) {
                try await store.delete("order-1", expecting: .exact(1))
            }
            #expect(try store.version(of: "order-1") == 2)
        }
    }

    @Test func `compacting gives the space back`() async throws {
        try await withStore { store in
            let text = String(repeating: "x", count: 1000)
            try await store.append(to: "order-1", (0..<1000).map { _ in OrderPlaced(customer: text) })
            try await store.append(to: "order-2", [OrderShipped(parcels: [7])])
            try await store.delete("order-1")
            try await store.compact()
            let size = try FileManager.default.attributesOfItem(atPath: store.path)[.size] as? Int
            #expect(try #require(size) < 100_000)
            #expect(try store.events(in: "order-2")[0].value(as: OrderShipped.self).parcels == [7])
        }
    }
}
