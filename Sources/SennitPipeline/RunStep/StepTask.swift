import ByteText
package import Sennit

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
            return report
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
        return report
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
            guard let status = FileSystem.status(path), status.isRegular else {
                report.failure = StepFailureRecord(
                    kind: .missingOutput, message: "It ended without writing its output '\(name)'.", isPermanent: true)
                break
            }
            do {
                report.artefacts.append(try assignment.store.publish(path, as: name))
            } catch {
                report.failure = StepFailureRecord(
                    kind: .storage, message: "Its output '\(name)' cannot be stored: \(error)")
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
