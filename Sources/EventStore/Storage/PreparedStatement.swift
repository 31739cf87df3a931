import GRDB
import GRDBSQLite

/// A statement of SQLite that is made once and run often, without the conveniences that cost as much as the work.
///
/// Safety: the handle lives as long as `statement`, which owns it, and both are used only inside of GRDB's access to
/// the connection that made them. Text and bytes are copied by SQLite when they are bound, and by the reader before the
/// next step, so that no pointer outlives the call that it is given to.
@safe
struct PreparedStatement {
    private let statement: Statement
    private let handle: OpaquePointer

    /// Compiles a statement that the caller keeps.
    init(_ sql: String, in db: Database) throws {
        self.init(try db.makeStatement(literal: SQL(sql: sql)))
    }

    /// A statement that the connection keeps between uses.
    static func cached(_ sql: String, in db: Database) throws -> PreparedStatement {
        PreparedStatement(try db.cachedStatement(sql: sql))
    }

    private init(_ statement: Statement) {
        self.statement = statement
        unsafe handle = statement.sqliteStatement
        unsafe sqlite3_reset(handle)
    }

    private static let copied = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    func bind(_ value: Int, at index: Int32) { unsafe sqlite3_bind_int64(handle, index, Int64(value)) }

    func bind(_ text: String?, at index: Int32) {
        guard var text else { return unbind(index) }
        text.withUTF8 { bytes in unsafe bindText(bytes, at: index) }
    }

    func bind(utf8 bytes: [UInt8], at index: Int32) {
        unsafe bytes.withUnsafeBufferPointer { bytes in unsafe bindText(bytes, at: index) }
    }

    private func unbind(_ index: Int32) { unsafe sqlite3_bind_null(handle, index) }

    private func bindText(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int32) {
        unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
            _ = unsafe sqlite3_bind_text(handle, index, characters.baseAddress, Int32(bytes.count), Self.copied)
        }
    }

    /// Runs to the next row.
    ///
    /// - Returns: Whether there is one. When there is none, the statement is ready to be used again.
    func step() throws -> Bool {
        let code = unsafe sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        unsafe sqlite3_reset(handle)
        guard code == SQLITE_DONE else { throw failure(code) }
        return false
    }

    /// Runs a statement that has no rows.
    func run() throws { _ = try step() }

    /// The number of the row that the connection has inserted last.
    var insertedRow: Int { unsafe Int(sqlite3_last_insert_rowid(sqlite3_db_handle(handle))) }

    /// Makes the statement ready to be used again, before its last row.
    func reset() { unsafe sqlite3_reset(handle) }

    func integer(_ column: Int32) -> Int { unsafe Int(sqlite3_column_int64(handle, column)) }

    func isNull(_ column: Int32) -> Bool { unsafe sqlite3_column_type(handle, column) == SQLITE_NULL }

    func text(_ column: Int32) -> String {
        unsafe String(decoding: bytes(column), as: UTF8.self)
    }

    /// Appends the bytes of a column to a buffer.
    ///
    /// - Returns: How many there were.
    func append(_ column: Int32, to buffer: inout [UInt8]) -> Int32 {
        let bytes = unsafe bytes(column)
        unsafe buffer.append(contentsOf: bytes)
        return Int32(bytes.count)
    }

    /// Whether a column holds exactly these bytes.
    func holds(_ expected: [UInt8], at column: Int32) -> Bool {
        unsafe bytes(column).elementsEqual(expected)
    }

    private func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
        // The text has to be asked for before its length.
        let start = unsafe sqlite3_column_text(handle, column)
        return unsafe UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column)))
    }

    private func failure(_ code: Int32) -> DatabaseError {
        let connection = unsafe sqlite3_db_handle(handle)
        let message = unsafe sqlite3_errmsg(connection).map { unsafe String(cString: $0) }
        let extended = unsafe sqlite3_extended_errcode(connection)
        return DatabaseError(
            resultCode: ResultCode(rawValue: extended == SQLITE_OK ? code : extended), message: message)
    }
}
