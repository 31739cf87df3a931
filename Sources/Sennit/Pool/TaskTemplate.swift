internal import Synchronization

/// What all tasks of one type, submitted with the same options, have in common.
struct TaskTemplate {
    let type: TaskTypeEntry
    let specification: TaskSpecification
    let metadata: [String: String]

    func task(
        _ arguments: EncodedArguments, sink: (any CompletionSink)? = nil, index: Int = 0
    ) -> PendingTask {
        PendingTask(type: type, arguments: arguments, specification: specification, sink: sink, index: index)
    }
}

/// What the caller of single tasks leaves for the next one: the encoder's memory, and the last template.
// @unchecked Sendable: the pool's `preparation` holds the only reference, and whoever has taken it out is alone with
// it.
final class TaskPreparation: @unchecked Sendable {
    private var encoder: ArgumentEncoder
    private var last: Last?

    /// A template, and what it was made from.
    private final class Last {
        let type: ObjectIdentifier
        let isIdempotent: Bool
        let options: TaskOptions
        let template: TaskTemplate

        init(_ type: any PoolTask.Type, _ isIdempotent: Bool, _ options: TaskOptions, _ template: TaskTemplate) {
            self.type = ObjectIdentifier(type)
            self.isIdempotent = isIdempotent
            self.options = options
            self.template = template
        }
    }

    init(_ options: PoolOptions) { encoder = ArgumentEncoder(options) }

    /// Encodes a task and makes its record.
    ///
    /// The last template serves again if it was made from the same. A type's options may be computed, and may differ
    /// from one task to the next: they are asked for each time, and compared. A deadline counts from now, so nothing
    /// made from one is kept.
    func prepare<Work: PoolTask>(_ task: Work, options given: TaskOptions?, in core: PoolCore) throws -> PendingTask {
        let (options, isIdempotent) = (given ?? Work.options, Work.isIdempotent)
        if let last, last.type == ObjectIdentifier(Work.self), last.isIdempotent == isIdempotent,
            last.options.saysTheSame(as: options)
        {
            return last.template.task(try encoder.encode(task, with: last.template.metadata))
        }
        let template = try core.template(for: Work.self, options: options, isIdempotent: isIdempotent)
        last = options.deadline == nil ? Last(Work.self, isIdempotent, options, template) : nil
        return template.task(try encoder.encode(task, with: template.metadata))
    }
}

extension TaskOptions {
    /// Whether both mean the same for a task, neither having a deadline.
    @inline(__always)
    fileprivate func saysTheSame(as other: TaskOptions) -> Bool {
        deadline == nil && other.deadline == nil && priority == other.priority && timeout == other.timeout
            && isIdempotent == other.isIdempotent && retries == other.retries && cancellation == other.cancellation
            && key == other.key && metadata == other.metadata
    }
}

extension PoolCore {
    /// Checks the options and names the type; the result may be used for any number of tasks.
    func template<Work: PoolTask>(for type: Work.Type, options given: TaskOptions?) throws -> TaskTemplate {
        try template(for: type, options: given ?? type.options, isIdempotent: type.isIdempotent)
    }

    fileprivate func template<Work: PoolTask>(
        for type: Work.Type, options: TaskOptions, isIdempotent: Bool
    ) throws -> TaskTemplate {
        TaskTemplate(
            type: try types.entry(for: type), specification: try specification(options, isIdempotent: isIdempotent),
            metadata: options.metadata)
    }

    /// Encodes one task on the caller's thread and makes its record.
    package func prepare<Work: PoolTask>(_ task: Work, options: TaskOptions?) throws -> PendingTask {
        let own = preparation.withLock { $0.take() } ?? TaskPreparation(self.options)
        let prepared = try own.prepare(task, options: options, in: self)
        var spare: TaskPreparation? = own
        // Another caller may have left one meanwhile; it goes outside of the lock.
        preparation.withLock { swap(&$0, &spare) }
        return prepared
    }

    private func specification(_ given: TaskOptions, isIdempotent: Bool) throws -> TaskSpecification {
        var specification = TaskSpecification()
        specification.priority = given.priority
        specification.keyHash = given.key.map { KeyHash.value(of: $0) }
        specification.isIdempotent = given.isIdempotent ?? isIdempotent
        specification.retries = given.retries ?? options.retries
        if let timeout = given.timeout {
            guard timeout > .zero else { throw PoolError(.invalidArgument, "A timeout of \(timeout) is not positive.") }
            specification.timeout = max(1, timeout.clampedNanoseconds)
        }
        guard specification.retries >= 0 else {
            throw PoolError(.invalidArgument, "A task cannot be retried \(specification.retries) times.")
        }
        if let deadline = given.deadline {
            let left = driver.remainingTime(until: deadline)
            // One nanosecond after the start of time is in the past for everybody.
            specification.deadline = left > .zero ? driver.now() &+ left.clampedNanoseconds : 1
        }
        if case .killAfter(let time) = given.cancellation {
            specification.killAfterCancellation = time.clampedNanoseconds
        }
        return specification
    }
}

/// Turns keys into numbers that are the same in every process.
enum KeyHash {
    /// FNV-1a, 64 bits: stable between runs, unlike `Hasher`.
    static func value(of key: String) -> UInt64 {
        key.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
