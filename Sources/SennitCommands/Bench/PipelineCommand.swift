package import ArgumentParser
import Sennit
import SennitPipeline

/// `sennit bench pipeline`: what the engine of pipelines costs.
package struct PipelineCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "pipeline",
        abstract: "What a step costs beyond its work, and a short pipeline from process start to end.",
        discussion: """
            'From process start' is the wall time of a process of this program that runs three empty steps, one after \
            the other, in a store that exists. 'Each step' is the time of a run of --steps empty steps in a row, \
            divided by their number, and the same for steps that each read and write a small file, which has to reach \
            the disk. All with history and without cache. Medians of --rounds.
            """)

    @Option(help: "How often each is measured.")
    package var rounds = 11

    @Option(help: "Steps of the long run.")
    package var steps = 100

    @OptionGroup package var report: ReportOptions

    package init() {}

    package func validate() throws {
        try OptionRange.check(rounds, "rounds", in: 1...1000)
        try OptionRange.check(steps, "steps", in: 1...10_000)
    }

    @concurrent
    package func run() async throws {
        let store = "\(FileSystem.temporaryDirectory)/sennit-bench-\(ProcessIdentity.current)"
        defer { try? FileSystem.remove(store) }
        let plan = PipelinePlan(rounds: rounds, steps: steps, store: store)
        try Console.current.show(try await plan.run(), asJSON: report.json)
    }
}

/// Runs three empty steps; not for people.
struct EmptyPipelineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "empty-pipeline", abstract: "Be the process that 'bench pipeline' measures.",
        shouldDisplay: false)

    @Option var store: String

    @concurrent
    func run() async throws {
        let summary = try await PipelineRunner(store: store).run(try PipelinePlan.chain(of: 3))
        guard summary.status == .finished else { throw MeasurementError(summary.message ?? "The run failed.") }
    }
}

/// A step that does nothing.
struct EmptyStep: StepWork {
    func run(in workspace: StepWorkspace) async throws {}
}

/// A step that writes a few bytes.
struct RelayStep: StepWork {
    var number: Int

    func run(in workspace: StepWorkspace) async throws {
        try FileSystem.write(Array("\(number)".utf8), to: try workspace.output("file\(number)"))
    }
}

/// How often and with how many steps pipelines are measured.
struct PipelinePlan: Sendable {
    let rounds: Int
    let steps: Int
    let store: String

    /// Empty steps, one after the other.
    static func chain(of count: Int) throws -> Pipeline {
        try Pipeline(
            "empty",
            steps: (0..<count).map { number in
                Step(
                    "step\(number)", EmptyStep(), after: number == 0 ? [] : ["step\(number - 1)"], isCached: false,
                    codeVersion: "1")
            })
    }

    /// Steps of which each reads and writes a small file.
    static func relay(of count: Int) throws -> Pipeline {
        try Pipeline(
            "relay",
            steps: (0..<count).map { number in
                Step(
                    "step\(number)", RelayStep(number: number),
                    inputs: number == 0 ? [] : [.artefact("file\(number - 1)")],
                    outputs: ["file\(number)"], isCached: false, codeVersion: "1")
            })
    }

    @concurrent
    func run() async throws -> PipelineReport {
        var processes: [Double] = []
        var runs: [Double] = []
        var relays: [Double] = []
        let runner = PipelineRunner(store: store, maximumParallelSteps: 1)
        for round in 0...rounds {
            let milliseconds = try await process()
            let run = try await perStep(try PipelinePlan.chain(of: steps), runner)
            let relay = try await perStep(try PipelinePlan.relay(of: steps), runner)
            guard round > 0 else { continue }
            processes.append(milliseconds)
            runs.append(run)
            relays.append(relay)
            try Task.checkCancellation()
        }
        return PipelineReport(
            rounds: rounds, steps: steps, process: Quantile.of(processes, 0.5) ?? 0,
            step: Quantile.of(runs, 0.5) ?? 0, relay: Quantile.of(relays, 0.5) ?? 0)
    }

    private func perStep(_ pipeline: Pipeline, _ runner: PipelineRunner) async throws -> Double {
        let summary = try await runner.run(pipeline)
        guard summary.status == .finished else { throw MeasurementError(summary.message ?? "The run failed.") }
        return Double(summary.milliseconds) / Double(steps)
    }

    /// Milliseconds from starting a process to its end, on a thread that outlives it.
    private func process() async throws -> Double {
        try await withCheckedThrowingContinuation { continuation in
            do {
                try SystemThread.start(name: "sennit-pipeline", stackBytes: 512 * 1024) {
                    continuation.resume(
                        with: Result {
                            let watch = Stopwatch()
                            let child = try ProcessSpawner().spawn(
                                SpawnRequest(
                                    executable: "/proc/self/exe",
                                    arguments: ["sennit", "bench", "empty-pipeline", "--store", store]))
                            let status = try child.waitAndReap(timeoutNanoseconds: 20_000_000_000)
                            guard status == .exited(0) else {
                                throw MeasurementError("The process with the empty pipeline did not end well.")
                            }
                            return watch.milliseconds
                        })
                }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }
}

/// What pipelines cost, in milliseconds.
struct PipelineReport: Report {
    let rounds: Int
    let steps: Int
    let process: Double
    let step: Double
    let relay: Double

    var title: String { "Pipelines of empty steps, median of \(rounds)" }

    var figures: [Figure] {
        [
            Figure("three steps, from process start to end", process, places: 1, "ms"),
            Figure("each step of \(steps)", step, places: 2, "ms"),
            Figure("each step that reads and writes a small artefact", relay, places: 2, "ms"),
        ]
    }

    private enum CodingKeys: String, CodingKey {
        case rounds, steps
        case process = "three_steps_process_ms"
        case step = "step_ms"
        case relay = "step_with_artefact_ms"
    }
}
