import CLibpq

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How a session reads the bytes of a statement.
package struct StatementReading: Sendable, Hashable {
    /// libpq's number of the session's `client_encoding`.
    private var encoding: Int32
    /// Its name, such as "UTF8".
    package var encodingName: String
    /// Whether a backslash in a text between plain quotes stands for itself.
    package var hasStandardStrings: Bool

    fileprivate init(encoding: Int32, encodingName: String, hasStandardStrings: Bool) {
        self.encoding = encoding
        self.encodingName = encodingName
        self.hasStandardStrings = hasStandardStrings
    }

    /// As a new session reads: UTF-8, and backslashes as themselves.
    package static let usual = StatementReading(encoding: 6, encodingName: "UTF8", hasStandardStrings: true)

    /// As `usual`, but for backslashes.
    package static let withBackslashes = StatementReading(
        encoding: 6, encodingName: "UTF8", hasStandardStrings: false)

    /// Whether a byte that looks like ASCII may be the second half of a character.
    package var hidesASCII: Bool { Self.hiding.contains(encodingName) }

    private static let hiding: Set<String> = ["SJIS", "BIG5", "GBK", "UHC", "GB18030", "JOHAB", "SHIFT_JIS_2004"]

    // Safety: libpq looks at two bytes at most, which are there.
    /// How many of the bytes make the first character, at least one.
    package func characterLength(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard bytes.count > 1, let start = bytes.baseAddress else { return bytes.count }
        // Without its library, no session has ever had another encoding than this.
        guard encodingName != Self.usual.encodingName else { return unsafe Self.lengthInUTF8(bytes[0], bytes.count) }
        let length = unsafe PQmblen(start.assumingMemoryBound(to: CChar.self), encoding)
        return max(1, min(Int(length), bytes.count))
    }

    private static func lengthInUTF8(_ first: UInt8, _ count: Int) -> Int {
        min(count, first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4)
    }
}

// Safety: the statement's copy ends with a zero and lives for the length of the call that sends it; every result is
// freed on every path; rows that libpq allocates are freed by the loop that reads them.
extension PostgresConnection {
    /// How the session reads the next statement.
    package var statementReading: StatementReading {
        guard let connection = try? unsafe open(nil) else { return .usual }
        func value(_ name: String) -> String? {
            unsafe PQparameterStatus(connection, name).map { unsafe String(cString: $0) }
        }
        return StatementReading(
            encoding: unsafe PQclientEncoding(connection), encodingName: value("client_encoding") ?? "UTF8",
            hasStandardStrings: value("standard_conforming_strings") != "off")
    }

    /// Has the session read UTF-8 again, which every text that this module sends is in.
    package func resetEncoding() {
        guard statementReading.encodingName != StatementReading.usual.encodingName,
            let connection = try? unsafe open(nil)
        else { return }
        _ = unsafe PQsetClientEncoding(connection, StatementReading.usual.encodingName)
    }

    /// How often somebody who waits for the server looks whether it is still wanted, in milliseconds.
    private static let glanceMilliseconds: Int32 = 50

    /// Runs one statement of a script, whose bytes are in the session's encoding; its rows are passed over.
    ///
    /// - Parameters:
    ///   - statement: The statement, sent as it is.
    ///   - checkWanted: Asked again and again; when it throws, the statement is cancelled, and that error is thrown.
    ///   - data: Writes what a `COPY … FROM STDIN` asks for.
    /// - Returns: How many rows such a COPY has brought; nil for any other statement.
    /// - Throws: ``PostgresError``, or what `checkWanted` or `data` throws.
    package func runStatement(
        _ statement: UnsafeRawBufferPointer, checkWanted: () throws -> Void,
        data: (PostgresCopyWriter) throws -> Void
    ) throws -> Int? {
        let start = unsafe String(decoding: statement.prefix(1024), as: UTF8.self)
        let connection = try unsafe open(start)
        guard unsafe !statement.contains(0) else {
            throw PostgresError(.misuse, "the statement holds a zero character, which cannot be sent", statement: start)
        }
        let text = unsafe [UInt8](statement) + [0]
        let isSent = unsafe text.withUnsafeBytes { bytes in
            unsafe PQsendQuery(connection, bytes.baseAddress?.assumingMemoryBound(to: CChar.self))
        }
        guard isSent == 1 else { throw lost(start) }
        // So that no more than one row is held, however many there are.
        _ = unsafe PQsetSingleRowMode(connection)
        var failure: (any Error)?
        while let result = try unsafe nextResult(connection, start, checkWanted, &failure) {
            switch unsafe PQresultStatus(result) {
            case PGRES_COPY_IN:
                unsafe PQclear(result)
                return try unsafe copyData(connection, start, data)
            case PGRES_COPY_OUT, PGRES_COPY_BOTH:
                unsafe PQclear(result)
                unsafe passOverRows(connection)
            case PGRES_SINGLE_TUPLE:
                unsafe PQclear(result)
            default:
                do { _ = try unsafe finished(result, start) } catch {
                    if failure == nil { failure = error }
                    if !isUsable { throw failure ?? error }
                }
            }
        }
        if let failure { throw failure }
        return nil
    }

    /// Waits for the next result; nil when there is none any more.
    private func nextResult(
        _ connection: OpaquePointer, _ statement: String, _ checkWanted: () throws -> Void,
        _ failure: inout (any Error)?
    ) throws -> OpaquePointer? {
        while unsafe PQisBusy(connection) != 0 {
            if failure == nil {
                do { try checkWanted() } catch {
                    failure = error
                    try? cancellation().cancel()
                }
            }
            var request = pollfd(fd: unsafe PQsocket(connection), events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&request, 1, Self.glanceMilliseconds) > 0 else { continue }
            guard unsafe PQconsumeInput(connection) != 0 else { throw lost(statement) }
        }
        return unsafe PQgetResult(connection)
    }

    /// Reads what a `COPY … TO STDOUT` sends.
    private func passOverRows(_ connection: OpaquePointer) {
        var row: UnsafeMutablePointer<CChar>?
        while unsafe PQgetCopyData(connection, &row, 0) > 0 { unsafe PQfreemem(row) }
    }
}
