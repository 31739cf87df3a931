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

    var processID: Int32 { child.pid }

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
                    if try courier.receive(&frame) { return }
                    if let kind = ControlMessage.Kind(rawValue: frame.kind) { onFrame(kind, frame.payload) }
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
        try courier.introduce(segment, for: use)
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

    // Safety: the payload's bytes are used only within the call that lends them; the courier copies them.
    func stream(_ payload: PayloadBytes, id: UInt64) {
        unsafe payload.withBytes { bytes in _ = try? unsafe courier.stream(bytes, id: id) }
        if socket.pendingOutput > 0 { needsFlush() }
    }

    private func send(_ kind: ControlMessage.Kind, _ numbers: [UInt64] = []) {
        // A broken socket means a dead worker, which is noticed by its process's end.
        try? socket.send(kind, numbers)
        if socket.pendingOutput > 0 { needsFlush() }
    }
}
