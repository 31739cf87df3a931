/// What is left to do once the pool's lock has been let go, in order.
struct PoolEffects {
    enum Effect {
        case end(PendingTask, TaskOutcome)
        case start(WorkerID)
        case stop(WorkerLink)
        case kill(WorkerLink)
        case ping(WorkerLink)
        case cancel(WorkerLink, TaskID)
        case wake(WorkerLink)
        case schedule(Nanoseconds)
        case resume([CheckedContinuation<Void, Never>])
        case report(PoolEvent)
        /// Lets go of shared memory, which can take a while.
        case drop(EncodedArguments)
        case terminated
    }

    // The common case, one worker to wake, needs no array.
    private var firstWake: WorkerLink?
    private var effects: [Effect] = []

    mutating func wake(_ link: WorkerLink) {
        if firstWake == nil {
            firstWake = link
        } else if firstWake !== link {
            effects.append(.wake(link))
        }
    }

    mutating func append(_ effect: Effect) { effects.append(effect) }

    func perform(in core: PoolCore) {
        if let firstWake { core.driver.wake(firstWake) }
        for effect in effects {
            switch effect {
            case .end(let task, let outcome):
                core.metrics?.ended(task, outcome)
                task.end(outcome)
            case .start(let worker): core.driver.start(worker, for: core)
            case .stop(let link): link.control.stop()
            case .kill(let link): link.control.kill()
            case .ping(let link): link.control.ping()
            case .cancel(let link, let id): link.control.cancel(id)
            case .wake(let link): core.driver.wake(link)
            case .schedule(let time): core.driver.schedule(at: time, for: core)
            case .resume(let waiters): for waiter in waiters { waiter.resume() }
            case .report(let event): core.observers.send(event)
            case .drop:
                break
            case .terminated:
                core.markTerminated()
                core.driver.terminated(core)
            }
        }
    }
}
