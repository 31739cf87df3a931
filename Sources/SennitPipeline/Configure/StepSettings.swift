import ByteText
internal import ConfigurationReading

/// What a configuration file says about one step, in place of what the pipeline says.
struct StepSettings: Decodable, Sendable, Hashable {
    var timeout: TimeSpan?
    var attempts: Int?
    var delay: TimeSpan?
    var maximumDelay: TimeSpan?
    var cached: Bool?
    /// The only failures that are tried again.
    var retry: [RetryCondition]?
    /// Failures that are not tried again.
    var neverRetry: [RetryCondition]?
    /// A limit over all runs, and how long the step waits for its turn.
    var limit: String?
    var limitWait: TimeSpan?
    /// How much memory the step's worker may have resident.
    var memory: ByteCount?
}

/// A size as people write it: `512 MB`, `1.5 GiB`, `300000000`; a number alone means bytes.
package struct ByteCount: Decodable, Sendable, Hashable {
    package let bytes: Int64

    /// Reads a size.
    ///
    /// - Parameter text: The size; nil comes back if it is none.
    package init?(_ text: String) {
        let digits = text.utf8.prefix { (0x30...0x39).contains($0) || $0 == 0x2E }
        let unit = String(Substring(text.utf8.dropFirst(digits.count))).trimmingWhitespace()
        let factors: [String: Double] = [
            "": 1, "B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9, "KiB": 1024, "MiB": 1_048_576, "GiB": 1_073_741_824,
        ]
        guard let number = Double(String(Substring(digits))), let factor = factors[unit], number * factor < 1e15 else {
            return nil
        }
        bytes = Int64(number * factor)
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let count = ByteCount(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "'\(text)' is not a size; write it like 512 MB or 2 GiB")
        }
        self = count
    }
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
        if let conditions = settings.retry { step.retry.conditions = conditions }
        if let exceptions = settings.neverRetry { step.retry.exceptions = exceptions }
        if let limit = settings.limit { step.limit = StepLimit(limit) }
        if let wait = settings.limitWait { step.limit?.maximumWait = wait.duration }
        if let memory = settings.memory { step.memoryLimit = memory.bytes }
        return step
    }
}
