import SennitPipeline
import Testing

/// Drives a machine as the session does, with scripted answers.
struct MachineDriver {
    var machine: RunMachine
    let graph: StepGraph
    var recorded: [String] = []
    var events: [RunEvent] = []
    var outcome: RunMachine.Outcome?
    var running: Set<Int> = []
    var mostRunning = 0
    var pauses: [Duration] = []
    private var queue: [RunMachine.Event] = []

    init(
        _ shapes: [StepShape], policy: RetryPolicy = .never, completed: [Int: RunMachine.Completed] = [:],
        demands: [Int: String] = [:], maximumRunning: Int = 2
    ) throws {
        graph = try StepGraph(shapes)
        machine = RunMachine(
            graph: graph, policies: shapes.map { _ in policy }, completed: completed, demands: demands,
            maximumRunning: maximumRunning, seed: 7)
    }

    static func artefact(_ name: String, _ content: String = "") -> ArtefactReference {
        ArtefactReference(name: name, hash: ContentHasher.hash((name + content).utf8), bytes: 1)
    }

    static let print = ContentHasher.hash("recipe".utf8)

    /// Runs to the end; `end` says how each attempt ends, and `cached` which steps are in the cache.
    mutating func run(
        cached: Set<String> = [], beginning: RunMachine.Event = .begin,
        end: (String, Int) -> RunMachine.AttemptEnd?
    ) {
        perform(machine.handle(beginning), cached, end)
        while !queue.isEmpty { perform(machine.handle(queue.removeFirst()), cached, end) }
    }

    mutating func handle(_ event: RunMachine.Event) { perform(machine.handle(event), [], { _, _ in nil }) }

    private mutating func perform(
        _ actions: [RunMachine.Action], _ cached: Set<String>, _ end: (String, Int) -> RunMachine.AttemptEnd?
    ) {
        for action in actions {
            switch action {
            case .record(let event):
                events.append(event)
                recorded.append("\(event.name) \(event.step ?? "")")
            case .decide(let step, _, let demand):
                let name = graph.shapes[step].name
                let decision: RunMachine.Decision =
                    cached.contains(name) && demand == nil
                    ? .cached(
                        fingerprint: Self.print, artefacts: graph.shapes[step].outputs.map { Self.artefact($0) },
                        rows: nil) : .run(fingerprint: Self.print, reason: demand ?? "new")
                queue.append(.decided(step: step, decision))
            case .start(let step, let attempt, let inputs):
                #expect(inputs.map(\.name) == graph.shapes[step].inputs)
                #expect(running.insert(step).inserted)
                mostRunning = max(mostRunning, running.count)
                guard let end = end(graph.shapes[step].name, attempt) else { break }
                running.remove(step)
                queue.append(.ended(step: step, attempt: attempt, end))
            case .pause(let step, let duration):
                pauses.append(duration)
                queue.append(.pauseOver(step: step))
            case .acquire(let step): queue.append(.acquired(step: step))
            case .release: break
            case .stop(let step):
                running.remove(step)
                queue.append(.ended(step: step, attempt: 1, .stopped))
            case .finish(let outcome):
                #expect(self.outcome == nil)
                self.outcome = outcome
            }
        }
    }

    func finished(_ name: String, _ content: String = "") -> RunMachine.AttemptEnd {
        let outputs = graph.shapes.first { $0.name == name }?.outputs ?? []
        var report = StepReport()
        report.artefacts = outputs.map { Self.artefact($0, content) }
        return .finished(report, milliseconds: 1)
    }
}

@Suite struct RunMachineTests {
    /// a and b are read by c, which is read by d.
    static let diamond = [
        StepShape(name: "a", inputs: [], outputs: ["1"]), StepShape(name: "b", inputs: [], outputs: ["2"]),
        StepShape(name: "c", inputs: ["1", "2"], outputs: ["3"]), StepShape(name: "d", inputs: ["3"], outputs: []),
    ]

    @Test func `every step runs once, after what it reads`() throws {
        var driver = try MachineDriver(Self.diamond)
        let ends = driver
        driver.run { name, _ in ends.finished(name) }
        #expect(driver.outcome?.status == .finished)
        #expect(driver.outcome?.stepsRun == 4)
        let finished = driver.recorded.filter { $0.hasPrefix("step.finished") }
        #expect(Set(finished.prefix(2)) == ["step.finished a", "step.finished b"])
        #expect(finished.suffix(2) == ["step.finished c", "step.finished d"])
    }

    @Test func `no more is under way than may be`() throws {
        let shapes = (0..<20).map { StepShape(name: "s\($0)", inputs: [], outputs: []) }
        var driver = try MachineDriver(shapes, maximumRunning: 3)
        driver.run { _, _ in nil }
        #expect(driver.running.count == 3)
        #expect(driver.mostRunning == 3)
        #expect(driver.outcome == nil)
    }

    @Test func `a failure blocks those that wait for it, and no others`() throws {
        var driver = try MachineDriver(Self.diamond + [StepShape(name: "e", inputs: ["2"], outputs: [])])
        let ends = driver
        driver.run { name, _ in
            name == "a" ? .failed(StepFailureRecord(kind: .thrown, message: "no"), checks: []) : ends.finished(name)
        }
        let outcome = try #require(driver.outcome)
        #expect(outcome.status == .failed)
        #expect(outcome.failedSteps == ["a"])
        #expect(outcome.blockedSteps == ["c", "d"])
        #expect(outcome.message == "Step 'a' failed: no")
        #expect(driver.recorded.contains("step.finished e"))
    }

    @Test func `attempts with growing pauses, until one ends well`() throws {
        let policy = RetryPolicy(maximumAttempts: 4, initialDelay: .seconds(1), multiplier: 3, jitter: 0)
        var driver = try MachineDriver([StepShape(name: "a", inputs: [], outputs: [])], policy: policy)
        let ends = driver
        driver.run { name, attempt in
            attempt < 4 ? .failed(StepFailureRecord(kind: .thrown, message: "no"), checks: []) : ends.finished(name)
        }
        #expect(driver.outcome?.status == .finished)
        #expect(driver.pauses == [.seconds(1), .seconds(3), .seconds(9)])
    }

    @Test func `what cannot be mended is not tried again`() throws {
        var driver = try MachineDriver([StepShape(name: "a", inputs: [], outputs: [])], policy: .standard)
        driver.run { _, _ in
            .failed(StepFailureRecord(kind: .checkFailed, message: "no", isPermanent: true), checks: [])
        }
        #expect(driver.outcome?.status == .failed)
        #expect(driver.pauses == [])
    }

    @Test func `a step that keeps killing its worker is poisoned`() throws {
        var driver = try MachineDriver([StepShape(name: "a", inputs: [], outputs: [])], policy: .standard)
        driver.run { _, _ in
            .failed(
                StepFailureRecord(kind: .workerDied, message: "was killed", standardErrorTail: "words"), checks: [])
        }
        guard case .stepFailed(let body) = driver.events.last else {
            Issue.record("\(driver.recorded)")
            return
        }
        #expect(body.failure.kind == .poisoned)
        #expect(body.failure.standardErrorTail == "words")
        #expect(driver.outcome?.message.contains("It has killed 3 workers") == true)
    }

    @Test func `damage makes the producer run again, then the reader`() throws {
        var driver = try MachineDriver(Self.diamond)
        let ends = driver
        var damaged = false
        driver.run(cached: ["a", "b"]) { name, _ in
            guard name == "c", !damaged else { return ends.finished(name) }
            damaged = true
            return .damaged(["1"])
        }
        #expect(driver.outcome?.status == .finished)
        #expect(driver.outcome?.stepsFromCache == 1)
        #expect(
            driver.recorded.filter { $0.hasPrefix("step.finished") } == [
                "step.finished a", "step.finished c", "step.finished d",
            ])
        #expect(driver.recorded.contains("artefact.damaged a"))
    }

    @Test func `damage without end is a failure`() throws {
        var driver = try MachineDriver(Self.diamond)
        let ends = driver
        driver.run { name, _ in name == "c" ? .damaged(["1"]) : ends.finished(name) }
        #expect(driver.outcome?.failedSteps == ["c"])
        #expect(driver.recorded.count { $0 == "artefact.damaged a" } == RunMachine.maximumRepairs)
    }

    @Test func `cancellation stops what runs and starts nothing`() throws {
        var driver = try MachineDriver(Self.diamond)
        driver.run { _, _ in nil }
        #expect(driver.running == [0, 1])
        driver.run(beginning: .cancel) { _, _ in nil }
        #expect(driver.outcome?.status == .cancelled)
        #expect(driver.outcome?.interruptedSteps == ["a", "b"])
        #expect(driver.running == [])
    }

    @Test func `what ends well although it is cancelled counts`() throws {
        var driver = try MachineDriver([StepShape(name: "a", inputs: [], outputs: ["1"])])
        driver.run { _, _ in nil }
        _ = driver.machine.handle(.cancel)
        let actions = driver.machine.handle(.ended(step: 0, attempt: 1, driver.finished("a")))
        guard case .finish(let outcome) = actions.last else {
            Issue.record("\(actions)")
            return
        }
        #expect(outcome.status == .finished)
    }

    @Test func `what was completed before is not decided again`() throws {
        let completed = RunMachine.Completed(artefacts: [MachineDriver.artefact("1")], origin: .run)
        var driver = try MachineDriver(Self.diamond, completed: [0: completed])
        let ends = driver
        driver.run { name, _ in ends.finished(name) }
        #expect(!driver.recorded.contains { $0.hasSuffix(" a") })
        #expect(driver.outcome?.stepsRun == 4)
    }

    @Test func `whatever happens in whatever order, every run ends and nothing runs twice at once`() throws {
        for seed in UInt64(0)..<300 { try Self.storm(seed) }
    }

    /// A random graph with random ends of attempts, some of them damaged, and perhaps a cancellation.
    private static func storm(_ seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let count = Int.random(in: 1...12, using: &random)
        let shapes = (0..<count).map { step in
            let inputs = (0..<step).filter { _ in Int.random(in: 0..<4, using: &random) == 0 }
            return StepShape(name: "s\(step)", inputs: inputs.map { "o\($0)" }, outputs: ["o\(step)"])
        }
        let policy = RetryPolicy(maximumAttempts: 2)
        var driver = try MachineDriver(shapes, policy: policy, maximumRunning: Int.random(in: 1...4, using: &random))
        let ends = driver
        let graph = driver.graph
        driver.run(cached: ["s0", "s3"]) { name, _ in
            switch Int.random(in: 0..<10, using: &random) {
            case 0: .failed(StepFailureRecord(kind: .workerDied, message: "m"), checks: [])
            case 1: .damaged(graph.shapes[graph.numbers[name] ?? 0].inputs)
            default: ends.finished(name)
            }
        }
        let outcome = try #require(driver.outcome, "seed \(seed)")
        #expect(outcome.status != .cancelled, "seed \(seed)")
        #expect(driver.running == [], "seed \(seed)")
    }
}
