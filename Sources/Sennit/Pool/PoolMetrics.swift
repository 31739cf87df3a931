internal import CoreMetrics
internal import Synchronization

/// When a task was handed in and ran, for metrics.
struct TaskTimes {
    var submittedAt: Nanoseconds = 0
    private(set) var startedAt: Nanoseconds = 0
    private(set) var runTime: Nanoseconds = 0

    /// The worker's word, which need not be true.
    mutating func ran(from start: Nanoseconds, for time: Nanoseconds) {
        startedAt = start
        runTime = time
    }
}

/// A pool's counts and times, as swift-metrics takes them.
///
/// | label | kind | what |
/// |---|---|---|
/// | `sennit_tasks_submitted` | counter | tasks accepted |
/// | `sennit_tasks_succeeded`, `_failed`, `_cancelled`, `_lost` | counter | how they ended; lost with their worker |
/// | `sennit_tasks_retried` | counter | tries beyond the first |
/// | `sennit_worker_deaths` | counter | workers that ended unasked |
/// | `sennit_worker_start_failures` | counter | workers that could not be started |
/// | `sennit_task_run_time` | timer | from start to end in the worker |
/// | `sennit_task_queue_time` | timer | from submission to start |
/// | `sennit_tasks_queued`, `sennit_tasks_in_flight` | gauge | waiting in the pool; accepted and not ended |
///
/// Each has the pool's name in the dimension `pool`.
final class PoolMetrics: PoolListener {
    private let submissions: Counter
    private let successes: Counter
    private let failures: Counter
    private let cancellations: Counter
    private let losses: Counter
    private let retries: Counter
    private let deaths: Counter
    private let startFailures: Counter
    private let runTime: CoreMetrics.Timer
    private let queueTime: CoreMetrics.Timer
    private let queued: Gauge
    private let inFlight: Gauge

    init(pool: String) {
        let dimensions = [("pool", pool)]
        func counter(_ name: String) -> Counter { Counter(label: "sennit_\(name)", dimensions: dimensions) }
        func timer(_ name: String) -> CoreMetrics.Timer {
            CoreMetrics.Timer(label: "sennit_\(name)", dimensions: dimensions)
        }
        submissions = counter("tasks_submitted")
        successes = counter("tasks_succeeded")
        failures = counter("tasks_failed")
        cancellations = counter("tasks_cancelled")
        losses = counter("tasks_lost")
        retries = counter("tasks_retried")
        deaths = counter("worker_deaths")
        startFailures = counter("worker_start_failures")
        runTime = timer("task_run_time")
        queueTime = timer("task_queue_time")
        queued = Gauge(label: "sennit_tasks_queued", dimensions: dimensions)
        inFlight = Gauge(label: "sennit_tasks_in_flight", dimensions: dimensions)
    }

    var hearsOfTasks: Bool { false }

    func hear(_ event: PoolEvent) {
        switch event {
        case .taskRetried: retries.increment()
        case .workerEnded(_, _, _, expected: false): deaths.increment()
        case .workerStartFailed: startFailures.increment()
        default: break
        }
    }

    func submitted() { submissions.increment() }

    /// A task has its outcome; nobody changes it any more.
    func ended(_ task: PendingTask) {
        switch task.outcome {
        case nil: return
        case .output: successes.increment()
        case .thrown: failures.increment()
        case .failure(let error):
            switch error {
            case is CancellationError: cancellations.increment()
            case is WorkerDied, is PoisonedTask: losses.increment()
            default: failures.increment()
            }
        }
        let times = task.times
        guard times.startedAt > 0 else { return }
        runTime.recordNanoseconds(Int64(clamping: times.runTime))
        let waited = times.startedAt > times.submittedAt ? times.startedAt - times.submittedAt : 0
        queueTime.recordNanoseconds(Int64(clamping: waited))
    }

    func load(queued waiting: Int, inFlight running: Int) {
        queued.record(waiting)
        inFlight.record(running)
    }
}

extension PoolCore {
    /// Tells the metrics how much there is to do.
    func measureLoad() {
        guard let metrics else { return }
        metrics.load(queued: state.withLock { $0.engine.queued }, inFlight: inFlight.load(ordering: .relaxed))
    }
}
