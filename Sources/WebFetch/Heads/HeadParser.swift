/// Puts the lines of a head together; pure.
///
/// Interim responses (status 1xx) are skipped, and trailers behind a body are dropped. All of them count toward the
/// limits, so a server that sends heads without end is cut off.
struct HeadParser {
    /// What a line meant.
    enum Event: Equatable {
        case none
        /// The head of the final response is complete.
        case head(WebHead)
        case failure(WebFetchError.Code, String)
    }

    private let maximumByteCount: Int
    private let maximumCount: Int
    private var byteCount = 0
    private var count = 0
    private var head: WebHead?
    private var isComplete = false

    init(maximumByteCount: Int, maximumCount: Int) {
        self.maximumByteCount = maximumByteCount
        self.maximumCount = maximumCount
    }

    /// Whether a first line has come, whatever it said.
    var hasStarted: Bool { byteCount > 0 }

    /// Takes one line with its line end.
    mutating func take(_ line: some Collection<UInt8>) -> Event {
        byteCount += line.count
        count += 1
        guard byteCount <= maximumByteCount else {
            return .failure(.headTooLarge, "the response's head has more than \(maximumByteCount) bytes")
        }
        guard count <= maximumCount else {
            return .failure(.headTooLarge, "the response's head has more than \(maximumCount) lines")
        }
        guard !isComplete else { return .none }
        var text = Array(line)
        while text.last == 0x0A || text.last == 0x0D { text.removeLast() }
        if text.isEmpty { return finish() }
        return text.starts(with: "HTTP/".utf8) ? start(text) : field(text)
    }

    private mutating func start(_ line: [UInt8]) -> Event {
        let parts = line.dropFirst(5).split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[1].count == 3, let status = Self.number(parts[1]), (100...599).contains(status)
        else { return .failure(.protocolViolation, "the response starts with a line that is not one of HTTP") }
        head = WebHead(status: status, version: Self.text(parts[0]))
        return .none
    }

    private mutating func field(_ line: [UInt8]) -> Event {
        guard head != nil else { return .failure(.protocolViolation, "the response has a header before its status") }
        if let first = line.first, first == 0x20 || first == 0x09 {
            // A folded line belongs to the value before it.
            guard let last = head?.headers.fields.indices.last else {
                return .failure(.protocolViolation, "the response's first header has no name")
            }
            head?.headers.fields[last].value += " " + Self.text(Self.trimmed(line[...]))
            return .none
        }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0 else {
            return .failure(.protocolViolation, "the response has a header without a name")
        }
        head?.headers.add(Self.text(line[..<colon]), Self.text(Self.trimmed(line[(colon + 1)...])))
        return .none
    }

    private mutating func finish() -> Event {
        guard let head else { return .none }
        guard head.status >= 200 else {
            self.head = nil
            return .none
        }
        guard Set(head.headers.values(of: "content-length")).count <= 1 else {
            return .failure(.protocolViolation, "the response announces two lengths")
        }
        isComplete = true
        return .head(head)
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes = bytes.drop { $0 == 0x20 || $0 == 0x09 }
        while let last = bytes.last, last == 0x20 || last == 0x09 { bytes.removeLast() }
        return bytes
    }

    /// Bytes that are not UTF-8 are read as Latin-1, as HTTP once had it.
    private static func text(_ bytes: some Collection<UInt8>) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        var scalars = String.UnicodeScalarView()
        scalars.append(contentsOf: bytes.map { Unicode.Scalar($0) })
        return String(scalars)
    }

    private static func number(_ bytes: some Collection<UInt8>) -> Int? {
        var value = 0
        for byte in bytes {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return value
    }
}
