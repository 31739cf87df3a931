// The code of the article "When workers die". It checks itself when it is run.
import Sennit

/// Ends its process, as a fault in a C library would.
struct Crash: PoolTask {
    func run(in context: NoContext) async throws -> NoOutput { fatalError("a fault in here") }
}

struct Wait: PoolTask {
    func run(in context: NoContext) async throws -> NoOutput {
        while true { try await Task.sleep(for: .seconds(3600)) }
    }
}

var quiet = PoolOptions()
quiet.standardError = .discard

try await withProcessThreadPool(processes: 1, threadsPerProcess: 4, options: quiet) { pool in
    // snippet.death
    do {
        _ = try await pool.run(Crash())
    } catch let death as WorkerDied {
        print(death.exitStatus)  // killed by SIGILL, or SIGTRAP
        print(death.neighbours)  // 0: nothing else ran in that process
        print(death.standardErrorTail)  // Fatal error: a fault in here
    }
    // snippet.end

    // snippet.poison
    do {
        _ = try await pool.run(Crash(), options: TaskOptions(isIdempotent: true))
    } catch let poison as PoisonedTask {
        print(poison.deaths)  // 3
    }
    // snippet.end

    // snippet.timeout
    do {
        _ = try await pool.run(Wait(), options: TaskOptions(timeout: .milliseconds(100)))
    } catch let overrun as TaskTimedOut {
        print(overrun)
    }
    // snippet.end
}

// snippet.events
try await withProcessThreadPool(processes: 1, options: quiet) { pool in
    let events = pool.events
    let watch = Task {
        for await event in events {
            if case .workerEnded(let worker, let processID, let status, expected: false) = event {
                print("worker \(worker), process \(processID): \(status)")
            }
        }
    }
    _ = try? await pool.run(Crash())
    watch.cancel()
}
// snippet.end
print("survived")
