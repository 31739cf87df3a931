internal import Sennit
internal import Synchronization

/// Runs all jobs of a simulation on one thread; the seed says which of those that can run is next.
final class SeededExecutor: TaskExecutor {
    private struct State: ~Copyable {
        var jobs: [UnownedJob] = []
        var isParked = false
        var ending = Ending.running
        var generator: SeededGenerator
        var steps = 0
        var outsideJobs = 0
        var thread: UInt = 0
    }

    /// What becomes of jobs.
    enum Ending {
        /// They wait for their turn here.
        case running
        /// The simulation is over: what comes late runs anywhere.
        case over
        /// The simulation could not be ended properly: what comes late does not run any more.
        case abandoned
    }

    private let state: Mutex<State>
    private let bell = ThreadBell()

    init(seed: UInt64) {
        state = Mutex(State(generator: SeededGenerator(seed: seed)))
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let (ending, mustRing) = state.withLock { state in
            if state.ending == .running { state.jobs.append(job) }
            if state.thread != SystemThread.current { state.outsideJobs += 1 }
            defer { state.isParked = false }
            return (state.ending, state.isParked)
        }
        if mustRing { bell.ring() }
        guard ending == .over else { return }
        globalConcurrentExecutor.enqueue(job)
    }

    /// The calling thread is the one that runs the jobs.
    func begin() { state.withLock { $0.thread = SystemThread.current } }

    /// Jobs that another thread brought.
    var outsideJobs: Int { state.withLock { $0.outsideJobs } }

    /// Jobs run so far.
    var steps: Int { state.withLock { $0.steps } }

    /// Runs one job.
    ///
    /// - Returns: False when there is none.
    func runOne() -> Bool {
        let job = state.withLock { state -> UnownedJob? in
            guard !state.jobs.isEmpty else { return nil }
            state.steps += 1
            state.jobs.swapAt(state.generator.below(state.jobs.count), state.jobs.count - 1)
            return state.jobs.removeLast()
        }
        guard let job else { return false }
        // Safety: the job came out of the list, so it runs once.
        unsafe job.runSynchronously(on: asUnownedTaskExecutor())
        return true
    }

    /// Waits for a job from outside of the simulation.
    ///
    /// - Returns: False when none came in time.
    func waitForJob(upTo limit: Nanoseconds) -> Bool {
        let end = MonotonicClock.now() + limit
        while true {
            let (isThere, ticket) = state.withLock { state in
                state.isParked = state.jobs.isEmpty
                return (!state.jobs.isEmpty, bell.ticket)
            }
            if isThere { return true }
            let now = MonotonicClock.now()
            guard now < end else { return false }
            bell.wait(after: ticket, timeoutNanoseconds: end - now)
        }
    }

    /// No job is run here any more.
    func end(_ ending: Ending) {
        let late = state.withLock { state in
            state.ending = ending
            defer { state.jobs = [] }
            return state.jobs
        }
        guard ending == .over else { return }
        for job in late { globalConcurrentExecutor.enqueue(job) }
    }
}
