import CLibpq

// Safety: libpq calls the receiver only inside calls on the connection, whose owner keeps the counter alive as long as
// the connection; so the pointer is good, and one thread at a time uses it.
/// Takes the server's notices, which libpq would print to standard error.
final class NoticeCounter {
    private(set) var count = 0

    /// Puts itself in the place of libpq's printing.
    func install(on connection: OpaquePointer) {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        _ = unsafe PQsetNoticeReceiver(
            connection,
            { context, _ in
                guard let context = unsafe context else { return }
                unsafe Unmanaged<NoticeCounter>.fromOpaque(context).takeUnretainedValue().count += 1
            }, context)
    }
}
