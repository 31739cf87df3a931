import Foundation
import Synchronization

/// Events in streams, in one SQLite file that several processes may use at the same time.
///
/// ```swift
/// let store = try EventStore.open(at: "orders.db", schema: EventSchema([OrderPlaced.self]))
/// try await store.append(to: "order-17", expecting: .none, [OrderPlaced(customer: "Ada")])
/// for event in try store.events(in: "order-17") { print(try event.value()) }
/// ```
///
/// An append is atomic: all of its events are there, with versions in a row, or none is. Events get positions in the
/// order in which they were committed, so whoever has read up to a position has seen everything before it.
///
/// Reading never waits for writing. Nothing here keeps a thread waiting for another process.
public final class EventStore: Sendable {
    /// The file.
    public let path: String
    let options: EventStoreOptions
    let connection: StoreConnection
    let reader: EventReader
    let head = HeadSignal()
    let queue: Mutex<AppendQueue<AppendWaiter>>
    let nextWaiter = Atomic<Int>(0)

    /// Opens a store; makes the file if there is none.
    ///
    /// - Parameters:
    ///   - path: The file, in a folder that exists and may be written: SQLite keeps its log beside the file. The folder
    ///     has to be on a disk of this machine; network file systems do not work.
    ///   - schema: The kinds of events that are read as values. Other events can be read, but not decoded.
    ///   - options: How the store behaves.
    /// - Returns: The open store.
    /// - Throws: ``EventStoreError``: the file is damaged, is something else, or was written by a newer release.
    public static func open(
        at path: String, schema: EventSchema = EventSchema(), options: EventStoreOptions = EventStoreOptions()
    ) throws -> EventStore {
        try options.validate()
        let connection = try StoreConnection.open(at: path, options: options)
        return EventStore(connection, schema: schema, options: options)
    }

    private init(_ connection: StoreConnection, schema: EventSchema, options: EventStoreOptions) {
        path = connection.path
        self.connection = connection
        self.options = options
        reader = EventReader(schema: schema)
        queue = Mutex(AppendQueue(limit: options.maximumWaitingAppends))
    }

    /// Closes the file; subscriptions end.
    ///
    /// Safe to repeat. A store that is not closed closes itself when nobody holds it any more.
    ///
    /// - Throws: ``EventStoreError`` if the system refuses.
    public func close() throws {
        head.close()
        try connection.close()
    }
}
