import Dispatch
import Synchronization

/// Hands blocks of bytes from one thread to another, a few of them at a time.
///
/// One thread sends and one receives. Either may end it: the sender with the last block or by giving up, the receiver
/// by failing, after which sending throws.
package final class BlockChannel: Sendable {
    private struct State {
        var blocks: [[UInt8]] = []
        var isFinished = false
        var isAbandoned = false
        var failure: (any Error)?
    }

    private let state = Mutex(State())
    // Both start at zero: a semaphore that goes while it is below its first value ends the program.
    private let room = DispatchSemaphore(value: 0)
    private let filled = DispatchSemaphore(value: 0)

    package init(capacity: Int) { for _ in 0..<capacity { room.signal() } }

    /// Waits for room and puts a block in.
    ///
    /// - Throws: what the receiver failed with.
    package func send(_ block: [UInt8]) throws {
        room.wait()
        let failure = state.withLock { state -> (any Error)? in
            if state.failure == nil { state.blocks.append(block) }
            return state.failure
        }
        if let failure {
            // Whoever sends again must not wait for room either.
            room.signal()
            throw failure
        }
        filled.signal()
    }

    /// Says that no more blocks come; with `false`, that what came is not whole and must be forgotten.
    package func finish(isWhole: Bool) {
        state.withLock { state in
            state.isFinished = true
            state.isAbandoned = state.isAbandoned || !isWhole
        }
        filled.signal()
    }

    /// Waits for the next block.
    ///
    /// - Returns: `nil` at the end.
    /// - Throws: `CancellationError` when the sender has given up.
    package func receive() throws -> [UInt8]? {
        filled.wait()
        let (block, isAbandoned) = state.withLock { state in
            (state.blocks.isEmpty ? nil : state.blocks.removeFirst(), state.isAbandoned)
        }
        if isAbandoned { throw CancellationError() }
        if block != nil { room.signal() }
        return block
    }

    /// Says that the receiver takes no more.
    package func fail(_ error: any Error) {
        state.withLock { state in
            state.failure = state.failure ?? error
            state.blocks = []
        }
        room.signal()
    }
}
