import ByteText
package import Sennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// One attempt at a step, as a task of a pool.
package struct StepTask<Work: StepWork>: PoolTask {
    let work: Work
    let assignment: StepAssignment

    package func run(in context: NoContext) async throws -> StepReport {
        try await StepExecution(assignment: assignment).run(work)
    }
}

/// Runs a step's work in a directory of its own, and publishes what it has made.
struct StepExecution: Sendable {
    let assignment: StepAssignment

    func run(_ work: some StepWork) async throws -> StepReport {
        defer { try? FileSystem.remove(assignment.directory) }
        var report = StepReport()
        do {
            report.damagedInputs = findDamage()
            guard report.damagedInputs.isEmpty else { return report }
            try prepare()
        } catch {
            report.failure = StepFailureRecord(kind: .storage, message: "\(error)")
            return report.bounded
        }
        let workspace = StepWorkspace(assignment)
        do {
            let watch = try MemoryWatch.begin(assignment)
            defer { watch?.end() }
            try await work.run(in: workspace)
        } catch {
            // Cancelled work may fail in any way.
            try Task.checkCancellation()
            report.failure = StepExecution.record(of: error)
        }
        report.rows = workspace.rows
        report.checks = workspace.checks
        if report.failure == nil { report.failure = StepExecution.record(of: report.checks) }
        if report.failure == nil { publish(into: &report) }
        return report.bounded
    }

    /// The inputs in whose file are not the bytes that were published.
    private func findDamage() -> [String] {
        assignment.inputs.filter { input in
            guard let artefact = input.artefact else { return false }
            return !assignment.store.isIntact(artefact)
        }
        .map(\.name)
    }

    private func prepare() throws(SystemError) {
        // An attempt of a session that was killed may have left its directory.
        try FileSystem.remove(assignment.directory)
        for folder in ["scratch", "outputs", "inputs"] {
            try FileSystem.makeDirectory("\(assignment.directory)/\(folder)")
        }
        for input in assignment.inputs {
            try FileSystem.link("\(assignment.directory)/inputs/\(input.name)", to: input.path)
        }
    }

    private func publish(into report: inout StepReport) {
        for name in assignment.outputs {
            let path = "\(assignment.directory)/outputs/\(name)"
            guard FileSystem.status(path) != nil else {
                report.failure = StepFailureRecord(
                    kind: .missingOutput, message: "It ended without writing its output '\(name)'.", isPermanent: true)
                break
            }
            do {
                report.artefacts.append(try assignment.store.publish(path, as: name))
            } catch {
                report.failure = StepFailureRecord(
                    kind: .storage, message: "Its output '\(name)' cannot be stored: \(error)",
                    isPermanent: error.code == EINVAL)
                break
            }
        }
        // A file that is in the store without a step that vouches for it is nobody's artefact.
        if report.failure != nil { report.artefacts = [] }
    }

    private static func record(of error: any Error) -> StepFailureRecord {
        var record = StepFailureRecord(kind: .thrown, message: text(of: error))
        record.errorType = "\(type(of: error))"
        if let failure = error as? any RetryableError {
            record.kind = failure.failureKind
            record.isPermanent = !failure.isTransient
            record.retryDelayMilliseconds = failure.retryDelay.map { min(max(0, $0.milliseconds), 3_600_000) }
            if let failure = failure as? StepFailure { record.message = failure.message }
        } else if ConnectionErrors.isOne(error) {
            record.kind = .network
        }
        if (error as? PipelineError)?.code == .missingSecret { record.isPermanent = true }
        return record
    }

    /// The error's own words; its type too where they are only the name of a case.
    private static func text(of error: any Error) -> String {
        let words = "\(error)"
        return words.bytes.holds(" ") ? words : "\(type(of: error)): \(words)"
    }

    private static func record(of checks: [CheckReport]) -> StepFailureRecord? {
        let failed = checks.filter { $0.outcome == .fail || $0.outcome == .error }
        guard let first = failed.first else { return nil }
        let detail = first.message ?? first.value.map { "it measured \($0)" } ?? "no details"
        let others = failed.count == 1 ? "" : " \(failed.count - 1) more failed."
        return StepFailureRecord(
            kind: .checkFailed, message: "Check '\(first.name)': \(detail).\(others) Nothing was published.",
            isPermanent: true)
    }
}

extension StepReport {
    /// Checks that are kept of an attempt.
    private static let maximumChecks = 100_000

    /// The report without what would be too much for the way to the parent.
    fileprivate var bounded: StepReport {
        var report = self
        report.failure = failure?.bounded(to: BoundedText.workerBytes)
        // Those that failed first: they are why nothing was published.
        let isBad = { (check: CheckReport) in check.outcome == .fail || check.outcome == .error }
        if checks.count > Self.maximumChecks {
            let kept = checks.filter(isBad) + checks.filter { !isBad($0) }
            report.checks = Array(kept.prefix(Self.maximumChecks))
        }
        let limit = max(BoundedText.messageBytes, BoundedText.workerBytes / max(1, report.checks.count))
        for index in report.checks.indices {
            report.checks[index].name = BoundedText.head(report.checks[index].name, limit)
            report.checks[index].value = report.checks[index].value.map { BoundedText.head($0, limit) }
            report.checks[index].message = report.checks[index].message.map { BoundedText.head($0, limit) }
        }
        return report
    }
}
