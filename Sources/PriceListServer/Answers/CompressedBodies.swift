import Synchronization

/// Bodies that were compressed for a reply, for the next one that is the same.
package final class CompressedBodies: Sendable {
    private struct Key: Hashable {
        var hash: UInt64
        var count: Int
    }

    private struct State {
        var bodies: [Key: [UInt8]] = [:]
        var bytes = 0
    }

    private let limit: Int
    private let state = Mutex(State())

    /// Keeps as many bytes as the limit says; what comes then is compressed each time.
    package init(limit: Int = 64 << 20) { self.limit = limit }

    func body(of bytes: [UInt8], hash: UInt64) -> [UInt8] {
        let key = Key(hash: hash, count: bytes.count)
        if let known = state.withLock({ $0.bodies[key] }) { return known }
        let body = GzipWriter.compress(bytes)
        state.withLock { state in
            guard state.bodies[key] == nil, state.bytes + body.count <= limit else { return }
            state.bodies[key] = body
            state.bytes += body.count
        }
        return body
    }
}
