internal import Synchronization

/// What a worker is told when it starts.
package struct WorkerSettings: Sendable {
    package var workerNumber = 0
    package var threads = 1
    package var threadStackBytes = 1 << 20
    package var poolName = "sennit"
    /// The encoded reference to the context's type.
    package var contextType: [UInt8]
    package var configuration: [UInt8]
    package var policy: PayloadPolicy

    package init(contextType: [UInt8], configuration: [UInt8], policy: PayloadPolicy) {
        self.contextType = contextType
        self.configuration = configuration
        self.policy = policy
    }
}

/// What a worker runtime needs from the process it lives in.
package protocol WorkerSurroundings: AnyObject, Sendable {
    /// One of the threads has begun; called by each of them, first of all.
    func threadBegan()
    /// The context and all threads are ready.
    func ready()
    /// The context or a thread's state could not be made.
    func startFailed(_ error: any Error)
    /// The last thread has ended and the context is shut down.
    func ended()
    /// The segment with this name, which the parent has sent or is sending.
    func segment(_ id: SegmentID) throws -> SegmentReference
    /// A payload that the parent sends over its socket.
    func takeStream(_ id: UInt64) throws -> [UInt8]
    /// Makes sure that the parent knows a segment which a result names, or lies in.
    func introduce(_ segment: SegmentReference, for use: SegmentUse) throws
    /// Sends a result over the socket, whole, before its slot is completed.
    func stream(_ bytes: UnsafeRawBufferPointer) throws -> UInt64
}

// Safety: the response arena lies within the channel's region at the offset and size that its layout gives.
/// A worker: its threads, its context, and the way results go back.
///
/// The same object runs in a worker process and, with `processes: 0`, in the parent itself.
package final class WorkerRuntime: Sendable {
    package let channel: WorkerChannel
    package let settings: WorkerSettings
    package let surroundings: any WorkerSurroundings
    package let processID: Int32
    /// The process that serves the tasks, whatever a simulation says of itself.
    let original = ProcessIdentity.current

    struct Shared: ~Copyable {
        var holder: (any ContextHolder)?
        var runners: [UInt32: any TaskRunner] = [:]
        /// What is kept for the parent to read, until it has done so or the slot is used again.
        var kept: [SlotIndex: KeptPayloads] = [:]
        var readyThreads = 0
        var endedThreads = 0
        var hasFailed = false
    }

    /// Shared memory that one task's arguments or result lie in, or name.
    struct KeptPayloads {
        let task: UInt64
        var placement: PayloadPlacement?
        var segments: [SegmentReference] = []
    }

    let shared: Mutex<Shared>
    /// How many entries `kept` has, for those who would only look whether there is one.
    let keptCount = Atomic<Int>(0)
    let payloads: PayloadWriter
    package let threads: [WorkerThread]

    package init(
        channel: WorkerChannel, settings: WorkerSettings, surroundings: any WorkerSurroundings,
        processID: Int32 = ProcessIdentity.current
    ) {
        self.channel = channel
        self.settings = settings
        self.surroundings = surroundings
        self.processID = processID
        let policy = settings.policy
        threads = (0..<settings.threads).map { number in
            let spill = policy.hasSegments ? SegmentSpill(registry: .process, threshold: policy.arenaBytes) : nil
            return WorkerThread(number: number, spill: spill)
        }
        shared = Mutex(Shared())
        let arena = unsafe UnsafeMutableRawBufferPointer(
            start: channel.region.base + channel.layout.responseArenaOffset, count: channel.layout.responseArenaBytes)
        payloads = unsafe PayloadWriter(
            policy: settings.policy, arena: ArenaRegion(over: arena), registry: .process)
    }

    /// Starts the threads; `ready` or `startFailed` of the surroundings follows.
    package func start() {
        ProcessCopy.markOriginal()
        startThread(0)
    }

    private func startThread(_ number: Int) {
        let thread = threads[number]
        let name = "\(settings.poolName)-\(settings.workerNumber).\(number)"
        do {
            try SystemThread.start(name: name, stackBytes: settings.threadStackBytes) { [self] in
                surroundings.threadBegan()
                thread.run { await self.serve(thread) }
                threadEnded()
            }
        } catch {
            fail(PoolError(.systemCallFailed, "Thread \(number) of a worker could not be started.", cause: error))
            threadEnded(count: number == 0 ? settings.threads : 1)
        }
    }

    /// Tells the task that it is cancelled, if it is running here.
    package func cancel(_ task: UInt64) {
        while true {
            for thread in threads where thread.cancel(task) { return }
            // Its thread may have claimed it and not said so yet.
            guard channel.isClaimed(task) else { return }
            ThreadBell.yield()
        }
    }

    /// Tells every running task that it is cancelled.
    package func cancelAll() {
        for thread in threads { thread.cancelCurrent() }
    }

    /// Lets every thread end after the task it runs.
    package func stop() { channel.stop() }

    // MARK: One thread's life

    /// Serves tasks on a thread until the channel is stopped (true) or the Swift task is spent (false).
    private func serve(_ thread: WorkerThread) async -> Bool {
        if thread.state.userState == nil, await !prepare(thread) { return true }
        while let claimed = channel.nextTask(thread: thread.number) {
            thread.begin(claimed.taskID)
            await perform(claimed, on: thread)
            if thread.end() { return false }
        }
        return true
    }

    /// Runs one claimed task to its completion.
    package func perform(_ claimed: ClaimedSlot, on thread: WorkerThread) async {
        letGo(of: claimed.index)
        do throws(PoolError) {
            try await runner(for: claimed.typeIndex, on: thread).run(claimed, in: self, on: thread)
        } catch {
            refuse(claimed, error, on: thread)
        }
    }

    /// Makes the context on the first thread, and the state of each.
    private func prepare(_ thread: WorkerThread) async -> Bool {
        do {
            if thread.number == 0 {
                try await makeContext()
                for number in 1..<max(1, settings.threads) { startThread(number) }
            }
            guard try await makeState(of: thread) else { return false }
        } catch {
            fail(error)
            if thread.number == 0, shared.withLock({ $0.holder == nil }) { threadEnded(count: settings.threads - 1) }
            return false
        }
        let allReady = shared.withLock { shared in
            shared.readyThreads += 1
            return shared.readyThreads == settings.threads && !shared.hasFailed
        }
        if allReady { surroundings.ready() }
        return true
    }

    private func makeContext() async throws {
        guard let type = try TypeReference.resolve(encoded: settings.contextType) as? any WorkerContext.Type else {
            throw PoolError(.unknownTaskType, "The context type is none.")
        }
        let holder = try await type.makeHolder(configuration: settings.configuration)
        shared.withLock { $0.holder = holder }
    }

    private func makeState(of thread: WorkerThread) async throws -> Bool {
        guard let holder = shared.withLock({ $0.holder }) else { return false }
        thread.state.userState = try await holder.makeThreadState()
        return true
    }

    /// Makes the context and the state of every thread in the calling Swift task; for a worker without threads.
    package func prepareAll() async throws {
        try await makeContext()
        for thread in threads { _ = try await makeState(of: thread) }
    }

    /// Says goodbye to the context; for a worker without threads, after the last task.
    package func shutDownContext() async {
        let holder = shared.withLock { $0.holder.take() }
        await holder?.shutDown()
    }

    private func fail(_ error: any Error) {
        let isFirst = shared.withLock { shared in
            defer { shared.hasFailed = true }
            return !shared.hasFailed
        }
        if isFirst { surroundings.startFailed(error) }
        channel.stop()
    }

    private func threadEnded(count: Int = 1) {
        let (isLast, holder) = shared.withLock { shared -> (Bool, (any ContextHolder)?) in
            shared.endedThreads += count
            let isLast = shared.endedThreads == settings.threads
            return (isLast, isLast ? shared.holder.take() : nil)
        }
        guard isLast else { return }
        guard let holder else {
            surroundings.ended()
            return
        }
        // The last thread is gone, so the goodbye runs on one of its own.
        Task(name: "sennit worker shutdown") {
            await holder.shutDown()
            surroundings.ended()
        }
    }

    // MARK: Types

    private func runner(for typeIndex: UInt32, on thread: WorkerThread) throws(PoolError) -> any TaskRunner {
        if let last = thread.lastRunner, last.type == typeIndex { return last.runner }
        let found = try runner(for: typeIndex)
        thread.lastRunner = (typeIndex, found)
        return found
    }

    private func runner(for typeIndex: UInt32) throws(PoolError) -> any TaskRunner {
        if let runner = shared.withLock({ $0.runners[typeIndex] }) { return runner }
        guard let bytes = channel.typeReference(typeIndex), let context = shared.withLock({ $0.holder?.context }),
            let type = try? TypeReference.resolve(encoded: bytes) as? any PoolTask.Type
        else { throw PoolError(.unknownTaskType, "The worker knows no task type \(typeIndex).") }
        let runner = try type.makeRunner(context: context)
        shared.withLock { $0.runners[typeIndex] = runner }
        return runner
    }
}

extension TypeReference {
    /// The reference as bytes.
    package var encoded: [UInt8] {
        var writer = ByteWriter()
        encode(into: &writer)
        return writer.bytes
    }

    /// The type that encoded bytes name.
    package static func resolve(encoded bytes: [UInt8]) throws -> Any.Type {
        try unsafe bytes.withUnsafeBytes { bytes in
            var reader = unsafe ByteReader(bytes)
            return try TypeReference(from: &reader).resolve()
        }
    }
}
