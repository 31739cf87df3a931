private import Synchronization

/// One thread of a worker, and the executor of the Swift task that runs on it.
///
/// The thread runs one long Swift task, which takes one pool task after the other from the channel; so a pool task
/// costs no Swift task of its own. What a pool task awaits comes back to this thread, which waits for it: an await
/// holds the thread, as blocking does. When a pool task has been cancelled, the long task is cancelled with it and
/// replaced by a fresh one afterwards.
package final class WorkerThread: TaskExecutor, @unchecked Sendable {
    package let number: Int
    package let state = WorkerThreadState()
    // Touched only by the pool task that runs on this thread.
    package var writer: ByteWriter
    var encoding = EncodingMemory()
    var decoding = DecodingMemory()
    var attachments = AttachedSegments()
    /// The type of the last task and its runner: the next one is most likely of the same.
    var lastRunner: (type: UInt32, runner: any TaskRunner)?
    /// Where the writer writes what is long.
    let spill: SegmentSpill?
    /// The segment that the task's arguments came in, while its result may be written there.
    var request: SegmentReference?
    /// The tasks that travel in the slot that the thread runs; nil for one alone, and once the slot is completed.
    var chunk: SlotChunk.Run?
    /// Finds the shared buffers that arguments name; knows which those of the current task have named.
    var lookup: RequestSegments?

    private struct Jobs: ~Copyable {
        var waiting: [UnownedJob] = []
        var isParked = false
    }

    private struct Current: ~Copyable {
        var task: UInt64?
        var isCancelled = false
        var isCancelling = false
        var carrier: Task<Void, Never>?
        var hasEnded = false
    }

    private let jobs = Mutex(Jobs())
    private let isDone = Atomic<Bool>(false)
    private let current = Mutex(Current())
    private let bell = ThreadBell()

    /// Makes the thread, not yet running.
    ///
    /// - Parameters:
    ///   - number: Its place in the worker.
    ///   - spill: Where its results go that are long, if there is shared memory.
    package init(number: Int, spill: SegmentSpill? = nil) {
        self.number = number
        self.spill = spill
        writer = ByteWriter(memory: spill)
    }

    /// Lets go of what belonged to the task that has just ended.
    func letGo() {
        if writer.isLent { writer.reset() }
        if request != nil {
            request = nil
            spill?.prefer(nil)
        }
        lookup?.forget()
    }

    // MARK: Executor

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let mustRing = jobs.withLock { jobs in
            jobs.waiting.append(job)
            return jobs.isParked
        }
        if mustRing { bell.ring() }
    }

    /// Runs `serve` on the calling thread until it says that there is nothing more to do.
    ///
    /// `serve` returns false to be called again in a fresh Swift task.
    package func run(_ serve: @escaping @Sendable () async -> Bool) {
        while true {
            current.withLock { $0.hasEnded = false }
            let carrier = Task(name: "sennit worker thread \(number)", executorPreference: self) {
                let isDone = await serve()
                self.current.withLock { $0.hasEnded = true }
                self.isDone.store(isDone, ordering: .relaxed)
            }
            current.withLock { $0.carrier = carrier }
            runJobs()
            current.withLock { $0.carrier = nil }
            if isDone.load(ordering: .relaxed) { return }
        }
    }

    // Safety: a job is run once, by the thread whose executor it was given to.
    private func runJobs() {
        while true {
            let (batch, ticket) = jobs.withLock { jobs -> ([UnownedJob], UInt32) in
                let batch = jobs.waiting
                jobs.waiting.removeAll(keepingCapacity: true)
                jobs.isParked = batch.isEmpty
                return (batch, bell.ticket)
            }
            if batch.isEmpty {
                if current.withLock({ $0.hasEnded }) { return }
                bell.wait(after: ticket)
                continue
            }
            for job in batch { unsafe job.runSynchronously(on: asUnownedTaskExecutor()) }
        }
    }

    // MARK: Cancellation

    /// The pool task starts; a cancellation of it is a cancellation of what runs here.
    package func begin(_ task: UInt64) {
        current.withLock { $0.task = task }
    }

    /// The pool task is over.
    ///
    /// - Returns: Whether the Swift task is spent, because it was cancelled with the pool task.
    package func end() -> Bool {
        while true {
            let isSpent: Bool? = current.withLock { current in
                // Somebody is just cancelling this task; what comes next must not be hit by it.
                guard !current.isCancelling else { return nil }
                current.task = nil
                defer { current.isCancelled = false }
                return current.isCancelled
            }
            if let isSpent { return isSpent }
            ThreadBell.yield()
        }
    }

    /// Cancels whatever pool task runs here.
    package func cancelCurrent() {
        if let task = current.withLock({ $0.task }) { _ = cancel(task) }
    }

    /// Cancels the pool task if it is the one that runs here, and has not been cancelled yet.
    ///
    /// - Returns: Whether it is.
    package func cancel(_ task: UInt64) -> Bool {
        let (isHere, carrier) = current.withLock { current -> (Bool, Task<Void, Never>?) in
            guard current.task == task else { return (false, nil) }
            guard !current.isCancelled else { return (true, nil) }
            current.isCancelled = true
            current.isCancelling = true
            return (true, current.carrier)
        }
        guard let carrier else { return isHere }
        // Cancellation handlers run here, outside of the lock.
        carrier.cancel()
        current.withLock { $0.isCancelling = false }
        return true
    }
}
