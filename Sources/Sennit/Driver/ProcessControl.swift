internal import Synchronization

/// The parent's hold on one worker process.
final class ProcessControl: WorkerControl {
    let child: ChildProcess
    let socket: ControlSocket
    let courier: SegmentCourier
    private let onFrame: @Sendable (ControlMessage.Kind, [UInt8]) -> Void
    // One reader at a time: the supervisor, or a thread that waits for a segment which is on its way.
    private let receiving = Mutex(())
    private let needsFlush: @Sendable () -> Void
    private let streams = Mutex<[OutgoingStream]>([])

    var processID: Int32 { child.pid }
    var sharesSegments: Bool { false }

    init(
        child: ChildProcess, socket: ControlSocket, wake: @escaping @Sendable () -> Void,
        onFrame: @escaping @Sendable (ControlMessage.Kind, [UInt8]) -> Void
    ) {
        self.child = child
        self.socket = socket
        self.onFrame = onFrame
        needsFlush = wake
        courier = SegmentCourier(socket: socket, registry: .process, wake: wake)
    }

    /// Takes in what the worker has sent.
    ///
    /// - Returns: False when the worker has closed its end or does not keep to the protocol.
    func pump() -> Bool {
        receiving.withLock { _ in
            let receipt = try? socket.receive { frame in
                do {
                    let kind = ControlMessage.Kind(rawValue: frame.kind)
                    let isTakenIn = try courier.receive(&frame)
                    // A worker that runs short is replaced, so the pool hears of it too.
                    if let kind, !isTakenIn || kind == .segmentLost { onFrame(kind, frame.payload) }
                } catch {
                    // What the message was about will be missed by the one task it concerns.
                }
            }
            guard case .open = receipt else { return false }
            return true
        }
    }

    func cancel(_ task: TaskID) { send(.cancel, [task.rawValue]) }
    func stop() { send(.stop) }
    func ping() { send(.ping) }
    func kill() { child.killGroup() }

    func resultWasRead(_ slot: SlotIndex, task: TaskID) { send(.resultRead, [UInt64(slot.rawValue), task.rawValue]) }

    func introduce(_ segment: SegmentReference, for use: SegmentUse) throws {
        do {
            try courier.introduce(segment, for: use)
        } catch ControlSocketError.brokenPipe {
            // A dead worker, whose end will be noticed. A task that it is given now never starts there, and is taken
            // back.
        }
        if socket.pendingOutput > 0 { needsFlush() }
    }

    func segment(_ id: SegmentID) -> SegmentReference? {
        if let segment = SegmentRegistry.process.reference(to: id) { return segment }
        // The worker sends a segment before it names it, so it is in the socket by now.
        _ = pump()
        return SegmentRegistry.process.reference(to: id)
    }

    func takeStream(_ id: UInt64) -> [UInt8]? {
        if let bytes = try? courier.assembler.take(id) { return bytes }
        _ = pump()
        return (try? courier.assembler.take(id)).flatMap { $0 }
    }

    /// Queues the payload; the supervisor sends it as fast as the worker reads.
    func stream(_ payload: PayloadBytes, id: UInt64) {
        streams.withLock { $0.append(OutgoingStream(id: id, payload: payload)) }
        needsFlush()
    }

    func withdrawStream(_ id: UInt64) {
        let hasBegun = streams.withLock { streams in
            guard let place = streams.firstIndex(where: { $0.id == id }) else { return true }
            guard !streams[place].hasBegun else { return true }
            streams.remove(at: place)
            return false
        }
        if hasBegun { send(.abandonStream, [id]) }
    }

    /// Sends pieces of the payloads that wait, in turn, until the worker does not keep up.
    ///
    /// Not too many at a time: the supervisor has other workers to look after.
    func continueStreams() {
        let isMoreToDo = streams.withLock { streams in
            for _ in 0..<16 where !streams.isEmpty && socket.pendingOutput < StreamChunk.maximumBytes {
                var stream = streams.removeFirst()
                // A broken socket means a dead worker, which is noticed by its process's end.
                guard let goesOn = try? stream.sendPiece(courier), goesOn else { continue }
                streams.append(stream)
            }
            return !streams.isEmpty && socket.pendingOutput < StreamChunk.maximumBytes
        }
        if isMoreToDo { needsFlush() }
    }

    private func send(_ kind: ControlMessage.Kind, _ numbers: [UInt64] = []) {
        // A broken socket means a dead worker, which is noticed by its process's end.
        try? socket.send(kind, numbers)
        if socket.pendingOutput > 0 { needsFlush() }
    }
}

/// A payload on its way to a worker, piece by piece.
private struct OutgoingStream {
    let id: UInt64
    private let payload: PayloadBytes
    private var chunks: StreamChunks
    private(set) var hasBegun = false

    init(id: UInt64, payload: PayloadBytes) {
        self.id = id
        self.payload = payload
        chunks = StreamChunks(id: id, totalBytes: payload.count)
    }

    /// Sends the next piece; false after the last.
    mutating func sendPiece(_ courier: SegmentCourier) throws -> Bool {
        guard let chunk = chunks.next() else { return false }
        hasBegun = true
        // Safety: the payload's bytes are used only within the call that lends them; the socket copies them.
        try unsafe payload.withBytes { bytes in try unsafe courier.send(chunk, of: bytes) }
        return chunk.range.upperBound < chunk.totalBytes
    }
}
