import ByteText

extension CheckReport {
    /// The report for people: what did not pass in full, and a line for each that did.
    public var text: String { text(withPassed: true) }

    /// The report for people, with or without the lines for what has passed.
    ///
    /// Control characters, in names or in rows of the database, are written out.
    public func text(withPassed: Bool) -> String {
        var lines: [String] = []
        let order: [(CheckOutcome, String)] = [
            (.pass, "PASSED"), (.warn, "WARNED"), (.fail, "FAILED"), (.notEvaluated, "NOT EVALUATED"),
            (.error, "ERROR"),
        ]
        for (outcome, word) in order where count(outcome) > 0 && (withPassed || outcome != .pass) {
            lines.append("\(count(outcome))/\(checks.count) \(checks.count == 1 ? "check" : "checks") \(word):")
            lines += self.lines(of: checks.filter { $0.outcome == outcome }, word)
        }
        if !problems.isEmpty {
            lines.append("\(Self.number(problems.count, "problem")) with the checks:")
            lines += problems.map { "    \($0)" }
        }
        if !warnings.isEmpty {
            lines.append("\(Self.number(warnings.count, "remark")) on the checks:")
            lines += warnings.map { "    \($0)" }
        }
        lines.append(summary)
        return TerminalText.shown(lines.joined(separator: "\n"))
    }

    /// The report in one line.
    public var summary: String {
        let errors = count(.error) + problems.count
        let parts = [
            Self.number(count(.fail), "failure"), Self.number(count(.warn), "warning"), Self.number(errors, "error"),
            "\(count(.pass)) passed",
        ]
        let idle = count(.notEvaluated)
        let rest = idle == 0 ? "" : ", \(idle) not evaluated"
        if checks.isEmpty && errors == 0 { return "There are no checks." }
        return outcome == .pass
            ? "All is well: \(count(.pass)) passed\(rest)." : parts.joined(separator: ", ") + rest + "."
    }

    private func lines(of checks: [CheckResult], _ word: String) -> [String] {
        var titles: [String] = []
        var byTitle: [String: [CheckResult]] = [:]
        for check in checks {
            let title = check.table.map { $0 + (check.filter.map { " [\($0)]" } ?? "") } ?? "queries"
            if byTitle[title] == nil { titles.append(title) }
            byTitle[title, default: []].append(check)
        }
        return titles.flatMap { title in
            ["    \(title)"] + (byTitle[title] ?? []).flatMap { lines(of: $0, word) }
        }
    }

    private func lines(of check: CheckResult, _ word: String) -> [String] {
        var lines = ["      \(check.name) [\(word)]"]
        guard check.outcome != .pass else { return lines }
        lines.append("        at: \(check.location)")
        if let value = check.value { lines.append("        check_value: \(value)") }
        lines += check.diagnostics.map { "        \($0.name): \($0.text)" }
        if let message = check.message { lines.append("        \(message.bytes.replaced("\n", with: "\n        "))") }
        if let samples = check.samples {
            let rows = samples.rows.prefix(Self.shownSamples)
            lines.append(Self.row(samples.columns))
            lines += rows.map(Self.row)
            let total = samples.total ?? samples.rows.count
            if total > rows.count {
                lines.append("        and \(total - rows.count) more")
            }
        }
        return lines
    }

    /// How many rows are shown to people; programs get all samples.
    private static let shownSamples = 3

    private static func row(_ values: [String?]) -> String {
        let line = values.map { $0 ?? "null" }.joined(separator: " | ")
        return "        " + (line.count > 160 ? line.prefix(159) + "…" : line)
    }

    private static func number(_ count: Int, _ word: String) -> String { "\(count) \(word)\(count == 1 ? "" : "s")" }
}
