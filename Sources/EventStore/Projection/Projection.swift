import ByteText
public import GRDB

/// Tables that are made from events and can be made again.
///
/// The tables live in the store's file. Each batch of events changes them in one transaction with the position up to
/// which they are made, so that every event counts exactly once, whatever happens.
///
/// ```swift
/// struct Customers: Projection {
///     let name = "customers"
///     let version = 1
///     let filter = EventFilter.types(OrderPlaced.self)
///
///     func createTables(_ tables: ProjectionTables, in db: Database) throws {
///         try db.execute(sql: "CREATE TABLE \(tables["customers"]) (name TEXT PRIMARY KEY, orders INTEGER)")
///     }
///
///     func apply(_ events: EventBatch, to tables: ProjectionTables, in db: Database) throws { … }
/// }
/// ```
public protocol Projection: Sendable {
    /// A name that no other projection of the store has.
    var name: String { get }
    /// Raise it when the tables or what they are made of change: they are then built anew beside the old ones.
    var version: Int { get }
    /// Which events it is made from. The default is all of them.
    var filter: EventFilter { get }

    /// Makes empty tables.
    func createTables(_ tables: ProjectionTables, in db: Database) throws

    /// Changes the tables by some events, in order.
    ///
    /// Depend on nothing but the events and the tables. What this throws stops the projection before the batch, and
    /// comes out where the projection was asked for.
    func apply(_ events: EventBatch, to tables: ProjectionTables, in db: Database) throws
}

extension Projection {
    /// All events.
    public var filter: EventFilter { .all }
}

/// The names that the tables of one projection have in the file.
public struct ProjectionTables: Sendable {
    let id: Int

    /// The name of a table or an index, to be put into a statement as it is.
    ///
    /// - Parameter name: Its short name: letters, digits and underscores.
    public subscript(name: String) -> String {
        "projection_\(id)_"
            + String(
                decoding: name.utf8.filter { ByteText.isLetter($0) || ByteText.isDigit($0) || $0 == UInt8(ascii: "_") },
                as: UTF8.self)
    }

    /// Removes the tables; their indices go with them.
    func drop(in db: Database) throws {
        let names = try String.fetchAll(
            db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB 'projection_\(id)_*'")
        for name in names { try db.execute(sql: "DROP TABLE \(name)") }
    }
}
