import ByteText
import PostgresClient

// Safety: the bytes are lent by whoever made the run, for as long as it lives; ranges come from the scanner, which
// keeps within them.
/// One run of a script on a connection.
///
/// The script is bytes, in whatever encoding the session reads at each of its statements: nothing of it is turned into
/// text but what an error shows.
@safe
struct ScriptRun {
    private let connection: PostgresConnection
    private let bytes: UnsafeRawBufferPointer
    private let byteCount: Int
    private let name: String
    private let flag: CancellationFlag
    private var scanner: ScriptScanner
    private var result = PostgresScriptResult()

    /// How much data is sent at once.
    private static let blockSize = 256 * 1024

    init(_ connection: PostgresConnection, _ bytes: UnsafeRawBufferPointer, name: String, _ flag: CancellationFlag) {
        self.connection = connection
        unsafe self.bytes = bytes
        byteCount = bytes.count
        self.name = name
        self.flag = flag
        scanner = unsafe ScriptScanner(bytes)
    }

    mutating func finish() throws -> PostgresScriptResult {
        defer { connection.resetEncoding() }
        var reading = connection.statementReading
        do {
            while let piece = try scanner.next(reading) {
                try flag.check()
                switch piece {
                case .statement(let range): try runStatement(range, reading)
                case .command(let range): try checkCommand(range)
                case .commandInStatement(let range): throw notUnderstood(range)
                }
                reading = connection.statementReading
            }
        } catch let error as ScriptEndError {
            throw failure("\(error.what) has no end", at: error.offset)
        }
        return result
    }

    private mutating func runStatement(_ range: Range<Int>, _ reading: StatementReading) throws {
        var next = range.upperBound
        do {
            let statement = unsafe UnsafeRawBufferPointer(rebasing: bytes[range])
            let copied = try unsafe connection.runStatement(statement, checkWanted: { [flag] in try flag.check() }) {
                next = try sendData(from: range.upperBound, to: $0)
            }
            if let copied { result.copiedRows += copied }
            result.statements += 1
        } catch let error as PostgresError {
            throw failure(error.message, at: offset(of: error, range, reading), error)
        }
        scanner.move(to: next)
    }

    /// Sends the lines behind a COPY statement, up to the one that ends them.
    ///
    /// - Returns: Where the script goes on.
    private func sendData(from end: Int, to writer: PostgresCopyWriter) throws -> Int {
        let start = lineEnd(end)
        guard let data = dataRange(from: start) else {
            throw failure("the data of a COPY has no end: there is no line '\\.'", at: start)
        }
        var offset = data.range.lowerBound
        while offset < data.range.upperBound {
            try flag.check()
            let block = offset..<min(offset + Self.blockSize, data.range.upperBound)
            try writer.write(unsafe UnsafeRawBufferPointer(rebasing: bytes[block]).bytes)
            offset = block.upperBound
        }
        return data.next
    }

    /// The index behind the end of the line.
    private func lineEnd(_ index: Int) -> Int {
        var index = index
        while index < byteCount, unsafe bytes[index] != UInt8(ascii: "\n") { index += 1 }
        return min(index + 1, byteCount)
    }

    /// The data that starts at a line, and where the script goes on behind it.
    private func dataRange(from start: Int) -> (range: Range<Int>, next: Int)? {
        var line = start
        while line < byteCount {
            if unsafe bytes[line] == UInt8(ascii: "\\"), line + 1 < byteCount,
                unsafe bytes[line + 1] == UInt8(ascii: ".")
            {
                let rest = line + 2
                let isEnd = unsafe rest == byteCount || bytes[rest] == UInt8(ascii: "\n")
                let isEndWithReturn = unsafe rest + 1 < byteCount && bytes[rest] == 13 && bytes[rest + 1] == 10
                if isEnd || isEndWithReturn { return (start..<line, lineEnd(rest)) }
            }
            guard let next = unsafe LineSearch.next(in: bytes, from: line) else { return nil }
            line = next
        }
        return nil
    }

    /// Those that `pg_dump` writes do nothing here.
    private func checkCommand(_ range: Range<Int>) throws {
        let understood = ["restrict", "unrestrict", "set ON_ERROR_STOP"]
        for words in understood where unsafe bytes[range].starts(with: words.utf8) {
            let end = range.lowerBound + words.utf8.count
            if unsafe end == range.upperBound || bytes[end] <= UInt8(ascii: " ") { return }
        }
        throw notUnderstood(range)
    }

    private func notUnderstood(_ range: Range<Int>) -> EphemeralPostgresError {
        let word = unsafe String(decoding: bytes[range].prefix { $0 > UInt8(ascii: " ") }.prefix(64), as: UTF8.self)
        return failure(
            "'\\\(word)' is a command of psql that is not understood here; run the script with psql",
            at: range.lowerBound)
    }

    private func failure(_ message: String, at offset: Int, _ cause: PostgresError? = nil) -> EphemeralPostgresError {
        let before = unsafe bytes[..<min(offset, byteCount)]
        let line = unsafe 1 + before.count { $0 == UInt8(ascii: "\n") }
        let more = cause.map { "\n\($0)" } ?? ""
        return EphemeralPostgresError(.scriptFailed, "\(name), line \(line): \(message)\(more)", cause: cause)
    }

    /// Where in the script the server has found fault: it counts characters of the session's encoding.
    private func offset(of error: PostgresError, _ range: Range<Int>, _ reading: StatementReading) -> Int {
        guard let position = error.position, position > 1 else { return range.lowerBound }
        var offset = range.lowerBound
        for _ in 1..<position where offset < range.upperBound {
            offset += unsafe reading.characterLength(UnsafeRawBufferPointer(rebasing: bytes[offset..<range.upperBound]))
        }
        return offset
    }
}
