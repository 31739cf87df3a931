import Foundation

/// What earlier runs measured, for checks of change: small, in memory, and as JSON in a file.
///
/// Only good runs, those without a failure and without an error, are compared with; the others are kept to be looked
/// at. Writing is whole or not at all. Two runs that write the same file at the same time do not mix, but one of them
/// is lost.
public struct MetricsHistory: Sendable, Hashable, Codable {
    /// One earlier run.
    public struct Run: Sendable, Hashable, Codable {
        /// When it was, in seconds since 1970.
        public var time: Double
        /// How it ended.
        public var outcome: CheckOutcome
        /// What it measured, by the text of what was measured.
        public var metrics: [String: Double]
        /// The columns of the tables whose schema it looked at.
        public var schemas: [String: [SchemaColumn]]

        /// Whether later runs are compared with it.
        public var isGood: Bool { outcome == .pass || outcome == .warn }
    }

    /// The runs, the oldest first.
    public private(set) var runs: [Run] = []

    /// How many runs are kept.
    public var maximumRuns = 100

    /// A history without runs.
    public init() {}

    /// Adds a run, and forgets the oldest one if there are too many.
    public mutating func append(_ report: CheckReport) {
        runs.append(
            Run(time: report.time, outcome: report.outcome, metrics: report.metrics, schemas: report.schemas))
        if runs.count > max(1, maximumRuns) { runs.removeFirst(runs.count - max(1, maximumRuns)) }
    }

    /// Reads a file; one that does not exist is a history without runs.
    ///
    /// - Throws: ``CheckProblem`` if the file cannot be read or is something else.
    public static func load(_ path: String) throws(CheckProblem) -> MetricsHistory {
        guard FileManager.default.fileExists(atPath: path) else { return MetricsHistory() }
        do {
            return try JSONDecoder().decode(MetricsHistory.self, from: Data(contentsOf: URL(filePath: path)))
        } catch {
            throw problem(path, "the history cannot be read: \(error.localizedDescription); repair or remove it")
        }
    }

    /// Writes the file.
    ///
    /// - Throws: ``CheckProblem`` if it cannot be written; the file is as it was.
    public func save(_ path: String) throws(CheckProblem) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        do {
            try encoder.encode(self).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw Self.problem(path, "the history cannot be written: \(error.localizedDescription)")
        }
    }

    private static func problem(_ path: String, _ message: String) -> CheckProblem {
        CheckProblem(location: CheckLocation(file: path, line: 1, column: 1), message: message)
    }
}

/// A column of a table.
public struct SchemaColumn: Sendable, Hashable, Codable {
    /// The column's name.
    public let name: String
    /// Its type, in the words of the information schema.
    public let type: String
}

extension MetricsHistory {
    /// The values that the last good runs have for a metric, the newest first.
    func goodValues(_ metric: String, last: Int) -> [Double] {
        Array(runs.reversed().lazy.filter(\.isGood).compactMap { $0.metrics[metric] }.prefix(last))
    }

    /// The value of the good run nearest to a time, if it is no further from it than half a day.
    func goodValue(_ metric: String, near time: Double) -> Double? {
        let candidates = runs.filter { $0.isGood && $0.metrics[metric] != nil && abs($0.time - time) <= 43_200 }
        return candidates.min { abs($0.time - time) < abs($1.time - time) }?.metrics[metric]
    }

    /// The columns that the last good run found.
    func goodSchema(_ table: String) -> [SchemaColumn]? {
        runs.last { $0.isGood && $0.schemas[table] != nil }?.schemas[table]
    }
}
