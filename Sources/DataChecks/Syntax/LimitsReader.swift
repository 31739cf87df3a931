import ByteText

/// Reads what is worth a warning and what is a failure.
enum LimitsReader {
    /// The limits of a check: those of its line, or those of `warn` and `fail`.
    ///
    /// - Parameters:
    ///   - written: The threshold in the line, which says what passes.
    ///   - options: Where `warn` and `fail` are taken from.
    ///   - needsDuration: Whether bounds are lengths of time.
    /// - Returns: The limits, which may be none.
    /// - Throws: What is not understood.
    static func read(
        _ written: WrittenThreshold?, _ options: inout CheckOptionSet, needsDuration: Bool = false
    ) throws(CheckProblem) -> CheckThresholds {
        let warn = try condition("warn", &options, needsDuration: needsDuration)
        let fail = try condition("fail", &options, needsDuration: needsDuration)
        guard let written else { return CheckThresholds(warn: warn, fail: fail) }
        guard warn == nil, fail == nil else {
            throw CheckProblem(
                location: options.location,
                message: "'\(options.line)' has a threshold, and 'warn' or 'fail' below it; keep one of the two")
        }
        try check(written, needsDuration: needsDuration, at: options.location)
        return CheckThresholds(warn: nil, fail: written.range.inverse)
    }

    /// As `read`, but there must be limits.
    static func require(
        _ written: WrittenThreshold?, _ options: inout CheckOptionSet, needsDuration: Bool = false
    ) throws(CheckProblem) -> CheckThresholds {
        let limits = try read(written, &options, needsDuration: needsDuration)
        guard limits.isEmpty else { return limits }
        throw CheckProblem(
            location: options.location,
            message: "'\(options.line)' has no threshold; write one behind it, as in '\(options.line) > 0', "
                + "or 'fail: when …' below it")
    }

    private static func condition(
        _ key: String, _ options: inout CheckOptionSet, needsDuration: Bool
    ) throws(CheckProblem) -> CheckThreshold? {
        guard let node = options.take(key) else { return nil }
        guard let condition = node.text?.bytes.withoutStart("when ") else {
            throw node.problem("'\(key)' must say when, as in \(key): when > 5")
        }
        var scanner = LineScanner(condition.string)
        let written: WrittenThreshold
        do {
            written = try scanner.threshold()
        } catch {
            throw node.problem("'\(key)': \(error.message)")
        }
        try check(written, needsDuration: needsDuration, at: node.location)
        return written.range
    }

    private static func check(
        _ written: WrittenThreshold, needsDuration: Bool, at location: CheckLocation
    ) throws(CheckProblem) {
        guard written.isDuration != needsDuration else { return }
        throw CheckProblem(
            location: location,
            message: needsDuration
                ? "freshness is compared with a length of time such as 1d, 24h30m or 90s"
                : "only freshness is compared with a length of time")
    }
}
