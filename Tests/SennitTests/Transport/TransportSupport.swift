import CSennit
import Sennit
import SennitTesting
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Zero-filled memory between two pages that nobody may touch: an access outside is a crash.
// @safe, @unchecked Sendable: immutable after init, and the region keeps its owner alive.
@safe
final class GuardedMemory: @unchecked Sendable {
    private static let guardBytes = 65_536

    private let mapping: UnsafeMutableRawPointer
    private let mappedBytes: Int
    let byteCount: Int

    init(_ byteCount: Int) {
        self.byteCount = byteCount
        let rounded = (byteCount + Self.guardBytes - 1) & ~(Self.guardBytes - 1)
        mappedBytes = rounded + 2 * Self.guardBytes
        guard
            let memory = unsafe mmap(
                nil, mappedBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            unsafe mprotect(memory + Self.guardBytes, rounded, PROT_READ | PROT_WRITE) == 0
        else { fatalError("no memory for a test") }
        unsafe mapping = memory
    }

    deinit { unsafe munmap(mapping, mappedBytes) }

    var region: SharedRegion {
        unsafe SharedRegion(base: mapping + Self.guardBytes, byteCount: byteCount, owner: self)
    }
}

/// A parent's and a worker's end of one channel, with their doorbell.
struct ChannelPair: Sendable {
    let parent: ParentChannel
    let worker: WorkerChannel
    let doorbell: Doorbell

    init(
        slotCount: Int = 64, threadCount: Int = 1, typeTableBytes: Int = 4096, arenaBytes: Int = 65_536,
        processorCount: Int = 2
    ) throws {
        let layout = try ChannelLayout(
            slotCount: slotCount, typeTableBytes: typeTableBytes, requestArenaBytes: arenaBytes,
            responseArenaBytes: arenaBytes)
        let bell = GuardedMemory(Doorbell.byteCount).region
        doorbell = try Doorbell(region: bell)
        parent = try ParentChannel(layout: layout, region: GuardedMemory(layout.totalBytes).region)
        worker = try WorkerChannel(
            region: parent.region, doorbell: DoorbellButton(region: bell), threadCount: threadCount,
            processorCount: processorCount)
    }

    /// Posts a task whose payload is its number, and wakes a thread if need be.
    func post(_ taskID: UInt64, attempt: UInt32 = 1) -> SlotIndex? {
        let payload = [taskID]
        let slot = unsafe parent.post(
            taskID: taskID, attempt: attempt, typeIndex: 0, flags: 0, deadline: 0, inline: payload.span.bytes)
        if parent.needsWake() { parent.wake() }
        return slot
    }

    /// Claims and completes tasks until `stop`, answering each with its own bytes.
    func serve(thread: Int, _ body: (ClaimedSlot) -> Void = { _ in }) {
        while let claimed = worker.nextTask(thread: thread) {
            body(claimed)
            worker.withInlineBytes(of: claimed) { bytes in
                _ = worker.complete(claimed, status: 7, inline: bytes)
            }
        }
    }

    /// The finished tasks there are now; their slots are released.
    func drain(limit: Int = .max) -> [Completion] {
        var found: [Completion] = []
        parent.drainCompletions(
            limit: limit,
            completed: { completion in
                found.append(copy completion)
                parent.release(completion.slot)
            }, progress: { _ in })
        return found
    }
}

/// Threads of a test: started, and waited for with a limit, so that a lost wake-up fails the test instead
/// of hanging it.
final class TestThreads: Sendable {
    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    private let running = Atomic<Int>(0)

    func start(_ body: @escaping @Sendable () -> Void) {
        running.add(1, ordering: .sequentiallyConsistent)
        let boxed = unsafe Unmanaged.passRetained(
            Body { [self] in
                body()
                running.subtract(1, ordering: .sequentiallyConsistent)
            })
        var thread = pthread_t(bitPattern: 0)
        let result = unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, boxed.toOpaque())
        if result != 0 { fatalError("no thread for a test") }
    }

    /// True when all threads have ended within `seconds`.
    func finish(within seconds: Double = 60) -> Bool {
        eventually(within: seconds) { running.load(ordering: .sequentiallyConsistent) == 0 }
    }
}

/// Polls until `condition` holds; false when it does not within `seconds`.
func eventually(within seconds: Double = 60, _ condition: () -> Bool) -> Bool {
    let deadline = sennit_monotonic_ns() + UInt64(seconds * 1e9)
    while !condition() {
        if sennit_monotonic_ns() > deadline { return false }
        // Conditions are about memory, and a thread's end: nothing here could wake this one without being under test.
        usleep(50)
    }
    return true
}

extension SeededGenerator {
    /// Does nothing, spins or sleeps for a moment.
    mutating func pause() {
        switch next() % 8 {
        // The sleep itself is wanted: it shuffles the order in which threads come.
        case 0: usleep(UInt32(next() % 200))
        case 1, 2: for _ in 0..<(next() % 2000) { sennit_cpu_pause() }
        default: break
        }
    }
}
