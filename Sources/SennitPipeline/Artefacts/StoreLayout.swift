import ByteText
import Sennit

/// Where a store keeps what: artefacts, the cache's records, the history, the directories of running steps, and what
/// pipelines remember.
package struct StoreLayout: Sendable, Hashable {
    /// The store's directory.
    package let root: String

    /// The store in a directory, which need not be there yet.
    package init(root: String) {
        // Workers may be given other working directories.
        self.root = PathText.isAbsolute(root) ? root : "\(FileSystem.workingDirectory)/\(root)"
    }

    package var artefacts: ArtefactStore { ArtefactStore(directory: "\(root)/artefacts") }
    package var cache: String { "\(root)/cache" }
    package var history: String { "\(root)/history.sqlite" }
    package var locks: String { "\(root)/locks" }
    /// The places of limits over all runs.
    package var limits: String { "\(root)/limits" }
    package var work: String { "\(root)/work" }
    /// What pipelines remember from run to run.
    package var state: String { "\(root)/state" }

    /// Where the steps of one run work.
    package func work(of run: RunID) -> String { "\(work)/\(run)" }

    /// The lock of one run.
    package func lock(of run: RunID) -> String { "\(locks)/\(run)" }

    /// Makes the directories.
    ///
    /// - Throws: ``PipelineError`` when the store cannot be there.
    package func prepare() throws {
        do {
            for folder in [artefacts.directory, cache, locks, work, state] { try FileSystem.makeDirectory(folder) }
        } catch {
            throw PipelineError(
                .storeUnavailable, "The store in '\(root)' cannot be made; --store names another place.", cause: error)
        }
    }

    /// Takes a run for this process, and the store's artefacts out of reach of whoever removes old ones.
    ///
    /// - Throws: ``PipelineError`` with `runIsActive` when another process has it, and with `storeUnavailable` while
    ///   old artefacts are being removed.
    package func lock(_ run: RunID) throws -> RunLock {
        do {
            guard let use = try UseLock.shared(useLock) else {
                throw PipelineError(
                    .storeUnavailable,
                    "Old artefacts of the store in '\(root)' are being removed, and it takes long. Try again later.")
            }
            if let lock = try FileLock(lock(of: run)) { return RunLock(lock, use) }
        } catch let error as SystemError {
            throw PipelineError(.storeUnavailable, "Run \(run) cannot be locked.", cause: error)
        }
        throw PipelineError(.runIsActive, "Run \(run) is running in another process at this moment.")
    }

    /// Whether a process runs the run at this moment.
    package func isHeld(_ run: RunID) -> Bool { FileLock.isHeld(lock(of: run)) }

    /// Does something to the artefacts while no run uses them.
    ///
    /// - Parameter body: Must be short: runs wait for it before they begin.
    /// - Returns: What the body returns; nil if a run is under way, and nothing was done.
    /// - Throws: What the body throws; ``PipelineError`` when the store cannot be locked.
    package func unlessInUse<Result>(_ body: () throws -> Result) throws -> Result? {
        let lock: UseLock
        do {
            guard let found = try UseLock.alone(useLock) else { return nil }
            lock = found
        } catch {
            throw PipelineError(.storeUnavailable, "The store in '\(root)' cannot be locked.", cause: error)
        }
        let result = try body()
        _ = consume lock
        return result
    }

    /// Held by every run together, and by whoever removes artefacts alone.
    private var useLock: String { "\(root)/in-use" }

    /// Removes what runs have left whose processes have died: their working directories and their locks.
    package func sweep() {
        let left = [work, locks].flatMap { (try? FileSystem.names(in: $0)) ?? [] }
        for name in Set(left) {
            guard let run = RunID(name), let lock = try? FileLock(lock(of: run)) else { continue }
            try? FileSystem.remove(work(of: run))
            _ = consume lock
        }
    }
}

/// A run that this process holds, until the value is let go.
package final class RunLock: Sendable {
    private let lock: FileLock
    private let use: UseLock

    init(_ lock: consuming FileLock, _ use: consuming UseLock) {
        self.lock = lock
        self.use = use
    }
}
