import Sennit

/// A worker is killed while it is busy, and the time until its caller is told is taken.
enum DeathDetection {
    /// No wait is longer; a wait that is has found a hang.
    private static let patience = Duration.seconds(10)

    /// Milliseconds from SIGKILL to the error in the caller's hands, in a pool made for it.
    static func milliseconds() async throws -> Double {
        try await withProcessThreadPool(processes: 2, threadsPerProcess: 1) { pool in
            let handle = try await pool.submit(KeepBusy())
            let victim = try await reportedNumber(by: handle)
            let watch = Stopwatch()
            guard ProcessSignal.kill(victim) else { throw MeasurementError("The busy worker cannot be killed.") }
            do {
                _ = try await handle.value(within: patience)
            } catch is WorkerDied {
                return watch.milliseconds
            }
            throw MeasurementError("A killed task reported success.")
        }
    }

    /// The number that a task reports first.
    static func reportedNumber(by handle: TaskHandle<NoOutput>) async throws -> Int32 {
        for await progress in handle.progress { return Int32(truncatingIfNeeded: progress.completed) }
        try Task.checkCancellation()
        _ = try await handle.value
        throw MeasurementError("A task ended before it was told to.")
    }
}

/// One task kills its worker among good ones, and the good ones that finish are counted.
enum PoisonScenario {
    private static let goodTasks = 20

    static func run() async throws -> (finished: Int, expected: Int) {
        try await withProcessThreadPool(processes: 2, threadsPerProcess: 4) { pool in
            var good: [TaskHandle<Int>] = []
            var poison: TaskHandle<NoOutput>?
            for index in 0..<goodTasks {
                if index == goodTasks / 2 { poison = try await pool.submit(PoisonTask()) }
                good.append(try await pool.submit(GoodTask(index: index, milliseconds: 300)))
            }
            var finished = 0
            for (index, handle) in good.enumerated() where try await handle.result.isSuccess(index) { finished += 1 }
            try Task.checkCancellation()
            if case .success = await poison?.result { throw MeasurementError("The poison task reported success.") }
            return (finished, goodTasks)
        }
    }
}

extension Result<Int, any Error> {
    /// Whether it is this number; another one is an error of the pool's.
    fileprivate func isSuccess(_ expected: Int) throws -> Bool {
        guard case .success(let value) = self else { return false }
        guard value == expected else { throw MeasurementError("Task \(expected) got the result of task \(value).") }
        return true
    }
}
