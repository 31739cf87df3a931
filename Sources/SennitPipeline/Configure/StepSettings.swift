import ByteText
internal import ConfigurationReading

/// What a configuration file says about one step, in place of what the pipeline says.
struct StepSettings: Decodable, Sendable, Hashable {
    var timeout: TimeSpan?
    var attempts: Int?
    var delay: TimeSpan?
    var maximumDelay: TimeSpan?
    var cached: Bool?
}

/// A time as people write it: `90`, `90 s`, `1.5 min`, `500 ms`, `2 h`; a number alone means seconds.
package struct TimeSpan: Decodable, Sendable, Hashable {
    package let duration: Duration

    /// Reads a time.
    ///
    /// - Parameter text: The time; nil comes back if it is none.
    package init?(_ text: String) {
        let text = text.bytes.trimmed
        let digits = Substring(text.utf8.prefix { ByteText.isDigit($0) || $0 == UInt8(ascii: ".") })
        let unit = (text.withoutStart(digits.bytes) ?? text).trimmed.string
        let factors: [String: Double] = [
            "": 1, "ms": 0.001, "s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400,
        ]
        guard let number = Double(digits), let factor = factors[unit], number * factor < 1e9 else { return nil }
        duration = .seconds(number * factor)
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let span = TimeSpan(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "'\(text)' is no time; write it like 90 s, 500 ms, 10 min or 2 h")
        }
        self = span
    }
}

extension PipelineConfiguration {
    /// The pipeline with what the sections `steps` and `parameters` say.
    ///
    /// - Parameters:
    ///   - pipeline: The pipeline.
    ///   - others: The steps of all other pipelines, which may be there as well. Where they are not known, a name that
    ///     is none of the pipeline's is an error only if it may have been meant for one.
    /// - Returns: The pipeline.
    /// - Throws: ``PipelineError`` with `invalidConfiguration` for a step that there is not.
    func adjusting(_ pipeline: Pipeline, others: Set<String>?) throws -> Pipeline {
        let pipeline = try adjustingSteps(pipeline, others: others)
        guard let values = parameters[pipeline.name] else { return pipeline }
        do {
            return try pipeline.setting(values)
        } catch let error as PipelineError {
            throw PipelineError(
                .invalidConfiguration, "In \(path ?? "the configuration"), section 'parameters': \(error.message)")
        }
    }

    private func adjustingSteps(_ pipeline: Pipeline, others: Set<String>?) throws -> Pipeline {
        let names = pipeline.steps.map(\.name)
        for name in steps.keys.sorted() where !names.contains(name) && others?.contains(name) != true {
            guard others != nil || NameSuggestion.nearest(to: name, among: names) != nil else { continue }
            let known = names + (others ?? []).sorted()
            throw unknownStep(name, known)
        }
        guard pipeline.steps.contains(where: { steps[$0.name] != nil }) else { return pipeline }
        return try pipeline.replacing(pipeline.steps.map { $0.adjusted(by: steps[$0.name]) })
    }
}

extension Step {
    fileprivate func adjusted(by settings: StepSettings?) -> Step {
        guard let settings else { return self }
        var step = self
        if let timeout = settings.timeout { step.timeout = timeout.duration }
        if let attempts = settings.attempts { step.retry.maximumAttempts = attempts }
        if let delay = settings.delay { step.retry.initialDelay = delay.duration }
        if let delay = settings.maximumDelay { step.retry.maximumDelay = delay.duration }
        if let cached = settings.cached { step.isCached = cached }
        return step
    }
}
