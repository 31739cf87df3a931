import CLibpq

// Safety: the object owns the PGcancel from `init` to `deinit`; libpq documents PQcancel as safe to call from any
// thread at any time, and it only reads the object. The message goes to a local buffer whose size libpq is told.
// Sendable by hand: the pointer never changes, and libpq only reads what it points to.
/// Cancels what a connection is doing, from any thread.
@safe
public final class PostgresCancellation: @unchecked Sendable {
    private let handle: OpaquePointer

    init(adopting handle: OpaquePointer) { unsafe self.handle = handle }

    deinit { unsafe PQfreeCancel(handle) }

    /// Asks the server to cancel the statement that the connection runs now, and waits for the request to arrive.
    ///
    /// If there was one, it fails with SQLSTATE 57014, soon and not at once; see ``PostgresError/isCancellation``. If
    /// there was none, nothing happens.
    /// - Throws: ``PostgresError`` if the server cannot be reached.
    public func cancel() throws(PostgresError) {
        let size = 256
        let (succeeded, message) = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: size) { buffer in
            unsafe buffer.initialize(repeating: 0)
            if unsafe PQcancel(handle, buffer.baseAddress, Int32(size)) != 0 { return (true, "") }
            return (false, unsafe buffer.baseAddress.map { unsafe String(cString: $0) } ?? "")
        }
        if !succeeded { throw PostgresError(.connectionLost, "cannot cancel: \(message)") }
    }
}
