internal import Synchronization

/// The parent's hold on a worker that lives on threads of the parent itself: `processes: 0`.
///
/// What cannot be had without a process of its own: ending a task that does not return. Such a worker is given up:
/// its threads run on unheard until their tasks return, and a fresh worker takes its place.
final class LocalControl: WorkerControl, WorkerSurroundings {
    private let onReady: @Sendable () -> Void
    private let onPing: @Sendable () -> Void
    private let onEnd: @Sendable (ExitReport) -> Void
    private struct Life: ~Copyable {
        var runtime: WorkerRuntime?
        var startFailure: (any Error)?
        var isKilled = false
        var hasEnded = false
    }

    private let life = Mutex(Life())
    private var runtime: WorkerRuntime? { life.withLock { $0.runtime } }

    let processID = ProcessIdentity.current
    var sharesSegments: Bool { true }

    init(
        onReady: @escaping @Sendable () -> Void, onPing: @escaping @Sendable () -> Void,
        onEnd: @escaping @Sendable (ExitReport) -> Void
    ) {
        self.onReady = onReady
        self.onPing = onPing
        self.onEnd = onEnd
    }

    func start(_ runtime: WorkerRuntime) {
        let isWanted = life.withLock { life in
            life.runtime = runtime
            return !life.isKilled
        }
        // Stopped before it has started: its first thread sees that and ends.
        if !isWanted { runtime.stop() }
        runtime.start()
    }

    // MARK: Control

    func cancel(_ task: TaskID) { runtime?.cancel(task.rawValue) }
    func stop() { runtime?.stop() }

    /// Its threads may block for as long as they like; that this process lives is sign enough.
    func ping() { onPing() }

    func kill() {
        let runtime = life.withLock { life in
            life.isKilled = true
            return life.runtime
        }
        runtime?.cancelAll()
        runtime?.stop()
        end(.signaled(9, coreDumped: false))
    }

    func introduce(_ segment: SegmentReference, for use: SegmentUse) throws {}
    func resultWasRead(_ slot: SlotIndex, task: TaskID) { runtime?.resultWasRead(slot, task: task.rawValue) }
    func segment(_ id: SegmentID) -> SegmentReference? { payloads.segment(id) }
    func takeStream(_ id: UInt64) -> [UInt8]? { payloads.takeResult(id) }
    func stream(_ payload: PayloadBytes, id: UInt64) { payloads.putRequest(payload, id: id) }

    func withdrawStream(_ id: UInt64) { payloads.withdrawRequest(id) }

    // MARK: Surroundings

    private let payloads = LocalPayloads()

    func threadBegan() {}

    func ready() { onReady() }

    func startFailed(_ error: any Error) {
        life.withLock { $0.startFailure = error }
    }

    func ended() { end(.exited(0)) }

    /// The last result has been taken over.
    ///
    /// The runtime knows this object: neither would go while they know each other.
    func forgetRuntime() { _ = life.withLock { $0.runtime.take() } }

    func segment(_ id: SegmentID) throws -> SegmentReference { try payloads.knownSegment(id) }
    func takeStream(_ id: UInt64) throws -> [UInt8] { try payloads.takeRequest(id) }
    // Safety: the bytes are used only within this call, which copies them.
    func stream(_ bytes: UnsafeRawBufferPointer) throws -> UInt64 { unsafe payloads.putResult(bytes) }

    private func end(_ status: WorkerExitStatus) {
        let (isFirst, failure) = life.withLock { life in
            defer { life.hasEnded = true }
            return (!life.hasEnded, life.startFailure)
        }
        guard isFirst else { return }
        onEnd(
            ExitReport(
                processID: processID, status: status, startFailure: failure, failedToStart: failure != nil))
    }
}
