package import ArgumentParser
import Sennit

/// `sennit bench crash`: what becomes of callers, neighbours and workers when a process is killed.
package struct CrashCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "crash",
        abstract: "Killed workers, missed deadlines, a task that kills its worker, a killed parent.",
        discussion: """
            detect: a worker that is busy gets SIGKILL; the time until the caller of its task has the error. Each \
            round makes a new pool of two workers; one more round goes before and is not counted.
            deadline: a task that spins and heeds no cancellation runs into its deadline; the time from then on until \
            its caller has the error, and until its worker has ended. As many rounds, but a hundred at most.
            good tasks: of twenty idempotent tasks on two workers of four threads, how many finish although a task \
            among them kills its worker.
            orphans: a copy of this program with two busy workers, each of whose tasks has started 'sleep 1000', gets \
            SIGKILL; how many of all its descendants are alive 50 ms later, and how many never end.
            leaked: descriptors, shared memory and unreaped children that this process has more of after the rounds \
            than before; what is given back within a second is no leak.
            """)

    @Option(help: "How often a worker is killed.")
    package var rounds = 20

    @OptionGroup package var report: ReportOptions

    package init() {}

    package func validate() throws { try OptionRange.check(rounds, "rounds", in: 1...10_000) }

    @concurrent
    package func run() async throws {
        let plan = CrashPlan(rounds: rounds, executable: "/proc/self/exe")
        try Console.current.show(try await plan.run(), asJSON: report.json)
    }
}

/// How often a worker is killed, and which program is the parent to kill.
struct CrashPlan: Sendable {
    let rounds: Int
    let executable: String

    private static let settling = Duration.seconds(1)
    private static let mostDeadlines = 100

    @concurrent
    func run() async throws -> CrashReport {
        var meter = ProgressMeter("killed workers", total: rounds)
        defer { meter.finish() }
        // What is made once and kept for good is made here.
        _ = try await DeathDetection.milliseconds()
        let before = ResourceCount.current()
        var times: [Double] = []
        for done in 1...rounds {
            times.append(try await DeathDetection.milliseconds())
            try meter.advance(to: done)
        }
        let leaked = try await ResourceCount.settled(to: before, within: CrashPlan.settling)
        meter.finish()
        let deadlines = try await DeadlineOvershoot.measure(rounds: min(rounds, CrashPlan.mostDeadlines))
        let good = try await PoisonScenario.run()
        let orphans = try await OrphanScenario.run(executable: executable)
        return CrashReport(
            rounds: rounds, detectMedian: Quantile.of(times, 0.5) ?? 0, detect99: Quantile.of(times, 0.99) ?? 0,
            overshootMedian: DeadlineOvershoot(deadlines, rank: 0.5),
            overshoot99: DeadlineOvershoot(deadlines, rank: 0.99), goodFinished: good.finished,
            goodExpected: good.expected, orphans: orphans, leaked: leaked)
    }
}

/// What became of everybody.
package struct CrashReport: Report {
    package let rounds: Int
    package let detectMedian: Double
    package let detect99: Double
    package let overshootMedian: DeadlineOvershoot
    package let overshoot99: DeadlineOvershoot
    package let goodFinished: Int
    package let goodExpected: Int
    package let orphans: OrphanScenario.Outcome
    package let leaked: ResourceCount

    package init(
        rounds: Int, detectMedian: Double, detect99: Double, overshootMedian: DeadlineOvershoot,
        overshoot99: DeadlineOvershoot, goodFinished: Int, goodExpected: Int, orphans: OrphanScenario.Outcome,
        leaked: ResourceCount
    ) {
        self.rounds = rounds
        self.detectMedian = detectMedian
        self.detect99 = detect99
        self.overshootMedian = overshootMedian
        self.overshoot99 = overshoot99
        self.goodFinished = goodFinished
        self.goodExpected = goodExpected
        self.orphans = orphans
        self.leaked = leaked
    }

    package var title: String {
        "\(Decimals.text(rounds)) killed workers, missed deadlines, a poison task, a killed parent"
    }

    package var figures: [Figure] {
        [
            Figure("caller told, median", detectMedian, places: 2, "ms"),
            Figure("caller told, 99 %", detect99, places: 2, "ms"),
            Figure("caller told after a deadline, median", overshootMedian.told, places: 2, "ms"),
            Figure("caller told after a deadline, 99 %", overshoot99.told, places: 2, "ms"),
            Figure("worker gone after a deadline, median", overshootMedian.stopped, places: 2, "ms"),
            Figure("worker gone after a deadline, 99 %", overshoot99.stopped, places: 2, "ms"),
            Figure("good tasks finished", text: "\(goodFinished) of \(goodExpected)"),
            Figure("alive 50 ms after the parent", text: "\(orphans.alive) of \(orphans.before)"),
            Figure("never ended", orphans.left),
            Figure("descriptors leaked", leaked.descriptors),
            Figure("shared memory leaked", leaked.sharedMemory),
            Figure("children not reaped", leaked.zombies),
        ]
    }

    private enum CodingKeys: String, CodingKey {
        case rounds
        case detectMedian = "detect_ms_p50"
        case detect99 = "detect_ms_p99"
        case overshootMedian = "deadline_overshoot_ms_p50"
        case overshoot99 = "deadline_overshoot_ms_p99"
        case stoppedMedian = "deadline_worker_gone_ms_p50"
        case stopped99 = "deadline_worker_gone_ms_p99"
        case goodFinished = "good_tasks_finished"
        case goodExpected = "good_tasks_expected"
        case orphans = "orphans_after_50ms"
        case orphansLeft = "orphans_left"
        case descendants = "descendants_before"
        case leakedDescriptors = "leaked_descriptors"
        case leakedSharedMemory = "leaked_shared_memory"
        case leakedZombies = "leaked_zombies"
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(rounds, forKey: .rounds)
        try container.encode(detectMedian, forKey: .detectMedian)
        try container.encode(detect99, forKey: .detect99)
        try container.encode(overshootMedian.told, forKey: .overshootMedian)
        try container.encode(overshoot99.told, forKey: .overshoot99)
        try container.encode(overshootMedian.stopped, forKey: .stoppedMedian)
        try container.encode(overshoot99.stopped, forKey: .stopped99)
        try container.encode(goodFinished, forKey: .goodFinished)
        try container.encode(goodExpected, forKey: .goodExpected)
        try container.encode(orphans.alive, forKey: .orphans)
        try container.encode(orphans.left, forKey: .orphansLeft)
        try container.encode(orphans.before, forKey: .descendants)
        try container.encode(leaked.descriptors, forKey: .leakedDescriptors)
        try container.encode(leaked.sharedMemory, forKey: .leakedSharedMemory)
        try container.encode(leaked.zombies, forKey: .leakedZombies)
    }
}
