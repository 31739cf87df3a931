/// Decides what happens next in a run: events in, actions out; no clock, no files, no processes.
///
/// The machine never has more than `maximumRunning` decisions and attempts under way, begins no step before everything
/// that it reads is there, and says `finish` exactly once, when nothing is under way any more.
package struct RunMachine: Sendable {
    package static let maximumRepairs = 3

    let graph: StepGraph
    let policies: [RetryPolicy]
    let timeouts: [Duration?]
    /// The limit of each step that has one, by number.
    let limits: [Int: Limit]
    let maximumRunning: Int
    /// The place of each step in the graph's order: those that come first go first.
    let ranks: [Int]
    var steps: [StepRecord]
    /// Ready steps by rank, the first one last.
    var ready: [Int] = []
    var active = 0
    var pausing = 0
    /// Steps that wait for a place of their limit, which they do without counting as under way.
    var queued = 0
    var isCancelled = false
    var isOver = false
    var firstFailure: String?
    var generator: SplitMix64
    var actions: [Action] = []

    /// A run that has not begun.
    ///
    /// - Parameters:
    ///   - graph: The pipeline's steps.
    ///   - policies: The retry policy of each step.
    ///   - timeouts: How long an attempt at each step may run; none given means as long as they like.
    ///   - limits: The limit of each step that has one, by number.
    ///   - completed: Steps that need not run, by number.
    ///   - demands: Why steps must run even if nothing has changed, by number.
    ///   - maximumRunning: How much may be under way at once, from 1.
    ///   - seed: Decides the jitter of pauses.
    package init(
        graph: StepGraph, policies: [RetryPolicy], timeouts: [Duration?] = [], limits: [Int: Limit] = [:],
        completed: [Int: Completed] = [:],
        demands: [Int: String] = [:], maximumRunning: Int, seed: UInt64
    ) {
        self.graph = graph
        self.policies = policies
        self.timeouts = timeouts
        self.limits = limits
        self.maximumRunning = max(1, maximumRunning)
        generator = SplitMix64(seed: seed)
        var ranks = [Int](repeating: 0, count: graph.shapes.count)
        for (rank, step) in graph.order.enumerated() { ranks[step] = rank }
        self.ranks = ranks
        steps = graph.sources.map { StepRecord(missing: $0.count) }
        for (step, demand) in demands { steps[step].demand = demand }
        for (step, completion) in completed.sorted(by: { $0.key < $1.key }) {
            steps[step].origin = completion.origin
            markDone(step, completion.artefacts)
        }
    }

    /// Takes one event in.
    ///
    /// - Returns: What is to be done, in this order.
    package mutating func handle(_ event: Event) -> [Action] {
        guard !isOver else { return [] }
        switch event {
        case .begin: for step in graph.order where steps[step].phase == .waiting { enqueueIfReady(step) }
        case .decided(let step, let decision): decided(step, decision)
        case .ended(let step, let attempt, let end): ended(step, attempt, end)
        case .waits(let step): waits(step)
        case .acquired(let step): acquired(step)
        case .refused(let step, let failure): refused(step, failure)
        case .pauseOver(let step): pauseOver(step)
        case .cancel: cancel()
        }
        advance()
        defer { actions = [] }
        return actions
    }

    // MARK: Moving on

    /// Begins what may begin, and ends when nothing is left.
    private mutating func advance() {
        while !isCancelled, active < maximumRunning, let step = ready.popLast() {
            if steps[step].fingerprint != nil, limits[step] != nil, !steps[step].hasPlace {
                steps[step].phase = .queued
                queued += 1
                actions.append(.acquire(step: step))
                continue
            }
            active += 1
            if steps[step].fingerprint == nil {
                steps[step].phase = .deciding
                actions.append(.decide(step: step, inputs: inputs(of: step), demand: steps[step].demand))
            } else {
                start(step)
            }
        }
        if active == 0, pausing == 0, queued == 0, isCancelled || ready.isEmpty { finish() }
    }

    private mutating func start(_ step: Int) {
        steps[step].attempts += 1
        let attempt = steps[step].attempts
        steps[step].phase = .running(attempt: attempt)
        record(.stepStarted(StepStarted(step: graph.shapes[step].name, attempt: attempt)))
        actions.append(.start(step: step, attempt: attempt, inputs: inputs(of: step)))
    }

    private func inputs(of step: Int) -> [ArtefactReference] {
        graph.shapes[step].inputs.compactMap { name in
            graph.producers[name].flatMap { steps[$0].artefacts[name] }
        }
    }

    mutating func enqueueIfReady(_ step: Int) {
        guard steps[step].missing == 0 else { return }
        steps[step].phase = .ready
        let place = ready.firstIndex { ranks[$0] < ranks[step] } ?? ready.endIndex
        ready.insert(step, at: place)
    }

    /// The step's outputs are there: those that wait for it may be ready now.
    mutating func markDone(_ step: Int, _ artefacts: [ArtefactReference]) {
        steps[step].phase = .done
        steps[step].artefacts = Dictionary(artefacts.map { ($0.name, $0) }, uniquingKeysWith: { _, last in last })
        for dependent in graph.dependents[step] {
            steps[dependent].missing -= 1
        }
    }

    mutating func releaseDependents(of step: Int) {
        for dependent in graph.dependents[step] where steps[dependent].phase == .waiting { enqueueIfReady(dependent) }
    }

    mutating func record(_ event: RunEvent) { actions.append(.record(event)) }

    // MARK: The end

    private mutating func cancel() {
        guard !isCancelled else { return }
        isCancelled = true
        for step in steps.indices {
            switch steps[step].phase {
            case .running: actions.append(.stop(step: step))
            case .pausing:
                steps[step].phase = .interrupted
                pausing -= 1
            case .queued:
                steps[step].phase = .interrupted
                queued -= 1
                actions.append(.release(step: step))
            case .ready: giveBack(step)
            default: break
            }
        }
    }

    private mutating func finish() {
        isOver = true
        func names(_ phase: Phase) -> [String] {
            graph.order.filter { steps[$0].phase == phase }.map { graph.shapes[$0].name }
        }
        var outcome = Outcome(status: .finished)
        outcome.failedSteps = names(.failed)
        outcome.blockedSteps = names(.blocked)
        outcome.interruptedSteps = names(.interrupted)
        outcome.stepsRun = steps.count { $0.phase == .done && $0.origin == .run }
        outcome.stepsFromCache = steps.count { $0.phase == .done && $0.origin == .cache }
        let isComplete = steps.allSatisfy { $0.phase == .done }
        if isCancelled, !isComplete {
            outcome.status = .cancelled
        } else if !isComplete {
            outcome.status = .failed
            outcome.message = firstFailure ?? "Not every step could run."
        }
        actions.append(.finish(outcome))
    }
}

/// A small generator of random numbers that gives the same ones for the same seed.
package struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
