import ObjectStorage
public import PostgresClient

// Safety: a block's bytes are lent for the length of one call.
/// The rows of plain dumps, loaded into tables that are there already.
///
/// A dump also makes its tables, so only one could be loaded into a database. Here the `COPY` sections alone are used,
/// and several dumps add up.
public enum DumpRows {
    /// Loads the rows of a dump.
    ///
    /// - Parameters:
    ///   - path: A plain dump, as `pg_dump` or `PostgresServer.dump` writes it.
    ///   - schema: The schema whose tables are loaded; sections of others are left out.
    ///   - connection: A connection to the database that has the tables.
    /// - Returns: How many rows of each table were loaded, by its name with its schema; a table without rows has 0.
    /// - Throws: ``DumpRowsError`` for a section that does not end, and for rows that the database has already;
    ///   `PostgresError`; `StorageError` for the file.
    @discardableResult
    public static func load(
        _ path: String, schema: String, into connection: PostgresConnection
    ) throws -> [String: Int] {
        var lines = DumpLines(try FileBytes.reading(path))
        var rows: [String: Int] = [:]
        while let section = try lines.nextSection(of: schema) {
            do {
                rows[section.table, default: 0] += try connection.copyIn(section.statement) { writer in
                    while let block = try lines.nextRows() { try unsafe writer.write(block.span.bytes) }
                    guard lines.sectionHasEnded else {
                        throw DumpRowsError(.brokenOff, path: path, table: section.table)
                    }
                }
            } catch let error as PostgresError where error.sqlState == uniqueViolation {
                throw DumpRowsError(.alreadyThere, path: path, table: section.table)
            }
        }
        return rows
    }

    /// Counts the rows of a dump without a database.
    ///
    /// - Returns: As ``load(_:schema:into:)``.
    /// - Throws: ``DumpRowsError`` for a section that does not end; `StorageError` for the file.
    public static func count(_ path: String, schema: String) throws -> [String: Int] {
        var lines = DumpLines(try FileBytes.reading(path))
        var rows: [String: Int] = [:]
        while let section = try lines.nextSection(of: schema) {
            rows[section.table, default: 0] += 0
            while let block = try lines.nextRows() {
                rows[section.table, default: 0] += block.count { $0 == UInt8(ascii: "\n") }
            }
            guard lines.sectionHasEnded else { throw DumpRowsError(.brokenOff, path: path, table: section.table) }
        }
        return rows
    }

    /// How many prices a dump was found to hold.
    ///
    /// - Parameters:
    ///   - rows: What ``load(_:schema:into:)`` or ``count(_:schema:)`` has returned.
    ///   - path: The dump, to be named.
    /// - Returns: The rows of the table of prices; it may have none.
    /// - Throws: ``DumpRowsError`` for a file that does not have the table of prices, such as an empty one.
    public static func prices(in rows: [String: Int], of path: String) throws(DumpRowsError) -> Int {
        guard let count = rows[PriceChecks.table] else {
            throw DumpRowsError(.noPrices, path: path, table: PriceChecks.table)
        }
        return count
    }

    private static let uniqueViolation = "23505"
}
