import Foundation
import GRDBSQLite

// Safety: the connection and its statements live from `init` to `deinit`; what is bound is copied by SQLite or outlives
// the step that reads it.
/// The transactions of a single append, made with SQLite's own functions: what no store of events on it can undercut.
///
/// It neither encodes events nor knows of names, keys or other writers.
@safe
final class HistoryFloor {
    private var connection: OpaquePointer?
    private var statements: [OpaquePointer?] = unsafe []

    /// Opens a file that a store of events has made and closed.
    init(_ path: String) throws {
        try check(unsafe sqlite3_open(path, &connection))
        for setting in ["synchronous = NORMAL", "wal_autocheckpoint = 10000", "foreign_keys = OFF"] {
            try check(unsafe sqlite3_exec(connection, "PRAGMA \(setting)", nil, nil, nil))
        }
        for text in [
            "BEGIN IMMEDIATE", "SELECT max(version) FROM events WHERE stream = ?",
            "INSERT INTO events (stream, version, type, time, payload) VALUES (?, ?, 1, ?, ?)", "COMMIT",
        ] {
            var statement: OpaquePointer?
            try check(unsafe sqlite3_prepare_v2(connection, text, -1, &statement, nil))
            unsafe statements.append(statement)
        }
    }

    deinit {
        unsafe statements.forEach { unsafe _ = sqlite3_finalize($0) }
        unsafe sqlite3_close(connection)
    }

    /// Appends events to streams in turn.
    ///
    /// - Returns: How many a second.
    func appendsPerSecond(count: Int, streams: Int, payload: [UInt8]) throws -> Double {
        let watch = Stopwatch()
        for index in 0..<count { try append(to: index % streams + 1, at: index, payload) }
        return Double(count) / watch.seconds
    }

    private func append(to stream: Int, at time: Int, _ payload: [UInt8]) throws {
        let (begin, last, insert, commit) = unsafe (statements[0], statements[1], statements[2], statements[3])
        try unsafe run(begin, until: SQLITE_DONE)
        unsafe sqlite3_bind_int64(last, 1, Int64(stream))
        try check(unsafe sqlite3_step(last), SQLITE_ROW)
        let version = unsafe sqlite3_column_int64(last, 0)
        unsafe sqlite3_reset(last)
        unsafe sqlite3_bind_int64(insert, 1, Int64(stream))
        unsafe sqlite3_bind_int64(insert, 2, version + 1)
        unsafe sqlite3_bind_int64(insert, 3, Int64(time))
        try unsafe payload.withUnsafeBytes { bytes in
            let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            unsafe sqlite3_bind_text(insert, 4, start, Int32(bytes.count), nil)
            try unsafe run(insert, until: SQLITE_DONE)
        }
        try unsafe run(commit, until: SQLITE_DONE)
    }

    private func run(_ statement: OpaquePointer?, until end: Int32) throws {
        let code = unsafe sqlite3_step(statement)
        unsafe sqlite3_reset(statement)
        try check(code, end)
    }

    private func check(_ code: Int32, _ expected: Int32 = SQLITE_OK) throws {
        guard code != expected else { return }
        let reason = unsafe sqlite3_errmsg(connection).map { unsafe String(cString: $0) }
        throw MeasurementError("SQLite: \(reason ?? "error \(code)")")
    }
}
