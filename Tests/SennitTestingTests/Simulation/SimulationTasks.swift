import Sennit

/// Gives its number back after some simulated time.
struct Echo: PoolTask {
    var number: Int
    var work = Duration.zero
    var isIdempotentTask = true
    static var isIdempotent: Bool { true }

    func run(in context: NoContext) async throws -> Int {
        if work > .zero { try await TaskContext.current?.sleep(for: work) }
        return number
    }
}
