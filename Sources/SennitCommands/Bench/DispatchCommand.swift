package import ArgumentParser

/// `sennit bench dispatch`: what handing over a task costs.
package struct DispatchCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "dispatch",
        abstract: "Empty tasks, one task per call.",
        discussion: """
            Empty tasks (without arguments, PlainData) are pushed through the pool in three ways, --count of them in \
            each: as one sequence by mapAsCompleted with 1,024 in flight (tasks each second), by 'run' from 64 callers \
            at once, and by 'submit' in bursts of up to 10,000 whose values are awaited after. The cost of 'submit' is \
            measured twice: in such a burst, where workers and caller share the processors, and alone, while every \
            thread of the pool naps, which is the caller's own cost. The round trip is one 'run' at a time with \
            nothing else to do.
            """)

    @Option(help: "Worker processes; 0 runs everything on threads of this process.")
    package var processes = 2

    @Option(help: "Threads of each process.")
    package var threads = 1

    @Option(help: "Tasks for each of the ways.")
    package var count = 1_000_000

    @Option(help: "Round trips.")
    package var roundTrips = 10_000

    @OptionGroup package var report: ReportOptions

    package init() {}

    package func validate() throws {
        try OptionRange.check(processes, "processes", in: 0...OptionRange.processes.upperBound)
        try OptionRange.check(threads, "threads", in: OptionRange.threads)
        try OptionRange.check(count, "count", in: OptionRange.counts)
        try OptionRange.check(roundTrips, "round-trips", in: 1...10_000_000)
    }

    @concurrent
    package func run() async throws {
        let plan = DispatchPlan(processes: processes, threads: threads, count: count, roundTrips: roundTrips)
        try Console.current.show(try await plan.run(), asJSON: report.json)
    }
}
