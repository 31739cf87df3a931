import Foundation

extension CheckReport: Encodable {
    private enum CodingKeys: String, CodingKey {
        case outcome, exitCode, time, statements, counts, checks, problems, warnings
    }

    /// Writes the report as an object: outcome, exit code, counts, checks, problems and warnings.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(outcome, forKey: .outcome)
        try container.encode(exitCode, forKey: .exitCode)
        try container.encode(time, forKey: .time)
        try container.encode(statements, forKey: .statements)
        let outcomes: [CheckOutcome] = [.pass, .warn, .fail, .notEvaluated, .error]
        let counts = Dictionary(uniqueKeysWithValues: outcomes.map { ($0.rawValue, count($0)) })
        try container.encode(counts, forKey: .counts)
        try container.encode(checks, forKey: .checks)
        try container.encode(problems, forKey: .problems)
        try container.encode(warnings, forKey: .warnings)
    }

    /// The report as JSON on one line, with the names in alphabetical order.
    ///
    /// - Throws: What the encoder throws.
    public func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
