import Sennit

/// The counts of many files, and the files that could not be read.
package struct Totals: Sendable {
    package var counts: [String: Int] = [:]
    package var files = 0
    package var failures: [(path: String, error: any Error)] = []

    /// The words that stand most often, the most frequent first.
    package func mostFrequent(_ count: Int) -> [(word: String, count: Int)] {
        let sorted = counts.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
        return sorted.prefix(count).map { ($0.key, $0.value) }
    }
}

/// Counts the words of files over a pool.
///
/// - Parameters:
///   - paths: The files.
///   - stopWordFile: Words not to count, one to a line.
///   - processes: Worker processes; zero counts on threads of this process.
///   - afterEach: Told after each file, in no particular order.
/// - Throws: `CancellationError`, and what the pool cannot do.
/// - Returns: The totals; a file that cannot be read is one of its failures and stops nothing.
package func countWords(
    in paths: [String], stopWordFile: String? = nil, processes: Int = 2,
    afterEach: (Totals) -> Void = { _ in }
) async throws -> Totals {
    try await withProcessThreadPool(
        of: WordContext.self, configuration: .init(stopWordFile: stopWordFile), processes: processes,
        threadsPerProcess: 4
    ) { pool in
        var totals = Totals()
        // Sums do not care for order, so take results as they come: one slow file holds up nothing.
        for await (index, result) in pool.mapAsCompleted(paths.map(CountWords.init)) {
            totals.files += 1
            switch result {
            case .success(let counts): totals.counts.merge(counts, uniquingKeysWith: +)
            case .failure(let error): totals.failures.append((paths[index], error))
            }
            afterEach(totals)
        }
        // A cancelled iteration just ends; say so, or half a sum would look like a whole one.
        try Task.checkCancellation()
        return totals
    }
}
