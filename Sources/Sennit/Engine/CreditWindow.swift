/// How many tasks a worker may hold: its threads, and a few more to hide the way there and back.
///
/// The surplus follows the measured run time: enough prefetched work for about `lead` of time, so that short tasks
/// travel in long batches while a worker with long tasks takes hardly more than it can start. What has been
/// prefetched but not started can be taken back, so a wrong guess costs little.
package struct CreditWindow: Sendable {
    package let threads: Int
    package let maximumPrefetch: Int
    /// Run time of one task, nanoseconds, as a running mean; zero until the first one has ended.
    package private(set) var meanRunTime: Nanoseconds = 0

    /// Work that should lie ready for each thread.
    private static let lead: Nanoseconds = 400_000

    package init(threads: Int, maximumPrefetch: Int) {
        self.threads = threads
        self.maximumPrefetch = maximumPrefetch
    }

    /// The largest number of tasks that the worker may hold now.
    package private(set) var limit: Int {
        get { storedLimit == 0 ? threads + min(maximumPrefetch, max(1, threads / 8)) : storedLimit }
        set { storedLimit = newValue }
    }
    private var storedLimit = 0

    package mutating func observe(runTime: Nanoseconds) {
        let sample = min(max(runTime, 50), 1_000_000_000_000)
        if meanRunTime == 0 {
            meanRunTime = sample
        } else {
            // A mean over about eight tasks; signed, since the sample may be below the mean.
            let step = (Int64(sample) - Int64(meanRunTime)) / 8
            meanRunTime = Nanoseconds(max(50, Int64(meanRunTime) + step))
        }
        let wanted = Self.lead / meanRunTime * Nanoseconds(threads)
        let floor = min(maximumPrefetch, max(1, threads / 8))
        limit = threads + min(maximumPrefetch, max(floor, Int(clamping: wanted)))
    }
}
