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
///
/// One owner at a time has it.
struct TaskPreparation: ~Copyable {
    var encoder: ArgumentEncoder
    private var last: Last?

    /// A template, and what it was made from.
    private struct Last {
        let type: ObjectIdentifier
        let isIdempotent: Bool
        let options: TaskOptions
        let template: TaskTemplate
    }

    init(_ options: PoolOptions) { encoder = ArgumentEncoder(options) }

    /// The template for the type with these options: the last one, if it was made from the same.
    ///
    /// A type's options may be computed, and may differ from one task to the next: they are asked for each time, and
    /// compared. A deadline counts from now, so nothing made from one is kept.
    mutating func template<Work: PoolTask>(
        for type: Work.Type, options given: TaskOptions?, in core: PoolCore
    ) throws -> TaskTemplate {
        let (options, isIdempotent) = (given ?? type.options, type.isIdempotent)
        if let last, last.type == ObjectIdentifier(type), last.isIdempotent == isIdempotent,
            last.options.saysTheSame(as: options)
        {
            return last.template
        }
        let template = try core.template(for: type, options: options, isIdempotent: isIdempotent)
        last =
            options.deadline == nil
            ? Last(type: ObjectIdentifier(type), isIdempotent: isIdempotent, options: options, template: template) : nil
        return template
    }
}

extension TaskOptions {
    /// Whether both mean the same for a task, neither having a deadline.
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
        var spare: TaskPreparation?
        preparation.withLock { swap(&$0, &spare) }
        var own = spare.take() ?? TaskPreparation(self.options)
        let template = try own.template(for: Work.self, options: options, in: self)
        let arguments = try own.encoder.encode(task, with: template.metadata)
        spare = consume own
        preparation.withLock { swap(&$0, &spare) }
        return template.task(arguments)
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
