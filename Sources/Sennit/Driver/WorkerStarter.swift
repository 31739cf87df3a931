internal import Synchronization

/// A worker process that the supervisor watches.
final class WatchedWorker: Sendable {
    let id: WorkerID
    let link: WorkerLink
    let control: ProcessControl
    let standardError: Mutex<StandardErrorTail>
    let failure: StartFailureBox
    let isWatchedForRoom = Atomic<Bool>(false)
    private let channelMemory: SharedSegment

    init(
        id: WorkerID, link: WorkerLink, control: ProcessControl, standardError: consuming StandardErrorTail,
        failure: StartFailureBox, channelMemory: SharedSegment
    ) {
        self.id = id
        self.link = link
        self.control = control
        self.standardError = Mutex(standardError)
        self.failure = failure
        self.channelMemory = channelMemory
    }

    /// Tells the worker what it is to be.
    func greet(_ plan: WorkerPlan) throws {
        let greeting = try plan.greeting(for: id, channelBytes: channelMemory.size)
        var writer = ByteWriter(capacity: 1024)
        try WireCoder.encode(greeting, into: &writer, sizeLimit: ControlSocket.maximumPayload)
        guard let channel = channelMemory.descriptor, let doorbell = plan.doorbellMemory?.descriptor else {
            throw PoolError(.systemCallFailed, "The shared memory of a worker has no descriptor to send.")
        }
        try control.socket.send(
            kind: ControlMessage.Kind.greeting.rawValue, payload: writer.bytes, descriptors: [channel, doorbell])
    }
}

/// Makes workers, in processes of their own or on threads of this one.
enum WorkerStarter {
    static func spawner(for plan: WorkerPlan) -> any Spawner {
        switch plan.options.startMethod {
        case .spawn: ProcessSpawner()
        case .zygote: ZygoteSpawner(template: request(for: plan))
        }
    }

    private static func request(for plan: WorkerPlan) -> SpawnRequest {
        var request = SpawnRequest()
        request.mode = .worker
        // What a task starts has the streams that it has with `processes: 0`.
        request.standardInput = InheritedStream.descriptor(0)
        if let executable = plan.options.executable { request.executable = executable }
        request.environment = plan.options.environment.mapValues { $0 }
        request.printsBacktraces = plan.options.crashBacktraces
        return request
    }

    static func start(
        _ worker: WorkerID, _ spawner: any Spawner, _ supervisor: Supervisor, _ core: PoolCore
    ) throws -> WatchedWorker {
        let plan = supervisor.plan
        guard WorkerBoot.isDiversionAvailable || plan.options.executable != nil || ManualDiversion.isPresent else {
            throw PoolError(
                .noDiversion,
                "Workers cannot be diverted before main here: call ProcessThreadPool.runWorkerIfNeeded() first in main."
            )
        }
        let memory = try SharedSegment(size: plan.layout.totalBytes, name: "sennit-channel")
        let channel = try ParentChannel(layout: plan.layout, region: SharedRegion(memory))
        var sockets = try DescriptorPair.sockets()
        var errors = try DescriptorPair.pipe()
        guard let ours = sockets.first.take(), let theirs = sockets.second.take(),
            let errorOutput = errors.first.take(),
            let errorInput = errors.second.take()
        else { throw PoolError(.systemCallFailed, "A socket pair or a pipe came without an end.") }
        var request = request(for: plan)
        request.arguments = ["sennit-worker \(plan.options.name) \(worker.number)"]
        request.control = theirs.rawValue
        request.standardError = errorInput.rawValue
        let child = try spawner.spawn(request)
        let failure = StartFailureBox()
        let control = ProcessControl(
            child: child, socket: ControlSocket(adopting: ours),
            wake: { [wakeup = supervisor.wakeup] in wakeup.signal() },
            onFrame: { kind, payload in hear(kind, payload, worker, failure, core) })
        let link = WorkerLink(worker: worker, channel: channel, control: control, policy: plan.policy)
        supervisor.watcher.links.add(link)
        return WatchedWorker(
            id: worker, link: link, control: control,
            standardError: StandardErrorTail(
                pipe: errorOutput, limit: plan.options.standardErrorTailBytes,
                forwarder: plan.options.standardError == .forward ? .process : nil),
            failure: failure, channelMemory: memory)
    }

    // Safety: the message's bytes are read while the array that holds them is alive.
    private static func hear(
        _ kind: ControlMessage.Kind, _ payload: [UInt8], _ worker: WorkerID, _ failure: StartFailureBox,
        _ core: PoolCore
    ) {
        switch kind {
        case .ready:
            core.workerReady(worker)
        case .pong:
            core.workerHeard(worker)
        case .segmentLost:
            core.workerRanShort(worker)
        case .refused:
            failure.set(PoolError(.foreignWorker, String(decoding: payload, as: UTF8.self)))
        case .startFailed:
            let error: (any Error)? = unsafe payload.withUnsafeBytes { bytes in
                var reader = unsafe ByteReader(bytes)
                return try? ErrorEnvelope.decode(from: &reader)
            }
            failure.set(error ?? PoolError(.startFailed, "The worker's context could not be made."))
        default:
            break
        }
    }

    /// Starts a worker on threads of this process.
    static func startLocally(_ worker: WorkerID, _ supervisor: Supervisor, _ core: PoolCore) throws {
        let plan = supervisor.plan
        let region = SharedRegion(try PrivateMemory(byteCount: plan.layout.totalBytes))
        let channel = try ParentChannel(layout: plan.layout, region: region)
        let ownEnd = try WorkerChannel(
            region: region, doorbell: DoorbellButton(region: plan.doorbellRegion), threadCount: plan.threads,
            processorCount: plan.maySpin ? ProcessIdentity.processorCount : 1)
        let box = LinkBox()
        let control = LocalControl(
            onReady: { core.workerReady(worker) },
            onPing: { core.workerHeard(worker) },
            onEnd: { report in
                // Whoever brings this news may be bringing results at the moment: the supervisor takes the last ones.
                if let link = box.take() { supervisor.enqueue(.ended(link, report)) }
            })
        let link = WorkerLink(worker: worker, channel: channel, control: control, policy: plan.policy)
        box.put(link)
        supervisor.watcher.links.add(link)
        guard core.attach(link) else {
            control.kill()
            return
        }
        control.start(WorkerRuntime(channel: ownEnd, settings: plan.settings(for: worker), surroundings: control))
    }
}

/// Why a worker could not start, as it said itself.
final class StartFailureBox: Sendable {
    private let error = Mutex<(any Error)?>(nil)

    func set(_ newError: any Error) { error.withLock { $0 = $0 ?? newError } }
    var value: (any Error)? { error.withLock { $0 } }
}

/// Holds a link until the worker ends, without a cycle that would outlive it.
private final class LinkBox: Sendable {
    private let link = Mutex<WorkerLink?>(nil)

    func put(_ newLink: WorkerLink) { link.withLock { $0 = newLink } }
    func take() -> WorkerLink? { link.withLock { $0.take() } }
}

/// Whether this executable's `main` has promised to divert workers by itself.
package enum ManualDiversion {
    private static let promise = Atomic<Bool>(false)

    package static var isPresent: Bool { promise.load(ordering: .relaxed) }
    package static func promiseGiven() { promise.store(true, ordering: .relaxed) }
}
