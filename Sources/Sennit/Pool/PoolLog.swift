internal import Logging

/// Writes what happens to a pool's workers into the options' logger.
struct PoolLog: PoolListener {
    let logger: Logger

    init(logger: Logger, pool: String) {
        var logger = logger
        logger[metadataKey: "pool"] = "\(pool)"
        self.logger = logger
    }

    var hearsOfTasks: Bool { false }

    func hear(_ event: PoolEvent) {
        switch event {
        case .workerStarting(let worker):
            logger.debug("Starting a worker", metadata: ["worker": "\(worker)"])
        case .workerReady(let worker, let process):
            logger.info("A worker is ready", metadata: ["worker": "\(worker)", "pid": "\(process)"])
        case .workerDraining(let worker, let reason):
            logger.info("A worker takes no more tasks", metadata: ["worker": "\(worker)", "reason": "\(reason)"])
        case .workerEnded(let worker, let process, let status, let expected):
            let facts: Logger.Metadata = ["worker": "\(worker)", "pid": "\(process)", "status": "\(status)"]
            if expected {
                logger.info("A worker has ended", metadata: facts)
            } else {
                logger.warning("A worker has died", metadata: facts)
            }
        case .workerStartFailed(let worker, let reason):
            logger.error("A worker could not be started", metadata: ["worker": "\(worker)", "reason": "\(reason)"])
        case .taskRetried(let task, let attempt):
            logger.notice(
                "A task is tried again after its worker's death",
                metadata: ["task": "\(task)", "attempt": "\(attempt)"])
        case .poolFailed(let reason):
            logger.error("The pool has failed", metadata: ["reason": "\(reason)"])
        case .terminated:
            logger.info("The pool has ended")
        case .taskDispatched, .taskProgressed, .taskEnded:
            break
        }
    }
}
