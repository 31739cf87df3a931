import CLibpq

// Safety: the object owns the PGresult from `init` to `deinit`. Nothing changes a PGresult once libpq has handed it
// over, so any thread may read it; every row and column is checked against its bounds before libpq is asked.
// Sendable by hand: the pointer and what it points to never change.
/// One statement's result, as libpq holds it.
@safe
final class ServerResult: @unchecked Sendable {
    private let result: OpaquePointer
    let rowCount: Int
    let columnCount: Int

    /// Takes over a result.
    init(adopting result: OpaquePointer) {
        unsafe self.result = result
        rowCount = Int(unsafe PQntuples(result))
        columnCount = Int(unsafe PQnfields(result))
    }

    deinit { unsafe PQclear(result) }

    var status: ExecStatusType { unsafe PQresultStatus(result) }

    /// How many rows the statement changed, or copied; 0 for a statement that has no such count.
    var affectedRows: Int {
        guard let text = unsafe PQcmdTuples(result) else { return 0 }
        return unsafe Int(String(cString: text)) ?? 0
    }

    func columnName(_ column: Int) -> String {
        guard let name = unsafe PQfname(result, Int32(column)) else { return "" }
        return unsafe String(cString: name)
    }

    func columnType(_ column: Int) -> UInt32 { unsafe PQftype(result, Int32(column)) }

    /// Lends a value's bytes; nil for a null.
    func withValue<Result>(
        row: Int, column: Int, _ body: (UnsafeRawBufferPointer?) throws -> Result
    ) rethrows -> Result {
        precondition(row >= 0 && row < rowCount && column >= 0 && column < columnCount, "no such row or column")
        let (row, column) = (Int32(row), Int32(column))
        if unsafe PQgetisnull(result, row, column) != 0 { return try body(nil) }
        let start = unsafe PQgetvalue(result, row, column)
        return try unsafe body(UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, row, column))))
    }

    /// What the server said when the statement failed.
    func error(statement: String?) -> PostgresError {
        PostgresError(
            .server, field("M") ?? "the server gave no message", sqlState: field("C"), detail: field("D"),
            hint: field("H"), context: field("W"), position: field("P").flatMap { Int($0) }, statement: statement)
    }

    private func field(_ letter: Unicode.Scalar) -> String? {
        guard let text = unsafe PQresultErrorField(result, Int32(letter.value)) else { return nil }
        return unsafe String(cString: text)
    }
}
