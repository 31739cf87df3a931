/// One task of a map's input, encoded.
struct PulledTask {
    /// The arguments; or what their encoding, or the making of the task's own options, failed with.
    var arguments: Result<EncodedArguments, any Error>
    /// What holds for this task.
    var template: TaskTemplate
    /// The caller has given this task options of its own.
    var hasOwnTemplate = false
}

/// Where the tasks of a map come from: one after the other, pulled as they are wanted.
struct TaskPull {
    /// What holds for one task, by the options that the caller gives it; nil for what holds for all of them.
    typealias OwnTemplate<Work> = (Work) throws -> TaskTemplate?
    /// A task that has been pulled, to be encoded in the iterating task; given is what holds for all of them.
    typealias Arrival = @Sendable (inout ArgumentEncoder, TaskTemplate) -> PulledTask

    /// How an input is pulled.
    enum Way {
        /// Without suspending, in the iterating task; nil at the end.
        case now((inout ArgumentEncoder, TaskTemplate) -> PulledTask?)
        /// In the iterating task, which waits for the input.
        case later(() async throws -> Arrival?)
        /// In a task of its own, while the iterating task takes results.
        case live(@Sendable (InputFeed) async -> Void)
    }

    let way: Way

    /// Pulls from a sequence by its iterator's `next`.
    init<Work: PoolTask>(now next: @escaping () -> Work?, _ own: OwnTemplate<Work>?) {
        way = .now { encoder, template in
            guard let work = next() else { return nil }
            return Self.encode(work, template, own, &encoder)
        }
    }

    /// Pulls from an asynchronous sequence that belongs to the iterating task.
    init<Tasks: AsyncSequence>(_ tasks: Tasks, _ own: (@Sendable (Tasks.Element) throws -> TaskTemplate?)?)
    where Tasks.Element: PoolTask {
        var iterator = tasks.makeAsyncIterator()
        way = .later {
            guard let work = try await iterator.next(isolation: #isolation) else { return nil }
            return Self.arrival(work, own)
        }
    }

    /// Pulls from an asynchronous sequence that may be iterated anywhere.
    init<Tasks: AsyncSequence & Sendable>(
        live tasks: Tasks, _ own: (@Sendable (Tasks.Element) throws -> TaskTemplate?)?
    ) where Tasks.Element: PoolTask {
        way = .live { feed in await feed.pull(tasks, own) }
    }

    static func arrival<Work: PoolTask>(
        _ work: Work, _ own: (@Sendable (Work) throws -> TaskTemplate?)?
    ) -> Arrival {
        { encoder, template in encode(work, template, own, &encoder) }
    }

    private static func encode<Work: PoolTask>(
        _ work: Work, _ shared: TaskTemplate, _ own: OwnTemplate<Work>?, _ encoder: inout ArgumentEncoder
    ) -> PulledTask {
        var pulled = PulledTask(arguments: .success(.none), template: shared)
        do {
            if let own = try own?(work) {
                pulled.template = own
                pulled.hasOwnTemplate = true
            }
            pulled.arguments = .success(try encoder.encode(work, with: pulled.template.metadata))
        } catch {
            pulled.arguments = .failure(error)
        }
        return pulled
    }
}
