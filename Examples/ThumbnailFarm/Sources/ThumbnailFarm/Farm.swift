import Sennit

/// What became of a number of pictures.
package struct Harvest: Sendable {
    package var thumbnails: [String: Thumbnail] = [:]
    /// Files that are not pictures.
    package var refused: [String] = []
    /// Files that killed the worker which opened them, until they were not tried any more: evidence for a bug report.
    package var quarantined: [String: PoisonedTask] = [:]
    /// Everything else that went wrong.
    package var failed: [String: any Error] = [:]
    package var workersLost = 0
}

/// Makes thumbnails of files, whatever is in them.
///
/// - Parameters:
///   - files: Names and contents.
///   - processes: Worker processes.
/// - Throws: What the pool itself cannot do; what a file does is in the result.
/// - Returns: The thumbnails, and what became of the files that gave none.
package func harvest(_ files: [(name: String, bytes: [UInt8])], processes: Int = 2) async throws -> Harvest {
    var options = PoolOptions()
    options.name = "thumbnails"
    // A crash here is no news to the person at the terminal; its report is in the error.
    options.standardError = .discard
    // Two deaths, the second of them alone in its process, are proof enough.
    options.poisonThreshold = 2
    return try await withProcessThreadPool(processes: processes, threadsPerProcess: 4, options: options) { pool in
        var harvest = Harvest()
        for await (index, result) in pool.mapAsCompleted(files.lazy.map { MakeThumbnail(file: $0.bytes) }) {
            let name = files[index].name
            switch result {
            case .success(let thumbnail): harvest.thumbnails[name] = thumbnail
            case .failure(is NotAGraymap): harvest.refused.append(name)
            case .failure(let error as PoisonedTask): harvest.quarantined[name] = error
            case .failure(let error): harvest.failed[name] = error
            }
        }
        harvest.workersLost = pool.statistics.workersDied
        return harvest
    }
}
