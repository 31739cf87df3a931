/// What is left to do once the pool's lock has been let go, in order.
struct PoolEffects {
    enum Effect {
        case end(PendingTask, TaskOutcome)
        /// Tasks of one map that are to be submitted again.
        case giveBack([PendingTask])
        case start(WorkerID)
        case stop(WorkerLink)
        case kill(WorkerLink)
        case ping(WorkerLink)
        case cancel(WorkerLink, TaskID)
        case wake(WorkerLink)
        case schedule(Nanoseconds)
        case wakeUp([PoolWaiter])
        /// Lets go of shared memory, which can take a while.
        case drop(EncodedArguments)
        case terminated
    }

    /// Something was announced to the observers.
    var hasNews = false
    // The common case, one worker to wake, needs no array.
    private var firstWake: WorkerLink?
    private var effects: [Effect] = []
    // Ends of tasks that one sink gathers, told together.
    private var sink: (any CompletionSink)?
    private var sunk: [PendingTask] = []

    mutating func wake(_ link: WorkerLink) {
        if firstWake == nil {
            firstWake = link
        } else if firstWake !== link {
            effects.append(.wake(link))
        }
    }

    mutating func append(_ effect: Effect) { effects.append(effect) }

    /// The task's outcome is there: whoever waits for it is told once the lock is let go.
    mutating func end(_ task: PendingTask, _ outcome: TaskOutcome) {
        guard let itsSink = task.sink, sink == nil || sink === itsSink else {
            effects.append(.end(task, outcome))
            return
        }
        sink = itsSink
        if task.endQuietly(outcome) { sunk.append(task) }
    }

    func perform(in core: PoolCore) {
        if let firstWake { core.driver.wake(firstWake) }
        if let sink, !sunk.isEmpty {
            if let metrics = core.metrics { for task in sunk { metrics.ended(task) } }
            sink.tasksEnded(sunk)
        }
        for effect in effects {
            switch effect {
            case .end(let task, let outcome):
                task.end(outcome)
                core.metrics?.ended(task)
            case .giveBack(let tasks): tasks.first?.sink?.tasksReturned(tasks)
            case .start(let worker): core.driver.start(worker, for: core)
            case .stop(let link): link.control.stop()
            case .kill(let link): link.control.kill()
            case .ping(let link): link.control.ping()
            case .cancel(let link, let id): link.control.cancel(id)
            case .wake(let link): core.driver.wake(link)
            case .schedule(let time): core.driver.schedule(at: time, for: core)
            case .wakeUp(let waiters): for waiter in waiters { waiter.wake() }
            case .drop:
                break
            case .terminated:
                core.markTerminated()
                core.driver.terminated(core)
            }
        }
        if hasNews { core.observers.deliver() }
    }
}
