// Safety: `UnownedJob` is made of a job that this executor was given, and runs exactly once.
import Dispatch

/// A thread for fetches alone.
///
/// A parser blocks the thread that it runs on, which may be one of the few of Swift's own pool. The fetch that feeds it
/// must not need that pool, or both would wait for ever.
final class FetchExecutor: TaskExecutor {
    static let shared = FetchExecutor()

    private let queue = DispatchQueue(label: "sennit.prices.fetch")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
