/// A check, ready to be measured and judged.
struct CheckDefinition: Sendable {
    var name: String
    var location: CheckLocation
    /// What it is about; nil if it has a query of its own.
    var dataset: Dataset?
    var kind: any CheckKind
    var limits: CheckThresholds
    /// How many rows that do not pass are shown; nil for as many as the run says.
    var samplesLimit: Int?
    /// What is understood, but is hardly meant.
    var warnings: [CheckProblem] = []
}
