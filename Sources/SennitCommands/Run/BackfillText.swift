import ByteText
package import SennitPipeline

/// The end of a backfill in words.
package struct BackfillText: Sendable {
    /// The sum, as `--json` shows it.
    package struct Counts: Encodable, Sendable {
        let pipeline: String
        let partitions: Int
        let finished: Int
        let skipped: Int
        let failed: Int
        let cancelled: Int
        let waiting: Int
        let milliseconds: Int64
    }

    /// Of more partitions than this, only those are in the table that are not done.
    private static let tableLimit = 100

    private let summary: BackfillSummary

    package init(_ summary: BackfillSummary) { self.summary = summary }

    package var counts: Counts {
        Counts(
            pipeline: summary.pipeline, partitions: summary.partitions.count, finished: summary.count(.finished),
            skipped: summary.count(.skipped), failed: summary.count(.failed), cancelled: summary.count(.cancelled),
            waiting: summary.count(.waiting), milliseconds: summary.milliseconds)
    }

    package var table: TextTable {
        var table = TextTable(header: ["partition", "state", "steps", "time", "run"])
        let isLong = summary.partitions.count > BackfillText.tableLimit
        for entry in summary.partitions where !isLong || ![.finished, .skipped].contains(entry.status) {
            table.append([
                entry.partition, entry.status.rawValue,
                entry.status == .finished ? BackfillText.steps(entry) : "",
                entry.milliseconds.map(RunText.duration) ?? "", entry.run?.rawValue ?? "",
            ])
        }
        return table
    }

    /// Such as "3 ran, 1 cached".
    private static func steps(_ entry: BackfillSummary.Partition) -> String {
        "\(entry.stepsRun) ran" + (entry.stepsFromCache > 0 ? ", \(entry.stepsFromCache) cached" : "")
    }

    package var closing: String {
        let parts = BackfillSummary.Status.allCases.compactMap { status -> String? in
            let count = summary.count(status)
            return count == 0 ? nil : "\(Decimals.text(count)) \(status.rawValue)"
        }
        let partitions = summary.partitions.count == 1 ? "partition" : "partitions"
        return "backfill of '\(summary.pipeline)', \(Decimals.text(summary.partitions.count)) \(partitions): "
            + "\(parts.joined(separator: ", ")) in \(RunText.duration(summary.milliseconds))"
    }

    /// How to go on; nil if everything is done.
    package var hint: String? {
        summary.isComplete ? nil : "The same command goes on: partitions that are done are left out."
    }

    /// What became of a partition, as one line.
    package static func line(_ entry: BackfillSummary.Partition) -> String {
        let run = entry.run.map { " (run \($0))" } ?? ""
        return switch entry.status {
        case .finished:
            "\(entry.partition): finished in \(RunText.duration(entry.milliseconds ?? 0)), \(steps(entry))\(run)"
        case .skipped: "\(entry.partition): skipped, done before\(run)"
        case .failed: "\(entry.partition): failed: \((entry.message ?? "unknown").bytes.lines.first ?? "")\(run)"
        case .cancelled: "\(entry.partition): stopped\(run)"
        case .waiting: "\(entry.partition): not begun"
        }
    }
}
