import CLibpq

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

// Safety: the connection outlives the writer's use, because the writer is closed before `copyIn` returns and refuses
// everything afterwards. Bytes are lent for the length of one call, in which libpq copies or sends them.
/// Takes the bytes of one `COPY … FROM STDIN`.
///
/// It is of use inside of the closure of ``PostgresConnection/copyIn(_:_:)`` only, and refuses to write after it.
@safe
public final class PostgresCopyWriter {
    private var connection: PostgresConnection?
    private let statement: String
    /// How many bytes were written.
    public private(set) var byteCount = 0
    /// Whether a write has failed, of which the COPY's result tells the reason.
    private(set) var hasFailed = false

    init(_ connection: PostgresConnection, statement: String) {
        self.connection = connection
        self.statement = statement
    }

    /// The most that is sent before the server is looked at: what a socket that can be written to takes at once.
    ///
    /// When libpq has to wait in the middle of a block, it reads what the server says and keeps it to itself until the
    /// end of the COPY, and what is sent after a failure is sent in vain.
    private static let largestBlock = 1 << 16

    /// Sends bytes: any part of the data, in the COPY's format; large blocks cost least.
    ///
    /// - Throws: ``PostgresError`` if the connection broke, or if the server has refused what came before.
    public func write(_ bytes: RawSpan) throws(PostgresError) {
        guard let connection else {
            throw PostgresError(.misuse, "written to after the end of the COPY", statement: statement)
        }
        let raw = try unsafe connection.open(statement)
        var offset = 0
        while offset < bytes.byteCount {
            try unsafe listen(connection, raw)
            let end = min(bytes.byteCount, offset + Self.largestBlock)
            let sent = unsafe bytes.extracting(offset..<end).withUnsafeBytes { block in
                let start = unsafe block.baseAddress?.assumingMemoryBound(to: CChar.self)
                return unsafe PQputCopyData(raw, start, Int32(block.count))
            }
            guard sent == 1 else {
                hasFailed = true
                throw connection.lost(statement)
            }
            byteCount += end - offset
            offset = end
        }
    }

    /// Waits until the server takes more, or says something.
    ///
    /// During a COPY that is nothing but notices and its failure: hear the latter before sending more in vain.
    private func listen(_ connection: PostgresConnection, _ raw: OpaquePointer) throws(PostgresError) {
        var request = pollfd(fd: unsafe PQsocket(raw), events: Int16(POLLIN | POLLOUT), revents: 0)
        guard unsafe poll(&request, 1, -1) > 0, request.revents & Int16(POLLIN) != 0 else { return }
        let notices = connection.noticeCount
        guard unsafe PQconsumeInput(raw) != 0 else {
            hasFailed = true
            throw connection.lost(statement)
        }
        // Has the notices handed over.
        _ = unsafe PQisBusy(raw)
        guard connection.noticeCount == notices else { return }
        hasFailed = true
        throw PostgresError(.server, "the server has ended the COPY", statement: statement)
    }

    func close() { connection = nil }
}
