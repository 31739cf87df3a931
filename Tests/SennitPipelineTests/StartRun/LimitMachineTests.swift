import SennitPipeline
import Testing

/// Plays a run in which several steps share a limit, and places come and go in any order.
@Suite struct LimitMachineTests {
    private static let steps = (0..<12).map { StepShape(name: "s\($0)", inputs: [], outputs: []) }
    private static let limit = RunMachine.Limit(name: "warehouse", maximum: 2)

    private struct Play {
        var machine: RunMachine
        var generator: SplitMix64
        var free = 2
        var asking: [Int] = []
        var holding: Set<Int> = []
        var deciding: [Int] = []
        var pausing: [Int] = []
        var running: [Int: Int] = [:]
        var outcome: RunMachine.Outcome?
        var isCancelled = false

        mutating func perform(_ actions: [RunMachine.Action], _ limited: Set<Int>) {
            for action in actions {
                switch action {
                case .record: break
                case .decide(let step, _, _): deciding.append(step)
                case .start(let step, let attempt, _):
                    #expect(!limited.contains(step) || holding.contains(step))
                    running[step] = attempt
                case .acquire(let step):
                    #expect(!asking.contains(step) && !holding.contains(step))
                    asking.append(step)
                case .release(let step):
                    asking.removeAll { $0 == step }
                    if holding.remove(step) != nil { free += 1 }
                case .pause(let step, _): pausing.append(step)
                case .stop: break
                case .finish(let outcome):
                    #expect(self.outcome == nil)
                    self.outcome = outcome
                }
            }
            #expect(running.count + deciding.count <= 3)
            #expect(running.keys.count { limited.contains($0) } <= 2)
        }

        mutating func next() -> RunMachine.Event? {
            var choices: [RunMachine.Event] = deciding.map {
                .decided(step: $0, .run(fingerprint: MachineDriver.print, reason: "new"))
            }
            choices += pausing.map { .pauseOver(step: $0) }
            choices += running.map { .ended(step: $0.key, attempt: $0.value, end()) }
            if free > 0, let first = asking.first { choices.append(.acquired(step: first)) }
            choices += asking.map { .waits(step: $0) }
            return choices.randomElement(using: &generator)
        }

        private func end() -> RunMachine.AttemptEnd {
            if isCancelled { return .stopped }
            var generator = generator
            guard Int.random(in: 0..<4, using: &generator) == 0 else { return .finished(StepReport(), milliseconds: 1) }
            return .failed(StepFailureRecord(kind: .thrown, message: "no"), checks: [])
        }

        mutating func take(_ event: RunMachine.Event) {
            switch event {
            case .decided(let step, _): deciding.removeAll { $0 == step }
            case .pauseOver(let step): pausing.removeAll { $0 == step }
            case .ended(let step, _, _): running[step] = nil
            case .acquired(let step):
                asking.removeAll { $0 == step }
                holding.insert(step)
                free -= 1
            case .cancel:
                isCancelled = true
                pausing = []
            case .begin, .waits, .refused: break
            }
        }
    }

    @Test(arguments: 0..<200)
    func `no limited step runs without a place, every place comes back, and the run ends`(seed: Int) throws {
        var generator = SplitMix64(seed: UInt64(seed))
        let limited = Set((0..<12).filter { _ in Bool.random(using: &generator) })
        let stopsAt = Int.random(in: 1...150, using: &generator)
        var play = Play(
            machine: RunMachine(
                graph: try StepGraph(Self.steps), policies: Self.steps.map { _ in RetryPolicy(maximumAttempts: 2) },
                limits: Dictionary(uniqueKeysWithValues: limited.map { ($0, Self.limit) }), maximumRunning: 3,
                seed: UInt64(seed)), generator: generator)
        play.perform(play.machine.handle(.begin), limited)
        var turn = 0
        while play.outcome == nil, turn < 10_000 {
            turn += 1
            let event: RunMachine.Event? = turn == stopsAt ? .cancel : play.next()
            guard let event else { break }
            play.take(event)
            let actions = play.machine.handle(event)
            play.perform(actions, limited)
        }
        #expect(play.outcome != nil, "the run hangs")
        #expect(play.free == 2 && play.holding.isEmpty && play.asking.isEmpty)
        if !play.isCancelled { #expect(play.outcome?.status == .finished || play.outcome?.failedSteps != []) }
    }

    @Test func `a step that waits keeps no other from running, and one that waited too long fails`() throws {
        let shapes = Array(Self.steps.prefix(2))
        var machine = RunMachine(
            graph: try StepGraph(shapes), policies: shapes.map { _ in .never }, limits: [0: Self.limit],
            maximumRunning: 1, seed: 1)
        #expect(machine.handle(.begin) == [.decide(step: 0, inputs: [], demand: nil)])
        let decided = machine.handle(.decided(step: 0, .run(fingerprint: MachineDriver.print, reason: "new")))
        #expect(decided.suffix(2) == [.acquire(step: 0), .decide(step: 1, inputs: [], demand: nil)])
        let waiting = StepWaiting(step: "s0", limit: "warehouse", maximum: 2)
        #expect(machine.handle(.waits(step: 0)) == [.record(.stepWaiting(waiting))])
        let failure = StepFailureRecord(kind: .waitedTooLong, message: "too long", isPermanent: true)
        let refused = machine.handle(.refused(step: 0, failure))
        #expect(refused == [.record(.stepFailed(StepFailed(step: "s0", attempt: 0, failure: failure)))])
    }
}
