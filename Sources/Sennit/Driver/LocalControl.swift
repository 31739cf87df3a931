internal import Synchronization

/// The parent's hold on a worker that lives on threads of the parent itself: `processes: 0`.
///
/// What cannot be had without a process of its own: ending a task that does not return. Such a worker is given up:
/// its threads run on unheard until their tasks return, and a fresh worker takes its place.
final class LocalControl: WorkerControl, WorkerSurroundings {
    private let onReady: @Sendable () -> Void
    private let onEnd: @Sendable (ExitReport) -> Void
    private let runtime = AtomicLazyReference<WorkerRuntime>()
    private let startFailure = Mutex<(any Error)?>(nil)
    private let hasEnded = Atomic<Bool>(false)

    let processID = ProcessIdentity.current

    init(onReady: @escaping @Sendable () -> Void, onEnd: @escaping @Sendable (ExitReport) -> Void) {
        self.onReady = onReady
        self.onEnd = onEnd
    }

    func start(_ runtime: WorkerRuntime) {
        runtime.start()
        _ = self.runtime.storeIfNil(runtime)
    }

    // MARK: Control

    func cancel(_ task: TaskID) { runtime.load()?.cancel(task.rawValue) }
    func stop() { runtime.load()?.stop() }
    func ping() {}

    func kill() {
        runtime.load()?.cancelAll()
        stop()
        end(.signaled(9, coreDumped: false))
    }

    func introduce(_ segment: SegmentReference, for use: SegmentUse) throws {}
    func resultWasRead(_ slot: SlotIndex, task: TaskID) { runtime.load()?.resultWasRead(slot, task: task.rawValue) }
    func segment(_ id: SegmentID) -> SegmentReference? { payloads.segment(id) }
    func takeStream(_ id: UInt64) -> [UInt8]? { payloads.takeResult(id) }
    func stream(_ payload: PayloadBytes, id: UInt64) { payloads.putRequest(payload, id: id) }

    // MARK: Surroundings

    private let payloads = LocalPayloads()

    func ready() { onReady() }

    func startFailed(_ error: any Error) {
        startFailure.withLock { $0 = error }
    }

    func ended() { end(.exited(0)) }

    func segment(_ id: SegmentID) throws -> SegmentReference { try payloads.knownSegment(id) }
    func takeStream(_ id: UInt64) throws -> [UInt8] { try payloads.takeRequest(id) }
    func stream(_ bytes: UnsafeRawBufferPointer) throws -> UInt64 { unsafe payloads.putResult(bytes) }

    private func end(_ status: WorkerExitStatus) {
        guard !hasEnded.exchange(true, ordering: .acquiringAndReleasing) else { return }
        let failure = startFailure.withLock { $0 }
        onEnd(
            ExitReport(
                processID: processID, status: status, startFailure: failure, failedToStart: failure != nil))
    }
}
