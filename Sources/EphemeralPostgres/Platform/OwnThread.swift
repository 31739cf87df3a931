import Sennit
import Synchronization

/// Work that blocks, on a thread of its own rather than one of the few that run Swift's tasks.
enum OwnThread {
    /// Runs `body` on a new thread and waits for it without blocking this one.
    ///
    /// When the calling task is cancelled, the body is told through its argument and ends when it looks.
    static func run<Value: Sendable>(
        _ name: String, _ body: @escaping @Sendable (CancellationFlag) throws -> Value
    ) async throws -> Value {
        let flag = CancellationFlag()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                do {
                    try SystemThread.start(name: name, stackBytes: 512 << 10) {
                        continuation.resume(with: Result { try body(flag) })
                    }
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        } onCancel: {
            flag.set()
        }
    }
}

/// Tells a thread that its work is not wanted any more.
final class CancellationFlag: Sendable {
    private let value = Atomic(false)

    func set() { value.store(true, ordering: .releasing) }

    /// - Throws: `CancellationError` once the flag is set.
    func check() throws { if value.load(ordering: .acquiring) { throw CancellationError() } }
}
