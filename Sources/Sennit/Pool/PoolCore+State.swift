extension PoolCore.State {
    func task(_ id: TaskID) -> PendingTask? {
        guard id.index < tasks.count, let task = tasks[id.index], task.id == id else { return nil }
        return task
    }

    mutating func remember(_ task: PendingTask, as id: TaskID) {
        while tasks.count <= id.index { tasks.append(nil) }
        tasks[id.index] = task
        task.id = id
    }

    /// Lets go of a task that is over.
    ///
    /// - Returns: Its arguments if they hold segments, to be dropped outside of the lock: unmapping a large one takes
    ///   milliseconds.
    mutating func forget(_ task: PendingTask) -> EncodedArguments? {
        releaseSlot(of: task)
        tasks[task.id.index] = nil
        let segments = task.arguments?.holdsSegments == true ? task.arguments : nil
        task.arguments = nil
        return segments
    }

    /// Gives the task's place in its worker back, unless the result is still being read there.
    func releaseSlot(of task: PendingTask) {
        guard let slot = task.slot, let worker = task.worker else { return }
        link(worker)?.freeBlock(slot)
        task.slot = nil
    }

    func link(_ worker: WorkerID) -> WorkerLink? {
        guard worker.number < links.count, let link = links[worker.number], link.worker == worker else { return nil }
        return link
    }

    mutating func remember(_ link: WorkerLink) {
        while links.count <= link.worker.number { links.append(nil) }
        links[link.worker.number] = link
    }

    mutating func countDispatch(_ number: Int, _ tasks: Int) {
        while dispatches.count <= number { dispatches.append(0) }
        dispatches[number] += tasks
    }
}
