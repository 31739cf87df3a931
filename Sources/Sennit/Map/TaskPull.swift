/// Where the tasks of a map come from: one after the other, pulled as they are wanted.
struct TaskPull {
    /// One task, encoded; or the error that its encoding failed with.
    typealias Pulled = Result<EncodedArguments, any Error>
    /// A task that has been pulled, to be encoded with its metadata in the iterating task.
    typealias Arrival = @Sendable (inout ArgumentEncoder, _ metadata: [String: String]) -> Pulled

    /// How an input is pulled.
    enum Way {
        /// Without suspending, in the iterating task; nil at the end.
        case now((inout ArgumentEncoder, _ metadata: [String: String]) -> Pulled?)
        /// In the iterating task, which waits for the input.
        case later(() async throws -> Arrival?)
        /// In a task of its own, while the iterating task takes results.
        case live(@Sendable (InputFeed) async -> Void)
    }

    let way: Way

    /// Pulls from a sequence by its iterator's `next`.
    init<Work: PoolTask>(now next: @escaping () -> Work?) {
        way = .now { encoder, metadata in
            guard let work = next() else { return nil }
            return Self.encode(work, metadata, &encoder)
        }
    }

    /// Pulls from an asynchronous sequence that belongs to the iterating task.
    init<Tasks: AsyncSequence>(_ tasks: Tasks) where Tasks.Element: PoolTask {
        var iterator = tasks.makeAsyncIterator()
        way = .later {
            guard let work = try await iterator.next(isolation: nil) else { return nil }
            return Self.arrival(work)
        }
    }

    /// Pulls from an asynchronous sequence that may be iterated anywhere.
    init<Tasks: AsyncSequence & Sendable>(live tasks: Tasks) where Tasks.Element: PoolTask {
        way = .live { feed in await feed.pull(tasks) }
    }

    static func arrival<Work: PoolTask>(_ work: Work) -> Arrival {
        { encoder, metadata in encode(work, metadata, &encoder) }
    }

    private static func encode<Work: PoolTask>(
        _ work: Work, _ metadata: [String: String], _ encoder: inout ArgumentEncoder
    ) -> Pulled {
        do { return .success(try encoder.encode(work, with: metadata)) } catch { return .failure(error) }
    }
}
