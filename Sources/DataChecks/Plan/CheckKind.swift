/// One kind of check: what it has to measure, and what it makes of it.
///
/// Kinds are values and touch no database: they name measurements and are handed the results.
protocol CheckKind: Sendable {
    /// What has to be measured.
    var measurements: [Measurement] { get }

    /// Judges what was measured.
    ///
    /// - Parameters:
    ///   - measured: The results, in the order of `measurements`.
    ///   - limits: What is worth a warning, and what is a failure.
    ///   - context: What is known beside the database.
    /// - Returns: Outcome, value and details.
    /// - Throws: Why there is no judgement.
    func judge(
        _ measured: [Measured], _ limits: CheckThresholds, _ context: JudgementContext
    ) throws(JudgementError) -> Judgement

    /// A query for the rows that do not pass, if they were not measured anyway.
    var offendingRows: String? { get }
}

extension CheckKind {
    var offendingRows: String? { nil }
}

extension CheckThresholds {
    var isEmpty: Bool { warn == nil && fail == nil }

    func outcome(of value: CheckValue) -> CheckOutcome {
        if fail?.contains(value.double) == true { return .fail }
        return warn?.contains(value.double) == true ? .warn : .pass
    }

    /// The outcome for a count of things that should not be: without limits, none is allowed.
    func outcome(ofOffending count: Int) -> CheckOutcome {
        isEmpty ? (count > 0 ? .fail : .pass) : outcome(of: .integer(count))
    }
}

/// What is known beside the database.
struct JudgementContext: Sendable {
    /// The time of the run, in seconds since 1970.
    var now: Double
    var variables: [String: String]
    var history: MetricsHistory?
}

/// Why a check has no judgement.
struct JudgementError: Error, Hashable {
    let message: String

    init(_ message: String) { self.message = message }
}

/// What a kind says about what was measured.
struct Judgement: Sendable {
    var outcome: CheckOutcome
    var value: CheckValue?
    var diagnostics: [CheckDiagnostic] = []
    var samples: CheckSamples?
    /// Why there was nothing to judge.
    var message: String?
    /// The checks of single groups.
    var groups: [GroupJudgement] = []
    /// The schema that was found, for the next run to compare with.
    var schema: [String: [SchemaColumn]] = [:]
}

/// The judgement of one check for one group.
struct GroupJudgement: Sendable {
    let name: String
    let limits: CheckThresholds
    let location: CheckLocation
    let outcome: CheckOutcome
    let value: CheckValue?
}
