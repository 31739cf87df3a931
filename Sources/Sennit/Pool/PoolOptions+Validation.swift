extension PoolOptions {
    /// Checks every setting, so that a pool that is made can be used.
    package func validate(processes: Int, threadsPerProcess: Int) throws {
        try check("processes", processes, PoolDefaults.processCounts)
        try check("threadsPerProcess", threadsPerProcess, PoolDefaults.threadCounts)
        try check("retries", retries, 0...1_000_000)
        try check("poisonThreshold", poisonThreshold, 1...1_000_000)
        try check("startAttempts", startAttempts, 1...1_000_000)
        try check("maximumQueuedTasks", maximumQueuedTasks, 1...(1 << 30))
        try check("maximumPayloadBytes", maximumPayloadBytes, 1...(1 << 40))
        try check("threadStackBytes", threadStackBytes, 64 * 1024...(1 << 32))
        try check("standardErrorTailBytes", standardErrorTailBytes, 0...(1 << 24))
        if let maxTasksPerWorker { try check("maxTasksPerWorker", maxTasksPerWorker, 1...Int.max) }
        if let maxMemoryPerWorker { try check("maxMemoryPerWorker", maxMemoryPerWorker, 1 << 20...Int.max) }
        try check("startTimeout", startTimeout, isZeroAllowed: false)
        try check("restartDelay", restartDelay, isZeroAllowed: true)
        try check("maximumRestartDelay", maximumRestartDelay, isZeroAllowed: true)
        try check("gracePeriod", gracePeriod, isZeroAllowed: true)
        try check("cancellationAllowance", cancellationAllowance, isZeroAllowed: true)
        try check("stopTimeout", stopTimeout, isZeroAllowed: true)
        try check("heartbeatInterval", heartbeatInterval, isZeroAllowed: false)
        try check("heartbeatTimeout", heartbeatTimeout, isZeroAllowed: false)
        if let idleTimeout { try check("idleTimeout", idleTimeout, isZeroAllowed: true) }
        guard !name.isEmpty, name.utf8.count <= 64, !name.utf8.contains(0) else {
            throw PoolError(.invalidArgument, "The pool's name has from 1 to 64 bytes, none of them zero.")
        }
        for (key, value) in environment where key.isEmpty || key.contains("=") || (key + value).utf8.contains(0) {
            throw PoolError(.invalidArgument, "The environment variable \"\(key)\" cannot be set.")
        }
    }

    private func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws {
        guard range.contains(value) else {
            throw PoolError(
                .invalidArgument, "\(name) is \(value); it must be from \(range.lowerBound) to \(range.upperBound).")
        }
    }

    private func check(_ name: String, _ value: Duration, isZeroAllowed: Bool) throws {
        guard value > .zero || (isZeroAllowed && value == .zero) else {
            throw PoolError(
                .invalidArgument, "\(name) is \(value); it must be \(isZeroAllowed ? "zero or more" : "positive").")
        }
    }
}

extension EngineLimits {
    package init(_ options: PoolOptions, processes: Int, threadsPerProcess: Int) {
        self.init()
        self.processes = processes
        self.threadsPerProcess = threadsPerProcess
        maximumQueuedTasks = options.maximumQueuedTasks
        retries = options.retries
        poisonThreshold = options.poisonThreshold
        startAttempts = options.startAttempts
        startTimeout = options.startTimeout.clampedNanoseconds
        restartDelay = options.restartDelay.clampedNanoseconds
        maximumRestartDelay = options.maximumRestartDelay.clampedNanoseconds
        gracePeriod = options.gracePeriod.clampedNanoseconds
        cancellationAllowance = options.cancellationAllowance.clampedNanoseconds
        stopTimeout = options.stopTimeout.clampedNanoseconds
        maximumTasksPerWorker = options.maxTasksPerWorker ?? .max
        maximumMemoryPerWorker = options.maxMemoryPerWorker.map { UInt64($0) } ?? .max
        idleTimeout = options.idleTimeout?.clampedNanoseconds
        heartbeatInterval = options.heartbeatInterval.clampedNanoseconds
        heartbeatTimeout = options.heartbeatTimeout.clampedNanoseconds
        failsPoolOnDeath = options.onWorkerDeath == .failPool
        failsPoolOnStartFailure = options.onStartFailure == .failPool
        startsEagerly = options.startup == .eager
    }
}
