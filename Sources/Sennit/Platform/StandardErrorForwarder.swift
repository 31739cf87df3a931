import CSennit
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Writes what workers say to a descriptor without ever waiting for whoever reads there.
///
/// What can be written at once is. The rest waits, up to a limit, for a thread that lives only while something waits.
/// Beyond the limit bytes are dropped, and a line says how many.
// Safety: bytes are written from an array while it is borrowed, and no more than it holds.
package final class StandardErrorForwarder: Sendable {
    /// To the standard error of this process.
    package static let process = StandardErrorForwarder(to: STDERR_FILENO)

    private struct State: ~Copyable {
        var waiting: [UInt8] = []
        var dropped = 0
        var hasThread = false
    }

    private let descriptor: Int32
    private let limit: Int
    private let state = Mutex(State())

    /// Makes a forwarder to a descriptor that others own, with room for `limit` bytes that wait.
    package init(to descriptor: Int32, limit: Int = 1 << 20) {
        self.descriptor = descriptor
        self.limit = limit
    }

    /// Writes the bytes, now or as soon as there is room for them.
    package func write(_ bytes: [UInt8]) {
        let mustStart = state.withLock { state in
            // Under the lock, so that bytes keep their order; it does not wait.
            let written = state.waiting.isEmpty && !state.hasThread ? writeNow(bytes) : 0
            guard written < bytes.count else { return false }
            let kept = max(0, min(bytes.count - written, limit - state.waiting.count))
            state.waiting += bytes[written..<(written + kept)]
            state.dropped += bytes.count - written - kept
            defer { state.hasThread = true }
            return !state.hasThread
        }
        guard mustStart else { return }
        do {
            try SystemThread.start(name: "sennit-stderr", stackBytes: 64 * 1024) { [self] in writeWaiting() }
        } catch {
            // No thread to be had: the next bytes try again.
            state.withLock { $0.hasThread = false }
        }
    }

    /// Writes as much as the descriptor takes without waiting; all of it where writing cannot wait or has failed.
    private func writeNow(_ bytes: [UInt8]) -> Int {
        unsafe bytes.withUnsafeBytes { unsafe sennit_write_without_waiting(descriptor, $0.baseAddress, $0.count) }
    }

    /// The life of the thread: waits for the reader until nothing is left.
    private func writeWaiting() {
        while let bytes = nextWaiting() {
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = unsafe rest.withUnsafeBytes { bytes in
                    unsafe sennit_write_waiting(descriptor, bytes.baseAddress, bytes.count)
                }
                // Nobody will ever read it.
                guard count > 0 else { break }
                rest = rest.dropFirst(count)
            }
        }
    }

    private func nextWaiting() -> [UInt8]? {
        state.withLock { state in
            var bytes: [UInt8] = []
            swap(&bytes, &state.waiting)
            if bytes.isEmpty, state.dropped > 0 {
                let note = "sennit: \(state.dropped) bytes that workers wrote here were dropped: nobody read them\n"
                bytes = Array(note.utf8)
                state.dropped = 0
            }
            state.hasThread = !bytes.isEmpty
            return bytes.isEmpty ? nil : bytes
        }
    }
}
