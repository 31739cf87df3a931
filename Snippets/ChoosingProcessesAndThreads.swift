// The code of the article "Choosing processes and threads".
import Sennit

struct Lookup: PoolTask {
    var user: String

    // snippet.key
    // Equal keys go to the same worker, where the user's data is in the cache already.
    func options(urgent: Bool) -> TaskOptions {
        TaskOptions(priority: urgent ? .high : .normal, key: user)
    }
    // snippet.end

    func run(in context: NoContext) async throws -> Int { user.utf8.count }
}

// snippet.options
var options = PoolOptions()
options.startMethod = .zygote  // a replacement in well under a millisecond
options.maxMemoryPerWorker = 512 << 20  // a leak costs a restart, not the machine
options.maxTasksPerWorker = 10_000
options.idleTimeout = .seconds(60)  // an idle pool is an empty one
// snippet.end

try await withProcessThreadPool(processes: 2, threadsPerProcess: 4, options: options) { pool in
    let lookup = Lookup(user: "ada")
    print(try await pool.run(lookup, options: lookup.options(urgent: true)))
}
