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

extension PoolCore {
    /// Checks the options and names the type; the result may be used for any number of tasks.
    func template<Work: PoolTask>(for type: Work.Type, options given: TaskOptions?) throws -> TaskTemplate {
        let options = given ?? type.options
        return TaskTemplate(
            type: try types.entry(for: type),
            specification: try specification(options, isIdempotent: type.isIdempotent), metadata: options.metadata)
    }

    /// Encodes one task on the caller's thread and makes its record.
    package func prepare<Work: PoolTask>(_ task: Work, options: TaskOptions?) throws -> PendingTask {
        let template = try template(for: Work.self, options: options)
        var spare: ArgumentEncoder?
        encoder.withLock { swap(&$0, &spare) }
        var own = spare.take() ?? ArgumentEncoder(self.options)
        let arguments = try own.encode(task, with: template.metadata)
        spare = consume own
        encoder.withLock { swap(&$0, &spare) }
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
