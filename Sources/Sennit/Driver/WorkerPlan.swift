internal import Synchronization

/// What all workers of a pool have in common.
final class WorkerPlan: Sendable {
    let options: PoolOptions
    let threads: Int
    let contextType: [UInt8]
    let configuration: [UInt8]
    /// Workers are threads of this process.
    let isLocal: Bool
    let policy: PayloadPolicy
    let layout: ChannelLayout
    let doorbell: Doorbell
    let doorbellMemory: SharedSegment?
    let doorbellRegion: SharedRegion

    init(
        options: PoolOptions, threads: Int, contextType: [UInt8], configuration: [UInt8], isLocal: Bool,
        maximumPrefetch: Int
    ) throws {
        self.options = options
        self.threads = threads
        self.contextType = contextType
        self.configuration = configuration
        self.isLocal = isLocal
        var policy = PayloadPolicy(inlineBytes: ChannelLayout.inlineCapacity)
        policy.maximumPayloadBytes = options.maximumPayloadBytes
        policy.hasSegments = options.sharedMemory == .automatic
        self.policy = policy
        // Revoked slots come back late, so there are more slots than a worker may hold.
        layout = try ChannelLayout(
            slotCount: min(65_536, 2 * (threads + maximumPrefetch)), requestArenaBytes: 4 << 20,
            responseArenaBytes: 4 << 20)
        if isLocal {
            doorbellMemory = nil
            doorbellRegion = SharedRegion(try PrivateMemory(byteCount: Doorbell.byteCount))
        } else {
            let memory = try SharedSegment(size: Doorbell.byteCount, name: "sennit-doorbell")
            doorbellMemory = memory
            doorbellRegion = SharedRegion(memory)
        }
        doorbell = try Doorbell(region: doorbellRegion)
    }

    var maySpin: Bool { options.spinning == .adaptive }

    /// What a worker process is told first.
    func greeting(for worker: WorkerID, channelBytes: Int) throws -> WorkerGreeting {
        WorkerGreeting(
            workerNumber: worker.number, threads: threads, threadStackBytes: options.threadStackBytes,
            poolName: options.name, contextType: contextType, configuration: configuration,
            channelBytes: channelBytes, doorbellBytes: Doorbell.byteCount, maySpin: maySpin,
            hasSegments: policy.hasSegments, maximumPayloadBytes: policy.maximumPayloadBytes,
            executable: try ExecutableIdentity.current(),
            executableDigest: options.executable == nil ? nil : try ExecutableIdentity.contentDigest())
    }

    /// The same for a worker in this process.
    func settings(for worker: WorkerID) -> WorkerSettings {
        var settings = WorkerSettings(contextType: contextType, configuration: configuration, policy: policy)
        settings.workerNumber = worker.number
        settings.threads = threads
        settings.threadStackBytes = options.threadStackBytes
        settings.poolName = options.name
        return settings
    }
}

extension SharedRegion {
    /// A region over private memory, which it keeps alive.
    // Safety: the memory is the region's owner, so it is mapped for as long as the region is used.
    package init(_ memory: PrivateMemory) {
        unsafe self.init(base: memory.baseAddress, byteCount: memory.byteCount, owner: memory)
    }
}
