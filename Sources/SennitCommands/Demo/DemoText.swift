/// What the demonstration says.
package enum DemoText {
    package static func opening(_ plan: DemoPlan, processors: Int) -> String {
        "\(Decimals.text(plan.count)) tasks, each waits for 20 ms and computes for 0.8 ms; \(processors) processors.\n"
    }

    package static let shapeHeader = [
        "", "workers", "threads", "elapsed", "lower bound", "ratio", "private memory", "per thread",
    ]

    /// The row of one shape; memory is that of this process and its workers, then shared out to the threads.
    package static func row(_ shape: DemoShape, _ report: WorkloadReport) -> [String] {
        [
            shape.name, Decimals.text(shape.plan.processes), Decimals.text(shape.plan.concurrency),
            Decimals.text(report.elapsedSeconds, places: 2) + " s",
            Decimals.text(report.lowerBoundSeconds, places: 2) + " s", Decimals.text(report.ratio, places: 3),
            Decimals.text(report.use.uniqueMiB, places: 1) + " MiB",
            Decimals.text(report.use.uniqueMiB / Double(shape.plan.concurrency), places: 2) + " MiB",
        ]
    }

    package static func killHeading(_ plan: DemoPlan) -> String {
        "One of \(plan.processes) workers is killed with SIGKILL after a third of the tasks."
    }

    package static let deathHeader = ["", "finished", "failed", "retried", "workers started", "elapsed"]

    package static func row(_ report: DeathReport) -> [String] {
        [
            report.retries ? "may be repeated (idempotent)" : "must not be repeated",
            Decimals.text(report.finished), Decimals.text(report.failed), Decimals.text(report.retried),
            Decimals.text(report.workersStarted), Decimals.text(report.elapsedSeconds, places: 2) + " s",
        ]
    }

    package static func error(_ error: String, of failed: Int) -> String {
        let subject =
            failed == 1
            ? "The failed task says" : "Each of the \(Decimals.text(failed)) failed tasks says, like the first"
        return "\(subject): \(error)"
    }

    /// What is to be learnt, as far as it has happened.
    package static func closing(_ reports: [DeathReport]) -> String {
        let strict = reports.first { !$0.retries }
        let retried = reports.first { $0.retries }
        var lines: [String] = []
        if let strict {
            lines.append(
                "\(Decimals.text(strict.finished)) of \(Decimals.text(strict.count)) tasks finished: only what the "
                    + "dead worker was running has failed, and another worker took its place.")
        }
        if let retried, retried.failed == 0 {
            lines.append("With tasks that may be repeated, nobody noticed.")
        }
        lines.append("With threads alone, such a crash would have been the end of the program.")
        return lines.joined(separator: "\n")
    }
}
