/// How many tasks of a map travel together, from how long they take.
///
/// A slot's way to a worker and back costs some microseconds, so tasks that take less are worth sending together; a
/// chunk's results come together, so it must not take long. A pure value.
package struct ChunkSizing {
    /// The most that is ever sent together; one where nothing is.
    package let limit: Int
    /// What one task takes, with reading its arguments and writing its result: a running mean, nanoseconds.
    package private(set) var meanRunTime: Nanoseconds = 0

    /// The time that a chunk should take: long beside the way there and back, short beside a time slice.
    private static var target: Nanoseconds { 60_000 }
    /// What is saved is less than a tenth of tasks that take longer.
    private static var longestTask: Nanoseconds { 15_000 }
    /// Chunks for each thread, so that all have something to do.
    private static var chunksForEachThread: Int { 4 }

    /// Sends every task alone.
    package static var alone: Self { Self(limit: 1) }

    private init(limit: Int) { self.limit = limit }

    /// Sizes for a map with so many tasks in flight, which are pulled in batches, on so many threads.
    package init(window: Int, batch: Int, threads: Int, mostQueued: Int) {
        let share = window / (Self.chunksForEachThread * max(1, threads))
        limit = max(1, min(SlotChunk.mostTasks, batch, share, mostQueued))
    }

    /// Tasks that travelled together have ended.
    package mutating func observe(runTime: Nanoseconds, tasks: Int) {
        guard limit > 1, tasks > 0 else { return }
        let sample = min(max(runTime / Nanoseconds(tasks), 1), 1_000_000_000)
        guard meanRunTime > 0 else { return meanRunTime = sample }
        let step = (Int64(sample) - Int64(meanRunTime)) / 8
        meanRunTime = Nanoseconds(max(1, Int64(meanRunTime) + step))
    }

    /// How many tasks should travel together now.
    package var size: Int {
        guard meanRunTime > 0, meanRunTime <= Self.longestTask else { return 1 }
        return max(1, min(limit, Int(Self.target / meanRunTime)))
    }
}

/// Tasks of a map that are being put together to travel as one.
struct OpenChunk {
    private(set) var arguments: [PayloadBytes] = []
    private(set) var firstIndex = 0
    private var byteCount = 0

    var isEmpty: Bool { arguments.isEmpty }
    var count: Int { arguments.count }

    /// Takes another task; false when it does not fit, or is not the next one of the input.
    mutating func append(_ bytes: PayloadBytes, index: Int) -> Bool {
        let needed = byteCount + SlotChunk.entryBytes + bytes.count
        guard needed <= SlotChunk.capacity, arguments.isEmpty || index == firstIndex + arguments.count else {
            return false
        }
        if arguments.isEmpty { firstIndex = index }
        arguments.append(bytes)
        byteCount = needed
        return true
    }

    /// The tasks as one, which leaves the chunk empty.
    mutating func close(_ template: TaskTemplate, _ flags: UInt32, sink: any CompletionSink) -> PendingTask {
        defer {
            arguments = []
            byteCount = 0
        }
        var (own, specification) = (EncodedArguments.none, template.specification)
        own.flags = flags
        if arguments.count == 1, let bytes = arguments.first {
            own.bytes = bytes
            own.count = bytes.count
            return PendingTask(
                type: template.type, arguments: own, specification: specification, sink: sink, index: firstIndex)
        }
        specification.size = arguments.count
        return PendingTask(
            type: template.type, arguments: own, specification: specification, sink: sink, index: firstIndex,
            chunk: TaskChunk(arguments))
    }
}

extension TaskTemplate {
    /// Whether the tasks may travel together: nothing is asked of one that would concern the others.
    var mayTravelTogether: Bool {
        specification.keyHash == nil && specification.timeout == 0 && specification.deadline == 0
            && specification.killAfterCancellation == nil
    }
}
