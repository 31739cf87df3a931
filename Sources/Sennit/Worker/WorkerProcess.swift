internal import CSennit
internal import Synchronization

// Safety: messages are read while the arrays that hold them are alive; the C entry point takes no arguments.
/// The life of a worker process, from its diversion before `main` to its exit.
@c(sennit_worker_main)
public func _sennitWorkerMain() -> Int32 {
    WorkerProcess.run()
}

/// What surrounds the runtime in a process of its own: the control socket, and the end of the process.
package final class WorkerProcess: WorkerSurroundings {
    /// The exit status of a worker whose start failed; its parent has been told why.
    package static let startFailedStatus: Int32 = 70

    private let socket: ControlSocket
    private let courier: SegmentCourier
    private let hasSegments: Bool
    private let news = ThreadBell()
    private let runtime = AtomicLazyReference<WorkerRuntime>()

    private init(socket: ControlSocket, hasSegments: Bool) {
        self.socket = socket
        self.hasSegments = hasSegments
        let bell = news
        courier = SegmentCourier(socket: socket, registry: .process, wake: { bell.ring() })
    }

    /// Serves the parent on descriptor 3 until it says stop or is gone.
    ///
    /// Never returns in a worker that was greeted.
    package static func run() -> Int32 {
        WorkerBoot.install()
        ThrowSite.install()
        SegmentRegistry.identifyProcess(as: UInt32(bitPattern: ProcessIdentity.current))
        let socket = ControlSocket(
            adopting: FileDescriptor(adopting: Int32(SENNIT_CONTROL_DESCRIPTOR)), sending: .blocking)
        var greeting: Result<(WorkerProcess, WorkerRuntime), any Error>?
        while greeting == nil {
            let receipt = hear(socket) { frame in
                if greeting == nil { greeting = Result { try greet(&frame, socket) } }
            }
            guard case .open = receipt else { endWithParent() }
        }
        switch greeting {
        case .success((let process, let runtime)):
            runtime.start()
            process.listen(runtime)
        case .failure(let error):
            say(error, to: socket)
        case nil:
            break
        }
        return startFailedStatus
    }

    private static func greet(
        _ frame: inout ControlFrame, _ socket: ControlSocket
    ) throws -> (WorkerProcess, WorkerRuntime) {
        guard frame.kind == ControlMessage.Kind.greeting.rawValue else {
            throw PoolError(.foreignWorker, "The first message to the worker was no greeting.")
        }
        guard let channelFile = frame.takeDescriptor(), let doorbellFile = frame.takeDescriptor() else {
            throw SystemError.noRoomForDescriptor
        }
        let greeting: WorkerGreeting = try unsafe frame.payload.withUnsafeBytes { bytes in
            var reader = unsafe ByteReader(bytes)
            return try WireCoder.decode(WorkerGreeting.self, from: &reader)
        }
        try checkBuild(greeting)
        let channelMemory = try SharedSegment(adopting: channelFile, size: greeting.channelBytes)
        let doorbellMemory = try SharedSegment(adopting: doorbellFile, size: greeting.doorbellBytes)
        let doorbell = try DoorbellButton(region: SharedRegion(doorbellMemory))
        let channel = try WorkerChannel(
            region: SharedRegion(channelMemory), doorbell: doorbell, threadCount: greeting.threads,
            processorCount: greeting.maySpin ? ProcessIdentity.processorCount : 1)
        var policy = PayloadPolicy(inlineBytes: ChannelLayout.inlineCapacity)
        policy.maximumPayloadBytes = greeting.maximumPayloadBytes
        policy.hasSegments = greeting.hasSegments
        var settings = WorkerSettings(
            contextType: greeting.contextType, configuration: greeting.configuration, policy: policy)
        settings.workerNumber = greeting.workerNumber
        settings.threads = greeting.threads
        settings.threadStackBytes = greeting.threadStackBytes
        settings.poolName = greeting.poolName
        let process = WorkerProcess(socket: socket, hasSegments: greeting.hasSegments)
        let runtime = WorkerRuntime(channel: channel, settings: settings, surroundings: process)
        _ = process.runtime.storeIfNil(runtime)
        return (process, runtime)
    }

    private static func checkBuild(_ greeting: WorkerGreeting) throws {
        let own = try ExecutableIdentity.current()
        guard own != greeting.executable else { return }
        guard let digest = greeting.executableDigest, own.size == greeting.executable.size,
            try ExecutableIdentity.contentDigest() == digest
        else {
            throw PoolError(
                .foreignWorker,
                "The worker's executable is another build than its parent's; start workers from the same file.")
        }
    }

    /// Says why the worker cannot serve: in words that any build understands if it is not the parent's own.
    private static func say(_ error: any Error, to socket: ControlSocket) {
        if (error as? PoolError)?.code == .foreignWorker {
            try? socket.send(kind: ControlMessage.Kind.refused.rawValue, payload: Array("\(error)".utf8.prefix(4096)))
        } else {
            sendStartFailure(error, to: socket)
        }
    }

    private static func sendStartFailure(_ error: any Error, to socket: ControlSocket) {
        var writer = ByteWriter()
        ErrorEnvelope.encode(error: error, throwSite: ThrowSite.takeFrames(), into: &writer)
        try? socket.send(kind: ControlMessage.Kind.startFailed.rawValue, payload: writer.bytes)
    }

    /// Hears the parent out until it is gone.
    private func listen(_ runtime: WorkerRuntime) -> Never {
        var patience = UInt64.max
        while true {
            let receipt = Self.hear(socket, within: patience) { frame in self.handle(&frame, runtime) }
            guard case .open = receipt else { Self.endWithParent() }
            // A segment is put aside when the parent has read a result, so this thread hears of it.
            let next = SegmentRegistry.process.trim(olderThan: SegmentRegistry.longestIdleness)
            let now = MonotonicClock.now()
            patience = next.map { $0 > now ? $0 - now : 0 } ?? .max
            courier.sendForgotten()
        }
    }

    /// Waits for messages; nil when the socket is of no use any more, which the last words explain.
    private static func hear(
        _ socket: ControlSocket, within nanoseconds: UInt64 = .max, _ handler: (inout ControlFrame) -> Void
    ) -> ControlReceipt? {
        do throws(ControlSocketError) {
            return try socket.receiveBlocking(timeoutNanoseconds: nanoseconds, handler)
        } catch {
            StandardErrorForwarder.process.write(Array("sennit: a worker cannot hear its parent: \(error)\n".utf8))
            return nil
        }
    }

    private func handle(_ frame: inout ControlFrame, _ runtime: WorkerRuntime) {
        do {
            if try courier.receive(&frame) {
                news.ring()
                return
            }
            switch ControlMessage.Kind(rawValue: frame.kind) {
            case .cancel: runtime.cancel(try frame.payload.controlNumbers(1)[0])
            case .stop: runtime.stop()
            case .ping: try socket.send(.pong)
            case .resultRead:
                let numbers = try frame.payload.controlNumbers(2)
                runtime.resultWasRead(SlotIndex(UInt32(truncatingIfNeeded: numbers[0])), task: numbers[1])
            default: break
            }
        } catch {
            // A message that makes no sense concerns at most one task, which waits for its payload and times out.
        }
    }

    /// The parent is gone, and so is everybody of this session.
    private static func endWithParent() -> Never {
        ProcessExit.endSession()
    }

    // MARK: Surroundings

    package func threadBegan() { WorkerBoot.continueAtParentsDeath() }

    package func ready() { try? socket.send(.ready) }

    package func startFailed(_ error: any Error) {
        Self.sendStartFailure(error, to: socket)
        ProcessExit.leave(Self.startFailedStatus)
    }

    package func ended() { ProcessExit.leave(0) }

    package func segment(_ id: SegmentID) throws -> SegmentReference {
        let limit = MonotonicClock.now() + 10_000_000_000
        while true {
            let ticket = news.ticket
            if let segment = SegmentRegistry.process.reference(to: id) { return segment }
            if let loss = courier.loss(of: id) {
                throw PoolError(
                    .systemCallFailed,
                    "The worker could not take over the shared memory of its arguments: \(loss). It is replaced.",
                    cause: loss)
            }
            let now = MonotonicClock.now()
            guard now < limit else { throw PayloadError.unknownSegment(id) }
            news.wait(after: ticket, timeoutNanoseconds: limit - now)
        }
    }

    package func takeStream(_ id: UInt64) throws -> [UInt8] {
        try courier.assembler.waitFor(id, timeout: .seconds(60))
    }

    package func introduce(_ segment: SegmentReference, for use: SegmentUse) throws {
        try courier.introduce(segment, for: use)
    }

    package func stream(_ bytes: UnsafeRawBufferPointer) throws -> UInt64 {
        try unsafe courier.stream(bytes)
    }
}

extension SharedRegion {
    /// A region over the whole of a shared segment, which it keeps mapped.
    package init(_ segment: SharedSegment) {
        unsafe self.init(base: segment.base, byteCount: segment.size, owner: segment)
    }
}
