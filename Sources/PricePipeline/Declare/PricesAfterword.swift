import CloudPrices
import CostEstimate
import SennitPipeline

/// What is said when a run of `prices` has ended well: counts, checks, where the dump is, and the example estimate.
enum PricesAfterword {
    static func text(_ paths: ArtefactPaths) throws -> String {
        guard let path = paths.path(of: AggregateStep.summaryName) else { return "" }
        let summary = try JSONFile.read(AggregateSummary.self, from: path)
        var lines = summary.providers.flatMap { report in
            let documents = "\(report.documents) document\(report.documents == 1 ? "" : "s")"
            let warnings = report.warnings.isEmpty ? "" : ", \(report.warnings.count) with a warning"
            let line =
                "\(report.provider): \(report.rows) rows of \(documents); "
                + "\(report.checksPassed) checks passed\(warnings)"
            return [line] + (report.notices ?? []).map { "\(report.provider): \($0)" }
        }
        lines.append("all: \(summary.rows) rows in \(paths.path(of: AggregateStep.dumpName) ?? "")")
        if let estimate = summary.estimate { lines += ["", EstimateText.text(of: estimate)] }
        return lines.joined(separator: "\n")
    }
}
