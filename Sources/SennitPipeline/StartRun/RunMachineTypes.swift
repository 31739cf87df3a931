extension RunMachine {
    /// What the machine is told.
    package enum Event: Sendable, Hashable {
        /// Begin.
        case begin
        /// What is to be done with a step has been found out.
        case decided(step: Int, Decision)
        /// An attempt has ended.
        case ended(step: Int, attempt: Int, AttemptEnd)
        /// A step has no place of its limit yet, and waits for one.
        case waits(step: Int)
        /// A step has a place of its limit.
        case acquired(step: Int)
        /// A step can have no place of its limit, and why.
        case refused(step: Int, StepFailureRecord)
        /// The pause before a step's next attempt is over.
        case pauseOver(step: Int)
        /// Stop as soon as possible.
        case cancel
    }

    /// What is to be done with a step whose inputs are there.
    package enum Decision: Sendable, Hashable {
        /// Its outputs are in the store.
        case cached(fingerprint: ContentHash, artefacts: [ArtefactReference], rows: Int64?)
        /// It must run.
        case run(fingerprint: ContentHash, reason: String)
        /// It cannot run, and why.
        case impossible(StepFailureRecord)
    }

    /// How an attempt has ended.
    package enum AttemptEnd: Sendable, Hashable {
        /// Well, with its outputs in the store.
        case finished(StepReport, milliseconds: Int64)
        /// With a failure, and the checks that were made until then.
        case failed(StepFailureRecord, checks: [CheckReport])
        /// Without having begun, because these artefacts are damaged.
        case damaged([String])
        /// By being stopped.
        case stopped
    }

    /// What the machine wants done, in this order.
    package enum Action: Sendable, Hashable {
        /// Add an event to the history.
        case record(RunEvent)
        /// Find out what is to be done with a step, and say so by `decided`. With a demand it must run.
        case decide(step: Int, inputs: [ArtefactReference], demand: String?)
        /// Begin an attempt, and say by `ended` how it ended.
        case start(step: Int, attempt: Int, inputs: [ArtefactReference])
        /// Take a place of the step's limit, and say `acquired` or `refused`; before it `waits` if there is none.
        case acquire(step: Int)
        /// Give the place of the step's limit back, or stop waiting for it.
        case release(step: Int)
        /// Say `pauseOver` after a while.
        case pause(step: Int, Duration)
        /// End a running attempt early; its `ended` still comes.
        case stop(step: Int)
        /// All is over.
        case finish(Outcome)
    }

    /// How many steps of a name may run at once.
    package struct Limit: Sendable, Hashable {
        package var name: String
        package var maximum: Int

        package init(name: String, maximum: Int) {
            self.name = name
            self.maximum = maximum
        }
    }

    /// How a run has ended.
    package struct Outcome: Sendable, Hashable {
        package enum Status: String, Sendable, Hashable { case finished, failed, cancelled }

        package var status: Status
        package var failedSteps: [String] = []
        package var blockedSteps: [String] = []
        package var interruptedSteps: [String] = []
        package var message = ""
        package var stepsRun = 0
        package var stepsFromCache = 0
    }

    /// A step that need not run, because it has ended in an earlier session or is not part of the run.
    package struct Completed: Sendable, Hashable {
        package var artefacts: [ArtefactReference]
        package var origin: Origin

        package init(artefacts: [ArtefactReference], origin: Origin) {
            self.artefacts = artefacts
            self.origin = origin
        }
    }

    /// Where the outputs of a step that is done come from.
    package enum Origin: Sendable, Hashable {
        /// The step ran in this run.
        case run
        /// The cache.
        case cache
        /// The step is not part of the run.
        case elsewhere
    }

    enum Phase: Sendable, Hashable {
        case waiting, ready, deciding, queued, pausing, done, failed, blocked, interrupted
        case running(attempt: Int)
    }

    struct StepRecord: Sendable {
        var phase = Phase.waiting
        /// Sources that are not done.
        var missing = 0
        /// Whether it has a place of its limit.
        var hasPlace = false
        var attempts = 0
        var deaths = 0
        /// How often its artefacts were found damaged.
        var repairs = 0
        var fingerprint: ContentHash?
        var demand: String?
        var artefacts: [String: ArtefactReference] = [:]
        var origin = Origin.elsewhere
    }
}
