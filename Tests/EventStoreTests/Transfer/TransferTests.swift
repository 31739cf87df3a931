import EventStore
import Foundation
import Testing

private struct Amount: Event, Equatable {
    static let eventType = EventType("amount")
    var note: String
    var value: Decimal
}

struct TransferTests {
    private func lines(_ store: EventStore) throws -> [String] {
        var text: [UInt8] = []
        try store.exportLines { text.append(contentsOf: $0) }
        return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test func `what was exported comes back as it was`() async throws {
        try await withStore { store in
            let value = try #require(Decimal(string: "0.10000000000000000000000001"))
            let amounts = [
                Amount(note: "a \"payload\": {[", value: value), Amount(note: "\\\"}", value: 1),
            ]
            try await store.append(to: "a-1", amounts, metadata: EventMetadata(correlation: "k"))
            try await store.append(to: "b-1", [OrderShipped(parcels: [1])])
            try await store.append(to: "a-1", [OrderShipped()])
            let exported = try lines(store)
            try await withStore { copy in
                #expect(try await copy.importLines(exported) == 4)
                let events = try copy.events(in: "a-1")
                #expect(events.map(\.json) == (try store.events(in: "a-1").map(\.json)))
                #expect(events.map(\.microseconds) == (try store.events(in: "a-1").map(\.microseconds)))
                #expect(try events[0].value(as: Amount.self) == amounts[0])
                #expect(events[0].metadata.correlation == "k")
                #expect(try lines(copy) == exported)
                // A second time there is nothing to add.
                #expect(try await copy.importLines(exported) == 0)
            }
        }
    }

    @Test func `the marks of deleted streams go along`() async throws {
        try await withStore { store in
            try await store.append(to: "a-1", [OrderShipped(), OrderShipped()])
            try await store.append(to: "b-1", [OrderShipped()])
            try await store.delete("a-1")
            let exported = try lines(store)
            try await withStore { copy in
                let added = try await copy.importLines(exported)
                #expect(added == 2)
                await expect(.streamDeleted) { try copy.events(in: "a-1") }
                #expect(try await copy.importLines(exported) == 0)
            }
        }
    }

    @Test(arguments: [
        "{", "[]", "{}", "null", "\u{0}",
        #"{"position":1,"stream":"a","version":1,"type":"t","schema":1,"time":1}"#,
        #"{"position":1,"stream":"","version":1,"type":"t","schema":1,"time":1,"payload":{}}"#,
        #"{"position":1,"stream":"a","version":0,"type":"t","schema":1,"time":1,"payload":{}}"#,
        #"{"position":1,"stream":"a","version":2,"type":"t","schema":1,"time":1,"payload":{}}"#,
        #"{"position":1,"stream":"a","version":1,"type":"t","schema":1,"time":1e99,"payload":{}}"#,
        #"{"position":1,"stream":"a","version":1,"type":"t","schema":1,"time":1,"payload":{}"#,
    ])
    func `a line that is no event is an error with its number`(line: String) async throws {
        try await withStore { store in
            let error = await #expect(throws: EventStoreError.self) { try await store.importLines(["", line]) }
            #expect(error?.code == .malformedLine)
            #expect(error?.message.contains("Line 2") == true)
            let last = try store.lastPosition()
            #expect(last == 0)
        }
    }

    @Test func `a line that differs from what is there is an error`() async throws {
        try await withStore { store in
            try await store.append(to: "a-1", [OrderShipped()])
            let line = try lines(store)[0].replacing("[]", with: "[1]")
            await expect(.malformedLine) { try await store.importLines([line]) }
        }
    }
}
