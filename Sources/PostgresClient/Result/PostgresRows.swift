import ByteText

/// What a query gave: rows of text, all of them in memory.
public struct PostgresRows: Sendable {
    private let result: ServerResult
    /// The columns, in the query's order.
    public let columns: [PostgresColumn]

    init(_ result: ServerResult) {
        self.result = result
        columns = (0..<result.columnCount).map {
            PostgresColumn(name: result.columnName($0), typeNumber: result.columnType($0))
        }
    }
}

/// One column of a query's result.
public struct PostgresColumn: Sendable, Hashable {
    /// The column's name; several may have the same.
    public let name: String
    /// The number of its type in `pg_type`.
    public let typeNumber: UInt32
}

extension PostgresRows: RandomAccessCollection {
    /// The first row's number.
    public var startIndex: Int { 0 }
    /// How many rows there are.
    public var endIndex: Int { result.rowCount }

    /// A row by its number, counted from 0.
    public subscript(position: Int) -> PostgresRow {
        precondition(indices.contains(position), "no such row")
        return PostgresRow(result: result, columns: columns, number: position)
    }
}

// Safety: bytes are lent by the result for the length of a closure and copied or lent on from there.
/// One row of a query's result.
public struct PostgresRow: Sendable {
    private let result: ServerResult
    private let columns: [PostgresColumn]
    private let number: Int

    init(result: ServerResult, columns: [PostgresColumn], number: Int) {
        self.result = result
        self.columns = columns
        self.number = number
    }

    /// How many columns it has.
    public var count: Int { result.columnCount }

    /// A column's text by its number, counted from 0; nil for a null.
    public subscript(column: Int) -> String? {
        unsafe result.withValue(row: number, column: column) { bytes in
            unsafe bytes.map { unsafe String(decoding: $0, as: UTF8.self) }
        }
    }

    /// A column's text by its name; nil for a null.
    ///
    /// - Throws: ``PostgresError`` with ``PostgresError/Code/misuse`` if there is no such column.
    public func text(_ name: String) throws(PostgresError) -> String? {
        guard let column = columns.firstIndex(where: { $0.name.bytes == name.bytes }) else {
            let names = columns.map(\.name).joined(separator: ", ")
            throw PostgresError(.misuse, "the result has no column '\(name)'; it has: \(names)")
        }
        return self[column]
    }

    /// Lends a column's bytes, as the server sent them; nil for a null.
    public func withBytes<Result>(_ column: Int, _ body: (RawSpan?) throws -> Result) rethrows -> Result {
        try unsafe result.withValue(row: number, column: column) { bytes in
            guard let bytes = unsafe bytes else { return try body(nil) }
            return try unsafe body(bytes.bytes)
        }
    }
}
