import ByteText
internal import Sennit

/// What came of a step that ran alone on a fixture.
public struct StepAloneReport: Sendable, Hashable, Codable {
    /// What came of one output.
    public struct Output: Sendable, Hashable, Codable {
        /// The artefact.
        public var artefact: ArtefactReference
        /// Where it is; nil if it was not kept.
        public var path: String?
        /// Whether it has the bytes that the fixture expects; nil if the fixture expects nothing.
        public var isAsExpected: Bool?
    }

    /// The step.
    public var step: String
    /// Its outputs; none after a failure.
    public var outputs: [Output]
    /// The checks that it made.
    public var checks: [CheckEvaluated]
    /// The rows that it counted, if any.
    public var rows: Int64?
    /// The time that it took.
    public var milliseconds: Int64
    /// Why it failed, if it did.
    public var failure: StepFailureRecord?

    /// Whether it has ended well and every output is as the fixture expects.
    public var isGood: Bool { failure == nil && outputs.allSatisfy { $0.isAsExpected != false } }
}

extension PipelineRunner {
    /// Runs one step alone, in a worker process, on files in place of what other steps make: no history, no cache, no
    /// retries.
    ///
    /// The fixture is a directory that holds a file for each artefact that the step reads, and, for a test, files in a
    /// directory `expected` that are compared with the outputs byte for byte. The step sees the directory as
    /// ``StepWorkspace/fixture``.
    ///
    /// - Parameters:
    ///   - name: The step.
    ///   - pipeline: Its pipeline.
    ///   - fixture: The directory with the inputs.
    ///   - output: Where the outputs go; nil to drop them.
    ///   - observer: Is told how far the step has come.
    /// - Returns: What came of it, a failure too.
    /// - Throws: ``PipelineError`` when the fixture lacks an input; `CancellationError`.
    @concurrent
    public func runStep(
        _ name: String, of pipeline: Pipeline, fixture: String, output: String? = nil,
        observer: @escaping RunObserver = { _ in }
    ) async throws -> StepAloneReport {
        let step = pipeline.steps[try pipeline.index(of: name)]
        let alone = StepAlone(step: step, fixture: fixture, output: output)
        let inputs = try alone.inputs()
        let redactor = try pipeline.makeRedactor()
        try pipeline.checkValues(redactor, of: step)
        let place = try StepAlonePlace()
        return try await withWorkers(1) { pool in
            let store = ArtefactStore(directory: "\(place.directory)/artefacts")
            try FileSystem.makeDirectory(store.directory)
            var assignment = StepAssignment(
                step: step.name, directory: "\(place.directory)/work", inputs: inputs, outputs: step.outputs,
                store: store)
            assignment.fixture = alone.root
            assignment.parameters = pipeline.values(of: step)
            assignment.memoryLimit = step.memoryLimit
            let report = try await alone.run(
                assignment, in: pool, redactor: redactor, patience: cancellationPatience,
                observer: observer)
            return try alone.deliver(report, from: store)
        }
    }
}

private struct StepAlone: Sendable {
    let step: Step
    let fixture: String
    let output: String?

    /// The fixture, wherever the worker is.
    var root: String { PathText.isAbsolute(fixture) ? fixture : "\(FileSystem.workingDirectory)/\(fixture)" }

    func inputs() throws -> [StepAssignment.Input] {
        guard FileSystem.status(root)?.isDirectory == true else {
            throw PipelineError(.missingFixture, "There is no directory '\(fixture)' with a fixture.")
        }
        let found = step.inputs.map { input in
            let path = "\(root)/\(input.name)"
            // A file that no step makes is taken from its own place, unless the fixture has another.
            guard FileSystem.status(path) == nil, let place = input.path else { return (input.name, path) }
            return (input.name, PathText.isAbsolute(place) ? place : "\(FileSystem.workingDirectory)/\(place)")
        }
        let missing = found.filter { FileSystem.status($0.1)?.isRegular != true }.map { "'\($0.0)'" }
        guard missing.isEmpty else {
            throw PipelineError(
                .missingFixture,
                "Step '\(step.name)' reads \(missing.joined(separator: ", ")), which the fixture '\(fixture)' lacks.")
        }
        return found.map { StepAssignment.Input(name: $0.0, path: $0.1) }
    }

    func run(
        _ assignment: StepAssignment, in pool: ProcessThreadPool<NoContext>, redactor: Redactor, patience: Duration,
        observer: @escaping RunObserver
    ) async throws -> StepAloneReport {
        let options = TaskOptions(timeout: step.timeout, isIdempotent: false, cancellation: .killAfter(patience))
        let (messages, feed) = AsyncStream<RunSession.Message>.makeStream()
        let handle = try await step.submit(pool, assignment, options)
        AttemptWatch(step: 0, attempt: 1, assignment: assignment, handle: handle, feed: feed).begin()
        return try await withTaskCancellationHandler {
            for await message in messages {
                switch message {
                case .progress(_, let attempt, let progress):
                    observer(.progress(step: step.name, attempt: attempt, progress))
                case .machine(.ended(_, _, let end)): return try report(end, redactor)
                case .machine, .recipe, .slot: break
                }
            }
            throw CancellationError()
        } onCancel: {
            handle.cancel()
        }
    }

    private func report(_ end: RunMachine.AttemptEnd, _ redactor: Redactor) throws -> StepAloneReport {
        var report = StepAloneReport(step: step.name, outputs: [], checks: [], milliseconds: 0)
        switch end {
        case .stopped: throw CancellationError()
        case .damaged: break
        case .failed(let failure, let checks):
            report.failure = redactor.redact(failure)
            report.checks = evaluated(checks)
        case .finished(let finished, let milliseconds):
            report.outputs = finished.artefacts.map { StepAloneReport.Output(artefact: $0) }
            report.checks = evaluated(finished.checks)
            report.rows = finished.rows
            report.milliseconds = milliseconds
        }
        return report
    }

    private func evaluated(_ checks: [CheckReport]) -> [CheckEvaluated] {
        checks.map {
            CheckEvaluated(
                step: step.name, check: $0.name, outcome: $0.outcome, value: $0.value, message: $0.message)
        }
    }

    /// Compares the outputs with what is expected, and brings them where they should be.
    func deliver(_ report: StepAloneReport, from store: ArtefactStore) throws -> StepAloneReport {
        var report = report
        if let output { try FileSystem.makeDirectory(output) }
        for index in report.outputs.indices {
            let artefact = report.outputs[index].artefact
            let expected = "\(fixture)/expected/\(artefact.name)"
            if FileSystem.status(expected) != nil {
                report.outputs[index].isAsExpected = try ContentHasher.hash(file: expected).hash == artefact.hash
            }
            guard let output else { continue }
            let path = "\(output)/\(artefact.name)"
            try store.export(artefact, to: path)
            report.outputs[index].path = path
        }
        return report
    }
}
