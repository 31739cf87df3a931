import EventStore
import Testing

private struct Parcels: SnapshotState {
    static let snapshotName = "parcels"
    static let snapshotVersion = 1
    var sum = 0

    mutating func apply(_ event: RecordedEvent) throws {
        sum += try event.value(as: OrderShipped.self).parcels.reduce(0, +)
    }
}

/// The same snapshot as another release would read it.
private struct OtherParcels: SnapshotState {
    static let snapshotName = "parcels"
    static let snapshotVersion = 2
    var sum = 0
    var count = 0

    mutating func apply(_ event: RecordedEvent) throws { count += 1 }
}

struct ReplayTests {
    @Test func `a stream adds up, to its end or to a version`() async throws {
        try await withStore { store in
            try await store.append(to: "a", (1...5000).map { OrderShipped(parcels: [$0]) })
            let all = try store.replay("a", as: Parcels.self)
            #expect(all.state.sum == 5000 * 5001 / 2 && all.version == 5000 && all.eventsRead == 5000)
            let some = try store.replay("a", upTo: 4, as: Parcels.self)
            #expect(some.state.sum == 10 && some.version == 4)
            #expect(try store.replay("b", as: Parcels.self).version == 0)
        }
    }

    @Test func `a snapshot saves reading`() async throws {
        try await withStore { store in
            try await store.append(to: "a", (1...10).map { OrderShipped(parcels: [$0]) })
            try await store.saveSnapshot(try store.replay("a", upTo: 8, as: Parcels.self))
            let all = try store.replay("a", as: Parcels.self)
            #expect(all.state.sum == 55 && all.version == 10 && all.eventsRead == 2)
            // A snapshot from later on is of no use for an earlier version.
            let early = try store.replay("a", upTo: 3, as: Parcels.self)
            #expect(early.state.sum == 6 && early.eventsRead == 3)
        }
    }

    @Test func `a snapshot of another version is as good as none`() async throws {
        try await withStore { store in
            try await store.append(to: "a", (1...10).map { OrderShipped(parcels: [$0]) })
            try await store.saveSnapshot(try store.replay("a", as: Parcels.self))
            let other = try store.replay("a", as: OtherParcels.self)
            #expect(other.state.count == 10 && other.eventsRead == 10)
        }
    }

    @Test func `a stream without events has no snapshot`() async throws {
        try await withStore { store in
            let nothing = try store.replay("a", as: Parcels.self)
            await expect(.invalidArgument) { try await store.saveSnapshot(nothing) }
        }
    }
}
