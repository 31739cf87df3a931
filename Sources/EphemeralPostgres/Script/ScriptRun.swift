import ByteText
import PostgresClient

// Safety: the bytes are lent by whoever made the run, for as long as it lives; ranges come from the scanner, which
// keeps within them.
/// One run of a script on a connection.
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
        do {
            while let piece = try scanner.next() {
                try flag.check()
                switch piece {
                case .statement(let range): try runStatement(range)
                case .command(let range): try checkCommand(range)
                }
            }
        } catch let error as ScriptEndError {
            throw failure("\(error.what) has no end", at: error.offset)
        }
        return result
    }

    private mutating func runStatement(_ range: Range<Int>) throws {
        let text = unsafe String(decoding: bytes[range], as: UTF8.self)
        do {
            if CopyStatement.takesData(text) {
                result.copiedRows += try copy(text, from: range.upperBound + 1)
            } else {
                try connection.execute(text)
            }
            result.statements += 1
        } catch let error as PostgresError {
            throw failure(error.message, at: offset(of: error, in: text, range), error)
        }
    }

    /// Sends the lines behind a COPY statement, up to the one that ends them.
    private mutating func copy(_ statement: String, from end: Int) throws -> Int {
        let start = lineEnd(end)
        guard let data = dataRange(from: start) else {
            throw failure("the data of a COPY has no end: there is no line '\\.'", at: start)
        }
        scanner.move(to: data.next)
        let (bytes, flag) = unsafe (bytes, flag)
        return try connection.copyIn(statement) { writer in
            var offset = data.range.lowerBound
            while offset < data.range.upperBound {
                try flag.check()
                let block = offset..<min(offset + Self.blockSize, data.range.upperBound)
                try writer.write(unsafe UnsafeRawBufferPointer(rebasing: bytes[block]).bytes)
                offset = block.upperBound
            }
        }
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
        let line = unsafe String(decoding: bytes[range], as: UTF8.self)
        let word = Substring(line.utf8.prefix { !ByteText.isBlank($0) }).bytes
        if word == "restrict" || word == "unrestrict" || line.bytes.hasStart("set ON_ERROR_STOP") { return }
        throw failure("'\\\(word)' is a command of psql that is not understood here", at: range.lowerBound)
    }

    private func failure(_ message: String, at offset: Int, _ cause: PostgresError? = nil) -> EphemeralPostgresError {
        let before = unsafe bytes[..<min(offset, byteCount)]
        let line = unsafe 1 + before.count { $0 == UInt8(ascii: "\n") }
        let more = cause.map { "\n\($0)" } ?? ""
        return EphemeralPostgresError(.scriptFailed, "\(name), line \(line): \(message)\(more)", cause: cause)
    }

    /// Where in the script the server has found fault.
    private func offset(of error: PostgresError, in statement: String, _ range: Range<Int>) -> Int {
        guard let position = error.position, position > 0 else { return range.lowerBound }
        return range.lowerBound + statement.unicodeScalars.prefix(position - 1).reduce(0) { $0 + $1.utf8.count }
    }
}

/// Statements whose data follows them.
enum CopyStatement {
    /// Whether it is a `COPY … FROM STDIN`.
    static func takesData(_ statement: String) -> Bool {
        guard statement.utf8.prefix(4).map({ $0 | 0x20 }) == Array("copy".utf8), statement.utf8.count < 64 << 10 else {
            return false
        }
        let words = statement.lowercased().utf8.split { ByteText.isBlank($0) || "();".utf8.contains($0) }
            .map { ByteText(Substring($0)) }
        return zip(words, words.dropFirst()).contains { $0 == "from" && $1 == "stdin" }
    }
}
