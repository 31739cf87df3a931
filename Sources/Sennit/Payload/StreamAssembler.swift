import Synchronization

/// Puts streamed payloads together on the side that receives them.
///
/// One per link. Thread-safe: one thread brings the pieces, others wait for the whole.
package final class StreamAssembler: Sendable {
    private let table: Mutex<StreamTable>
    /// Counts completions, failures and the closing; threads sleep on it.
    private let news: SharedUInt32
    private let waiters = Atomic<Int>(0)
    private let memory: UInt

    /// Makes an assembler without payloads.
    ///
    /// - Parameters:
    ///   - maximumBytes: of all payloads under way or not yet taken, each counted in full from its first piece on.
    ///   - maximumStreams: how many of them there may be.
    package init(maximumBytes: Int = 2 << 30, maximumStreams: Int = 1024) {
        table = Mutex(StreamTable(maximumBytes: maximumBytes, maximumStreams: maximumStreams))
        // Safety: the word is this object's own from here to `deinit`, and used through atomics only. Whoever waits on
        // it is in a method of the object, which lives meanwhile. Pieces are copied while their caller keeps them.
        let word = UnsafeMutableRawPointer.allocate(byteCount: 4, alignment: 4)
        unsafe word.storeBytes(of: 0, as: UInt32.self)
        memory = UInt(bitPattern: word)
        news = unsafe SharedUInt32(word)
    }

    deinit {
        // Allocated in init; nobody can be waiting, since waiting takes a reference to the object.
        unsafe UnsafeMutableRawPointer(bitPattern: memory)?.deallocate()
    }

    /// Takes in a piece of a payload.
    ///
    /// - Parameters:
    ///   - chunk: what stood before the piece.
    ///   - bytes: the piece itself.
    /// - Throws: what is wrong with it. The link can go on: only that payload has failed, and whoever takes it gets the
    ///   error.
    package func receive(_ chunk: StreamChunk, _ bytes: UnsafeRawBufferPointer) throws(StreamError) {
        guard bytes.count == chunk.byteCount else {
            throw .invalidChunk(id: chunk.id, totalBytes: chunk.totalBytes, byteCount: bytes.count)
        }
        do throws(StreamError) {
            let isNews = try table.withLock { table throws(StreamError) in
                try table.receive(chunk) { payload in unsafe payload.append(contentsOf: bytes) }
            }
            if isNews { announce() }
        } catch {
            announce()
            throw error
        }
    }

    /// The payload if it is complete, nil if it is not there yet.
    ///
    /// It is given out once.
    package func take(_ id: UInt64) throws(StreamError) -> [UInt8]? {
        try table.withLock { table throws(StreamError) in try table.take(id) }
    }

    /// Waits for a payload, blocking the thread, and takes it.
    ///
    /// - Throws: ``StreamError/timedOut(id:)`` after `timeout`; then abandon it or wait again.
    package func waitFor(_ id: UInt64, timeout: Duration) throws(StreamError) -> [UInt8] {
        let start = MonotonicClock.now()
        let limit = timeout.clampedNanoseconds
        waiters.wrappingAdd(1, ordering: .sequentiallyConsistent)
        defer { waiters.wrappingSubtract(1, ordering: .sequentiallyConsistent) }
        while true {
            let seen = news.loadAcquire()
            if let payload = try take(id) { return payload }
            let elapsed = MonotonicClock.now() - start
            guard elapsed < limit else { throw .timedOut(id: id) }
            news.sleep(while: seen, nanoseconds: Int64(clamping: limit - elapsed))
        }
    }

    /// Nobody will take that payload: what has come of it is dropped, and what still comes is passed over.
    ///
    /// The sender sends all of it.
    package func abandon(_ id: UInt64) { table.withLock { $0.abandon(id) } }

    /// The link has closed: who waits for a payload that is not complete gets ``StreamError/closed``.
    package func close() {
        table.withLock { $0.close() }
        announce()
    }

    /// Bytes set aside, and payloads on record.
    package var statistics: (reservedBytes: Int, payloads: Int) { table.withLock { ($0.reservedBytes, $0.count) } }

    private func announce() {
        news.add(1)
        // A waiter that comes later sees the change before it sleeps.
        if waiters.load(ordering: .sequentiallyConsistent) > 0 { news.wakeSleepers(.max) }
    }
}
