import CostEstimate
import SennitPipeline

/// What came of pricing the bill while the dumps were added up: an estimate, or why there is none.
struct EstimateOutcome: Codable, Sendable {
    var estimate: Estimate?
    var failure: String?
}

/// Passes the estimate on, or fails with what was wrong with the bill.
///
/// The bill is priced in the step that has the database. Its failure is a step's own, so that the database goes on.
struct EstimateStep: StepWork {
    static let resultName = "bill.json"

    func run(in workspace: StepWorkspace) async throws {
        let outcome = try JSONFile.read(
            EstimateOutcome.self, from: workspace.input(AggregateStep.estimateName))
        guard let estimate = outcome.estimate else {
            throw StepFailure(outcome.failure ?? "The bill of materials was not priced.")
        }
        for warning in estimate.warnings { workspace.check("estimate", .warn, message: warning) }
        try JSONFile.write(estimate, to: workspace.output(Self.resultName))
    }
}
