/// The payloads that come in over a stream, as a pure state machine: no locks, no waiting.
///
/// The pieces of one payload come in order; those of several payloads may alternate. An error ends its payload alone:
/// what still comes of it is passed over, and whoever takes it gets the error too.
struct StreamTable {
    private struct Record {
        /// Nil until the first piece has told it.
        var total: Int?
        var received = 0
        var bytes: [UInt8] = []
        var failure: StreamError?
        /// Nobody will take it; the record goes with the last piece.
        var isAbandoned = false

        var isWhole: Bool { received == total }
        var isKept: Bool { failure == nil && !isAbandoned }
    }

    private var records: [UInt64: Record] = [:]
    private let maximumBytes: Int
    private let maximumStreams: Int
    /// Bytes set aside for payloads in assembly, or complete and not taken.
    private(set) var reservedBytes = 0
    private(set) var isClosed = false

    init(maximumBytes: Int, maximumStreams: Int) {
        self.maximumBytes = maximumBytes
        self.maximumStreams = maximumStreams
    }

    var count: Int { records.count }

    /// Takes in a piece, whose bytes `append` adds to the payload's.
    ///
    /// - Returns: whether there is now something to take.
    mutating func receive(
        _ chunk: StreamChunk, append: (inout [UInt8]) -> Void
    ) throws(StreamError) -> Bool {
        guard !isClosed else { throw .closed }
        var record: Record
        if let known = records.removeValue(forKey: chunk.id) {
            record = known
        } else {
            record = try newRecord(for: chunk)
        }
        defer { store(record, chunk.id) }
        if let error = problem(with: chunk, in: record) {
            if record.isKept { reservedBytes -= record.total ?? 0 }
            record.bytes = []
            record.failure = record.failure ?? error
            throw error
        }
        if record.total == nil { try start(&record, chunk) }
        record.received += chunk.byteCount
        guard record.isKept else { return false }
        append(&record.bytes)
        return record.isWhole
    }

    /// The payload if it is complete, nil if it is not there yet.
    ///
    /// Once taken it is forgotten.
    mutating func take(_ id: UInt64) throws(StreamError) -> [UInt8]? {
        guard var record = records[id], !record.isAbandoned else {
            if isClosed { throw .closed }
            return nil
        }
        if let failure = record.failure {
            record.isAbandoned = true
            store(record, id)
            throw failure
        }
        guard record.isWhole else { return nil }
        records[id] = nil
        reservedBytes -= record.received
        return record.bytes
    }

    /// Nobody will take that payload: what has come of it is dropped, and what comes is passed over.
    mutating func abandon(_ id: UInt64) {
        guard
            var record = try? records[id] ?? newRecord(for: StreamChunk(id: id, totalBytes: 0, offset: 0, byteCount: 0))
        else { return }
        if record.isKept { reservedBytes -= record.total ?? 0 }
        record.isAbandoned = true
        record.bytes = []
        store(record, id)
    }

    /// No more pieces will come.
    ///
    /// What is complete can still be taken.
    mutating func close() {
        isClosed = true
        for (id, record) in records where !(record.isKept && record.isWhole) {
            if record.isKept { reservedBytes -= record.total ?? 0 }
            records[id] = nil
        }
    }

    private mutating func store(_ record: Record, _ id: UInt64) {
        records[id] = record.isAbandoned && (record.isWhole || isClosed) ? nil : record
    }

    private func newRecord(for chunk: StreamChunk) throws(StreamError) -> Record {
        guard records.count < maximumStreams else {
            throw .tooMuchInAssembly(id: chunk.id, totalBytes: chunk.totalBytes, maximum: maximumBytes)
        }
        return Record()
    }

    private mutating func start(_ record: inout Record, _ chunk: StreamChunk) throws(StreamError) {
        record.total = chunk.totalBytes
        guard record.isKept else { return }
        guard chunk.totalBytes <= maximumBytes - reservedBytes else {
            let error = StreamError.tooMuchInAssembly(
                id: chunk.id, totalBytes: chunk.totalBytes, maximum: maximumBytes
            )
            record.failure = error
            record.received = chunk.byteCount
            throw error
        }
        reservedBytes += chunk.totalBytes
        record.bytes.reserveCapacity(chunk.totalBytes)
    }

    private func problem(with chunk: StreamChunk, in record: Record) -> StreamError? {
        let isPossible =
            chunk.totalBytes >= 0 && chunk.byteCount <= StreamChunk.maximumBytes
            && chunk.byteCount >= (chunk.totalBytes == 0 ? 0 : 1)
            && (record.total ?? chunk.totalBytes) == chunk.totalBytes
        guard isPossible else {
            return .invalidChunk(id: chunk.id, totalBytes: chunk.totalBytes, byteCount: chunk.byteCount)
        }
        let isInPlace =
            chunk.offset == record.received && chunk.byteCount <= chunk.totalBytes - chunk.offset
            && !(record.total != nil && record.isWhole)
        return isInPlace
            ? nil
            : .misplacedChunk(
                id: chunk.id, offset: chunk.offset, byteCount: chunk.byteCount, expectedOffset: record.received
            )
    }
}
