/// The tasks of one map that travel together as one `PendingTask`; see `Engine+Chunks`.
///
/// The pool's lock guards it until the task has its outcome; then it belongs to whoever the sink has told.
final class TaskChunk {
    /// Of every task that the chunk was submitted with, by number.
    let arguments: [PayloadBytes]
    /// The tasks that are still in it, by number.
    var range: Range<Int>
    /// The first task of those that lie in the slot.
    var firstPosted = 0
    /// What the tasks have ended with, by their place in `range`; empty until the chunk has ended.
    private(set) var outcomes: [TaskOutcome] = []

    init(_ arguments: [PayloadBytes]) {
        self.arguments = arguments
        range = 0..<arguments.count
    }

    /// Tasks that have ended while others of their chunk go on.
    init(_ range: Range<Int>, endedWith outcomes: [TaskOutcome]) {
        invariant(range.count == outcomes.count, "a chunk has other outcomes than tasks")
        arguments = []
        self.range = range
        self.outcomes = outcomes
    }

    /// Gives every task that has none this outcome.
    func end(_ outcome: TaskOutcome) {
        while outcomes.count < range.count { outcomes.append(outcome) }
    }

    /// Gives every task the outcome that its worker sent.
    func end(with results: ChunkResults) {
        outcomes = range.map { results.outcome(of: $0 - firstPosted) }
    }
}

/// What a worker has left of the chunk in a slot.
struct ChunkResults {
    /// How many of the slot's tasks the worker has started.
    let started: Int
    /// The outcomes that stand in the slot, of the first tasks.
    let outcomes: [TaskOutcome]
    /// The outcome of the last task that was started, where it stands elsewhere.
    var last: TaskOutcome?

    /// The outcome of a task, by its place in the slot.
    func outcome(of place: Int) -> TaskOutcome {
        if place >= 0, place < outcomes.count { return outcomes[place] }
        if let last, place == started - 1 { return last }
        return .failure(PoolError(.decodingFailed, "The worker left no result of a task that it has ended."))
    }
}

extension ParentChannel {
    /// What the worker has left of a chunk.
    ///
    /// `last` is the outcome that came with the slot's completion, if it is the last task's.
    func chunkResults(_ slot: SlotIndex, started: Int, last: TaskOutcome? = nil) -> ChunkResults {
        let count = last == nil ? started : max(0, started - 1)
        let outcomes = results(ofChunk: slot, count: count).map {
            CompletionStatus.outcome($0.status, .success($0.bytes))
        }
        return ChunkResults(started: started, outcomes: outcomes, last: last)
    }
}

// MARK: Splitting

extension PoolCore {
    /// Takes a running chunk apart, if it has tasks that have not been started.
    ///
    /// Those are handed back to the map, or end as cancelled; those before the running one get their outcome.
    func split(_ task: PendingTask, on link: WorkerLink, _ state: inout State, _ effects: inout PoolEffects) {
        guard let chunk = task.chunk, chunk.range.count > 1, !task.isFinished, let slot = task.slot,
            let started = link.channel.closeChunk(slot)
        else { return }
        takeApart(task, chunk, link.channel.chunkResults(slot, started: started - 1), started, &state, &effects)
    }

    /// As `split`, for a chunk whose worker has died.
    ///
    /// - Returns: False when the worker had begun none of its tasks.
    func recover(
        _ task: PendingTask, _ chunk: TaskChunk, from slot: SlotIndex, of link: WorkerLink, _ state: inout State,
        _ effects: inout PoolEffects
    ) -> Bool {
        let started = link.channel.startedTasks(ofChunk: slot)
        guard started > 0 else { return chunk.range.lowerBound > chunk.firstPosted }
        if !task.isFinished {
            takeApart(task, chunk, link.channel.chunkResults(slot, started: started - 1), started, &state, &effects)
        }
        return true
    }

    /// Leaves the last task that was started alone in the chunk.
    private func takeApart(
        _ task: PendingTask, _ chunk: TaskChunk, _ results: ChunkResults, _ started: Int, _ state: inout State,
        _ effects: inout PoolEffects
    ) {
        let running = chunk.firstPosted + started - 1
        // Another one would be nonsense of the worker's: all of them share the chunk's fate.
        guard chunk.range.contains(running) else { return }
        let ended = chunk.range.lowerBound..<running
        let unstarted = running + 1..<chunk.range.upperBound
        chunk.range = running..<running + 1
        if !ended.isEmpty {
            deliver(ended, of: task, ended.map { results.outcome(of: $0 - chunk.firstPosted) }, &effects)
        }
        giveBack(unstarted, of: task, chunk, finished: ended.count, &state, &effects)
    }

    /// Hands tasks that no worker has started back to the map, or ends them if they are cancelled.
    private func giveBack(
        _ range: Range<Int>, of task: PendingTask, _ chunk: TaskChunk, finished: Int, _ state: inout State,
        _ effects: inout PoolEffects
    ) {
        let isCancelled = state.engine.isCancelled(task.id)
        if !range.isEmpty {
            if isCancelled {
                deliver(range, of: task, range.map { _ in .failure(CancellationError()) }, &effects)
            } else {
                effects.append(.giveBack(range.map { task.alone($0, of: chunk) }))
            }
        }
        state.engine.chunkSplit(
            task.id, finished: finished, cancelled: isCancelled ? range.count : 0,
            returned: isCancelled ? 0 : range.count)
    }

    private func deliver(
        _ range: Range<Int>, of task: PendingTask, _ outcomes: [TaskOutcome], _ effects: inout PoolEffects
    ) {
        let part = PendingTask(
            type: task.type, arguments: .none, specification: task.specification, sink: task.sink, index: task.index,
            chunk: TaskChunk(range, endedWith: outcomes))
        effects.end(part, .output(.small(0, 0, count: 0)))
    }

    /// Takes in a chunk that its worker has completed.
    func accept(
        _ completion: ReceivedCompletion, _ task: PendingTask, _ chunk: TaskChunk, _ state: inout State,
        _ effects: inout PoolEffects
    ) {
        task.received = .output(.small(0, 0, count: 0))
        guard !task.isFinished else { return }
        guard let results = completion.chunk else {
            // It says nothing of the tasks: what it says holds for each of them.
            return chunk.end(completion.outcome)
        }
        let unstarted = max(chunk.range.lowerBound + 1, chunk.firstPosted + results.started)..<chunk.range.upperBound
        if !unstarted.isEmpty, results.started > 0 {
            chunk.range = chunk.range.lowerBound..<unstarted.lowerBound
            giveBack(unstarted, of: task, chunk, finished: 0, &state, &effects)
        }
        chunk.end(with: results)
    }
}

extension PendingTask {
    /// The identifier that the task itself knows; of a chunk's tasks, the first one's.
    var publicID: TaskID { chunk.map { id.task($0.range.lowerBound) } ?? id }

    /// One task of a chunk, to be submitted by itself.
    fileprivate func alone(_ number: Int, of chunk: TaskChunk) -> PendingTask {
        var specification = specification
        specification.size = 1
        let bytes = chunk.arguments[number]
        let arguments = EncodedArguments(
            bytes: bytes, segment: nil, count: bytes.count, attachments: [], flags: self.arguments?.flags ?? 0)
        return PendingTask(
            type: type, arguments: arguments, specification: specification, sink: sink, index: index + number)
    }
}
