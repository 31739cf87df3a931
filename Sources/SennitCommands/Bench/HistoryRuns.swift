import EventStore
import SennitPipeline

/// Runs as they are recorded: a few events that say what happens, and many that say how far a step has come.
enum HistoryRuns {
    private static let eventsOfRun = 1000
    private static let steps = ["aws", "azure", "gcp", "aggregate"]

    /// The events of one run.
    static func run() -> [any RunEventBody] {
        let planned = steps.map { PlannedStep(name: $0, inputs: [], outputs: ["\($0).sql"]) }
        var events: [any RunEventBody] = [
            RunRequested(pipeline: "prices", steps: planned), RunStarted(session: 1, processID: 1),
        ]
        let hash = ContentHasher.hash("prices".utf8)
        for step in steps {
            events.append(StepStarted(step: step, attempt: 1))
            for rows in 1...eventsOfRun / steps.count - 3 {
                let progress = StepProgress(rows: Int64(rows * 1000), bytes: Int64(rows * 80_000), message: "eu-west-1")
                events.append(StepProgressed(step: step, attempt: 1, progress: progress))
            }
            let artefact = ArtefactReference(name: "\(step).sql", hash: hash, bytes: 12_345_678)
            events.append(
                StepFinished(
                    step: step, attempt: 1, fingerprint: hash, artefacts: [artefact], milliseconds: 900, rows: 120_000))
        }
        return events + [RunFinished(milliseconds: 3000, stepsRun: steps.count, stepsFromCache: 0)]
    }

    /// How many events a second the list of runs is built anew from.
    static func rebuildPerSecond(events: Int, at path: String) async throws -> Double {
        let store = try RunHistory.open(at: path)
        defer { try? store.close() }
        let run = run()
        let runs = max(1, events / run.count)
        for number in 0..<runs {
            guard let name = RunID("run-\(number)") else { continue }
            try await store.append(to: RunHistory.stream(of: name), run)
        }
        let watch = Stopwatch()
        try await store.rebuild(ListedRunsProjection())
        let seconds = watch.seconds
        let listed = try await ListRuns(limit: runs + 1).answer(from: store).count
        guard listed == runs else { throw MeasurementError("\(listed) of \(runs) runs were listed.") }
        return Double(runs * run.count) / seconds
    }
}
