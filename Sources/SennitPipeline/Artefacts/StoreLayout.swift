import Sennit

/// Where a store keeps what: artefacts, the cache's records, the history, and the directories of running steps.
package struct StoreLayout: Sendable, Hashable {
    /// The store's directory.
    package let root: String

    /// The store in a directory, which need not be there yet.
    package init(root: String) {
        // Workers may be given other working directories.
        self.root = root.hasPrefix("/") ? root : "\(FileSystem.workingDirectory)/\(root)"
    }

    package var artefacts: ArtefactStore { ArtefactStore(directory: "\(root)/artefacts") }
    package var cache: String { "\(root)/cache" }
    package var history: String { "\(root)/history.sqlite" }
    package var locks: String { "\(root)/locks" }
    package var work: String { "\(root)/work" }

    /// Where the steps of one run work.
    package func work(of run: RunID) -> String { "\(work)/\(run)" }

    /// The lock of one run.
    package func lock(of run: RunID) -> String { "\(locks)/\(run)" }

    /// Makes the directories.
    ///
    /// - Throws: ``PipelineError`` when the store cannot be there.
    package func prepare() throws {
        do {
            for folder in [artefacts.directory, cache, locks, work] { try FileSystem.makeDirectory(folder) }
        } catch {
            throw PipelineError(
                .storeUnavailable, "The store in '\(root)' cannot be made; --store names another place.", cause: error)
        }
    }

    /// Takes a run for this process.
    ///
    /// - Throws: ``PipelineError`` with `runIsActive` when another process has it.
    package func lock(_ run: RunID) throws -> RunLock {
        do {
            if let lock = try FileLock(lock(of: run)) { return RunLock(lock) }
        } catch {
            throw PipelineError(.storeUnavailable, "Run \(run) cannot be locked.", cause: error)
        }
        throw PipelineError(.runIsActive, "Run \(run) is running in another process at this moment.")
    }

    /// Removes the working directories of runs that no process runs any more.
    package func sweep() {
        for name in (try? FileSystem.names(in: work)) ?? [] {
            guard let run = RunID(name), let lock = try? FileLock(lock(of: run)) else { continue }
            try? FileSystem.remove(work(of: run))
            _ = consume lock
        }
    }
}

/// A run that this process holds, until the value is let go.
package final class RunLock: Sendable {
    private let lock: FileLock

    init(_ lock: consuming FileLock) { self.lock = lock }
}
