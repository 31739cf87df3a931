package import ArgumentParser
import Sennit

/// `sennit demo`: the executor at work.
package struct DemoCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "See the executor at work: processes, threads, both, and a worker killed on the way.",
        discussion: """
            A workload of tasks that wait for 20 ms and compute for 0.8 ms, as clients of slow servers do, runs on \
            processes alone, on threads alone, and on both. Then one of the workers is killed with SIGKILL in the \
            middle of a run: once with tasks that must not be repeated, and once with tasks that may.

            Progress is shown on standard error. Ctrl-C ends the workers and exits with code 130.
            """)

    @Option(help: "Tasks of each run. (default: 6000, or 600 with --quick)")
    package var count: Int?

    @Flag(help: "Fewer tasks and fewer processes: a few seconds in all.")
    package var quick = false

    @Option(help: "Worker processes of the run on both. (default: one for each processor, at least 2)")
    package var processes: Int?

    @Option(help: "Threads of each of them.")
    package var threads = 40

    @Flag(help: "Print one JSON object for each run and nothing else.")
    package var json = false

    package init() {}

    package func validate() throws {
        if let count { try OptionRange.check(count, "count", in: OptionRange.counts) }
        if let processes { try OptionRange.check(processes, "processes", in: OptionRange.processes) }
        try OptionRange.check(threads, "threads", in: OptionRange.threads)
    }

    /// What is run, for a machine with so many processors.
    package func plan(processors: Int) -> DemoPlan {
        DemoPlan(
            count: count ?? (quick ? 600 : 6000), processes: processes ?? max(2, processors), threads: threads,
            loneProcesses: quick ? 8 : 40)
    }

    @concurrent
    package func run() async throws {
        let plan = plan(processors: ProcessIdentity.processorCount)
        try await DemoShow(plan: plan, console: .current, asJSON: json).run()
    }
}

/// What the demonstration runs.
package struct DemoPlan: Sendable, Hashable {
    /// Tasks of each run.
    package let count: Int
    /// Worker processes of the run on both.
    package let processes: Int
    /// Threads of each of them.
    package let threads: Int
    /// Worker processes of the run on processes alone.
    package let loneProcesses: Int

    package init(count: Int, processes: Int, threads: Int, loneProcesses: Int) {
        self.count = count
        self.processes = processes
        self.threads = threads
        self.loneProcesses = loneProcesses
    }

    /// The shapes in the order in which they run.
    ///
    /// Threads alone come after processes alone, because they leave their stacks behind in this process.
    package var shapes: [DemoShape] {
        [
            DemoShape(
                name: "processes alone",
                plan: WorkloadPlan(
                    processes: min(loneProcesses, processes * threads), threads: 1, count: count, mode: .cpu)),
            DemoShape(
                name: "threads alone",
                plan: WorkloadPlan(
                    processes: 0, threads: min(OptionRange.threads.upperBound, processes * threads), count: count,
                    mode: .cpu)),
            DemoShape(
                name: "both",
                plan: WorkloadPlan(processes: processes, threads: threads, count: count, mode: .cpu)),
        ]
    }
}

/// One way to run the workload.
package struct DemoShape: Sendable, Hashable {
    package let name: String
    package let plan: WorkloadPlan
}
