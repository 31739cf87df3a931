package import ArgumentParser
import Sennit

/// `sennit bench workload`: many tasks that mostly wait.
package struct WorkloadCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "workload",
        abstract: "Tasks of 20 ms of waiting and 0.8 ms of computing.",
        discussion: """
            Every thread has run something before the clock starts. The lower bound is what no executor can beat: \
            max(count x 20 ms / threads in all, count x 0.8 ms / processors). CPU time, memory, processes and threads \
            are those of this process and its workers; private memory is what no other process shares, at the end of \
            the run. The busiest share is the part of the tasks that one process ran.

            In mode cpu a task uses 0.8 ms of its own thread's processor time. In mode wall it is busy until the clock \
            has moved by 0.8 ms; when threads wait for a processor, they then do less, so claims are made with cpu.
            """)

    @Option(help: "Worker processes; 0 runs everything on threads of this process.")
    package var processes = 2

    @Option(help: "Threads of each process.")
    package var threads = 40

    @Option(help: "Tasks.")
    package var count = 6000

    @Option(help: "How the computing is measured: cpu or wall.")
    package var mode = WorkloadMode.cpu

    @OptionGroup package var report: ReportOptions

    package init() {}

    package func validate() throws {
        try OptionRange.check(processes, "processes", in: 0...OptionRange.processes.upperBound)
        try OptionRange.check(threads, "threads", in: OptionRange.threads)
        try OptionRange.check(count, "count", in: OptionRange.counts)
    }

    @concurrent
    package func run() async throws {
        let plan = WorkloadPlan(processes: processes, threads: threads, count: count, mode: mode)
        var meter = ProgressMeter("\(processes) x \(threads)", total: count)
        let outcome = try await plan.run(&meter)
        try Console.current.show(outcome, asJSON: report.json)
    }
}
