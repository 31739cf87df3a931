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
    /// - Returns: How many rows were loaded.
    /// - Throws: `PostgresError`; ``DumpRowsError`` for a section that does not end; `StorageError` for the file.
    public static func load(
        _ path: String, schema: String, into connection: PostgresConnection
    ) throws -> Int {
        var lines = DumpLines(try FileBytes.reading(path))
        var rows = 0
        while let line = try lines.nextLine() {
            guard line.starts(with: Array("COPY \(schema).".utf8)), line.hasEnding(" FROM stdin;") else { continue }
            let statement = String(decoding: line.dropLast(), as: UTF8.self)
            rows += try connection.copyIn(statement) { writer in
                while let block = try lines.nextRows() { try unsafe writer.write(block.span.bytes) }
                guard lines.sectionHasEnded else { throw DumpRowsError(path: path, statement: statement) }
            }
        }
        return rows
    }
}

/// A dump that ends in the middle of a table's rows.
public struct DumpRowsError: Error, Sendable, CustomStringConvertible {
    /// The dump.
    public let path: String
    /// The section that does not end.
    public let statement: String

    /// What is wrong and where.
    public var description: String { "\(path) breaks off in the rows of \"\(statement)\"; make the dump again" }
}

/// A dump, by lines outside of its `COPY` sections and by blocks of whole lines inside.
struct DumpLines {
    private let file: FileBytes
    private var buffer: [UInt8] = []
    private var start = 0
    private var hasEnded = false
    /// Whether the last section was read to its end.
    private(set) var sectionHasEnded = false

    init(_ file: FileBytes) { self.file = file }

    /// The next line without its end, or nil at the end of the file.
    mutating func nextLine() throws -> ArraySlice<UInt8>? {
        var searched = start
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { start = end + 1 }
                return buffer[start..<end]
            }
            searched = buffer.count - start
            guard try fill() else {
                guard start < buffer.count else { return nil }
                defer { start = buffer.count }
                return buffer[start...]
            }
        }
    }

    /// The next lines of a section, or nil when `\.` has been reached, or the end of the file.
    mutating func nextRows() throws -> ArraySlice<UInt8>? {
        sectionHasEnded = false
        while true {
            // A row never begins with a backslash and a point: the point of a value is not escaped.
            if buffer[start...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "."), UInt8(ascii: "\n")]) {
                start += 3
                sectionHasEnded = true
                return nil
            }
            if let end = endOfWholeLines() {
                defer { start = end }
                return buffer[start..<end]
            }
            guard try fill() else { return nil }
        }
    }

    /// Where the whole lines of the buffer end that belong to the section; nil if there is none yet.
    private func endOfWholeLines() -> Int? {
        guard let last = buffer[start...].lastIndex(of: UInt8(ascii: "\n")), last > start else { return nil }
        let mark: [UInt8] = [UInt8(ascii: "\n"), UInt8(ascii: "\\"), UInt8(ascii: "."), UInt8(ascii: "\n")]
        var place = start
        while let found = buffer[place...last].firstIndex(of: UInt8(ascii: "\\")) {
            if found > start, found + 2 <= last, Array(buffer[(found - 1)...(found + 2)]) == mark { return found }
            place = found + 1
        }
        return last + 1
    }

    private mutating func fill() throws -> Bool {
        guard !hasEnded else { return false }
        buffer.removeSubrange(..<start)
        start = 0
        let more = try file.read(upTo: 1 << 20)
        hasEnded = more.isEmpty
        buffer += more
        return !hasEnded
    }
}

extension ArraySlice<UInt8> {
    fileprivate func hasEnding(_ text: String) -> Bool { suffix(text.utf8.count).elementsEqual(text.utf8) }
}
