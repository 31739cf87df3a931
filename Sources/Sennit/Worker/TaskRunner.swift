/// Runs the tasks of one type in a worker.
package protocol TaskRunner: Sendable {
    func run(_ claimed: ClaimedSlot, in runtime: WorkerRuntime, on thread: WorkerThread) async
}

extension PoolTask {
    /// A runner for this type with the worker's context, or an error when the context is another type's.
    package static func makeRunner(context: any WorkerContext) throws(PoolError) -> any TaskRunner {
        if let own = context as? Context { return TypedTaskRunner<Self>(context: own) }
        if let none = NoContext() as? Context { return TypedTaskRunner<Self>(context: none) }
        throw PoolError(
            .unknownTaskType, "\(Self.self) needs a \(Context.self), but this pool's context is \(type(of: context)).")
    }
}

private struct TypedTaskRunner<Work: PoolTask>: TaskRunner {
    let context: Work.Context

    func run(_ claimed: ClaimedSlot, in runtime: WorkerRuntime, on thread: WorkerThread) async {
        guard claimed.flags & SlotFlags.isChunk != 0 else { return await runOne(claimed, in: runtime, on: thread) }
        thread.chunk = runtime.channel.chunk(of: claimed)
        while runtime.startNextOfChunk(on: thread) {
            await runOne(claimed, in: runtime, on: thread)
            // Its last result has completed the slot.
            if thread.chunk == nil { return }
            // What has not been started never is.
            if Task.isCancelled { thread.chunk?.close() }
        }
        thread.chunk = nil
        runtime.channel.completeChunk(claimed, status: CompletionStatus.chunk)
    }

    private func runOne(_ claimed: ClaimedSlot, in runtime: WorkerRuntime, on thread: WorkerThread) async {
        let task: Work
        var metadata: [String: String] = [:]
        do {
            task = try runtime.arguments(of: claimed, as: Work.self, on: thread, metadata: &metadata)
        } catch let error as PoolError where error.code == .systemCallFailed {
            runtime.refuse(claimed, error, on: thread)
            return
        } catch {
            let text = "The arguments of \(Work.self) could not be decoded: \(error)"
            runtime.refuse(claimed, PoolError(.decodingFailed, text), on: thread)
            return
        }
        let surroundings = TaskContext(claimed: claimed, metadata: metadata, thread: thread, runtime: runtime)
        ThrowSite.recording(true)
        do {
            let output = try await TaskContext.$current.withValue(surroundings) { try await task.run(in: context) }
            ThrowSite.recording(false)
            runtime.reply(output, to: claimed, on: thread)
        } catch {
            ThrowSite.recording(false)
            runtime.reply(error: error, to: claimed, on: thread)
        }
    }
}
