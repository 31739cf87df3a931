internal import Synchronization

/// A request's body on its way from whoever reads it to the thread that sends it.
final class UploadBuffer: Sendable {
    private let source: WebUpload
    private let state: Mutex<State>

    /// Bytes that may wait to be sent; reading pauses beyond.
    private static let highWater = 256 << 10

    private struct State {
        var bytes: [UInt8]
        var position = 0
        var hasEnded: Bool
        var failure: String?
        var feeder: CheckedContinuation<Void, Never>?
    }

    /// What there is to send.
    enum Piece: Equatable {
        case bytes(Int)
        case nothingYet, end
        case failure(String)
    }

    init(_ source: WebUpload) {
        self.source = source
        switch source.kind {
        case .bytes(let bytes): state = Mutex(State(bytes: bytes, hasEnded: true))
        case .stream: state = Mutex(State(bytes: [], hasEnded: false))
        }
    }

    var length: Int64? { source.length }

    var isStream: Bool {
        if case .stream = source.kind { true } else { false }
    }

    /// Moves up to so many bytes into a buffer.
    func take(into buffer: UnsafeMutableRawBufferPointer) -> Piece {
        let (piece, feeder) = state.withLock { state -> (Piece, CheckedContinuation<Void, Never>?) in
            let count = min(buffer.count, state.bytes.count - state.position)
            guard count > 0 else {
                if let failure = state.failure { return (.failure(failure), nil) }
                return (state.hasEnded ? .end : .nothingYet, nil)
            }
            // Safety: `count` is at most the size of either side.
            unsafe state.bytes.withUnsafeBytes { bytes in
                unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[state.position...].prefix(count)))
            }
            state.position += count
            guard state.position == state.bytes.count else { return (.bytes(count), nil) }
            state.bytes = []
            state.position = 0
            defer { state.feeder = nil }
            return (.bytes(count), state.feeder)
        }
        feeder?.resume()
        return piece
    }

    /// Reads the body piece by piece until its end, a failure, or cancellation.
    ///
    /// - Parameter announce: Called whenever there is something new for the thread.
    func feed(_ announce: @Sendable () -> Void) async {
        guard case .stream(let length, let open) = source.kind else { return }
        var count: Int64 = 0
        do {
            let next = try await open()
            while let piece = try await next() {
                try Task.checkCancellation()
                guard !piece.isEmpty else { continue }
                count += Int64(piece.count)
                if let length, count > length { break }
                await append(piece, announce)
            }
            let mismatch = length.flatMap {
                count == $0 ? nil : "it has \(count > $0 ? "more" : "fewer") bytes than \($0)"
            }
            end(failure: mismatch)
        } catch {
            end(failure: "\(error)")
        }
        announce()
    }

    private func append(_ piece: [UInt8], _ announce: @Sendable () -> Void) async {
        state.withLock { $0.bytes += piece }
        announce()
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let hasRoom = state.withLock { state in
                    if Task.isCancelled || state.bytes.count - state.position < Self.highWater { return true }
                    state.feeder = continuation
                    return false
                }
                if hasRoom { continuation.resume() }
            }
        } onCancel: {
            let feeder = state.withLock { state in
                defer { state.feeder = nil }
                return state.feeder
            }
            feeder?.resume()
        }
    }

    private func end(failure: String?) {
        state.withLock { state in
            state.failure = failure
            state.hasEnded = true
        }
    }
}
