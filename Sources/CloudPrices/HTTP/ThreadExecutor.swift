// Safety: `UnownedJob` is made of a job that this executor was given, and runs exactly once.
import Dispatch

/// A thread of its own for some tasks, beside Swift's pool.
///
/// A parser blocks the thread that it runs on, which may be one of the few of Swift's own pool. What feeds it must not
/// need that pool, or both would wait for ever: neither the fetch nor, in one process with it, the server.
package final class ThreadExecutor: TaskExecutor {
    /// Where fetches run.
    static let fetches = ThreadExecutor("sennit.prices.fetch")

    private let queue: DispatchQueue

    package init(_ name: String) { queue = DispatchQueue(label: name) }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
