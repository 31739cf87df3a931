/// Something about a run that is decided when it is asked for, such as a region or a day.
///
/// ```swift
/// let words = try Pipeline("words", parameters: [
///     Parameter("region", .oneOf(["eu", "us"]), default: "eu", summary: "Where the words come from."),
///     Parameter("limit", .integer(in: 1...1000), default: 100),
/// ], steps: [
///     Step("fetch", Fetch(), outputs: ["words.txt"], parameters: ["region", "limit"]),
/// ])
/// ```
///
/// A value is given with `--set region=us`, in the section `parameters` of the configuration, or by
/// ``Pipeline/setting(_:)``. Values are recorded in the history and shown: they are never secrets, for which there is
/// ``Secret``.
public struct Parameter: Sendable, Hashable {
    /// The name: letters, digits, `.`, `_` and `-`; unique in its pipeline.
    public let name: String
    /// What values it may have.
    public let type: ParameterType
    /// Its value when none is given; nil if one has to be given.
    public let defaultValue: ParameterValue?
    /// What it is for, in one line.
    public let summary: String

    /// Declares a parameter; `Pipeline` checks it.
    ///
    /// - Parameters:
    ///   - name: Unique in the pipeline.
    ///   - type: What values it may have.
    ///   - defaultValue: Its value when none is given; a string is read as the type reads it.
    ///   - summary: What it is for, in one line.
    public init(
        _ name: String, _ type: ParameterType, default defaultValue: ParameterValue? = nil, summary: String = ""
    ) {
        self.name = name
        self.type = type
        self.defaultValue = defaultValue
        self.summary = summary
    }

    /// The parameter with a default of its own type.
    ///
    /// - Throws: ``PipelineError`` for what is wrong with it.
    func checked() throws -> Parameter {
        try NameRule.check(name, "parameter")
        if let problem = type.problem {
            throw PipelineError(.invalidParameter, "Parameter '\(name)' needs \(problem).")
        }
        let value = try defaultValue.map { try read($0.text, "Its default") }
        return Parameter(name, type, default: value, summary: summary)
    }

    /// Reads a value of the parameter.
    ///
    /// - Parameters:
    ///   - text: The value.
    ///   - place: Where it comes from, at the beginning of a sentence.
    /// - Returns: The value.
    /// - Throws: ``PipelineError`` with `invalidParameter` that says what was expected.
    func read(_ text: String, _ place: String = "") throws -> ParameterValue {
        do throws(ParameterProblem) {
            return try type.value(of: text)
        } catch {
            let end = error.words.utf8.last == UInt8(ascii: "?") ? "" : "."
            let beginning = place.isEmpty ? "" : "\(place): "
            throw PipelineError(
                .invalidParameter, "Parameter '\(name)' takes \(type.expectation). \(beginning)\(error.words)\(end)")
        }
    }
}
