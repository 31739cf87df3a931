#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What a measurement gives: figures for a program to read, and the same for a person.
package protocol Report: Encodable, Sendable {
    /// What was measured, in one line.
    var title: String { get }
    /// The figures, each with its name and its unit.
    var figures: [Figure] { get }
}

/// One figure of a report for a person to read.
package struct Figure: Sendable, Hashable {
    package let name: String
    package let value: String
    package let unit: String

    /// A number with decimals.
    package init(_ name: String, _ value: Double, places: Int, _ unit: String = "") {
        self.init(name, text: Decimals.text(value, places: places), unit)
    }

    /// A count.
    package init(_ name: String, _ value: Int, _ unit: String = "") {
        self.init(name, text: Decimals.text(value), unit)
    }

    /// A text.
    package init(_ name: String, text: String, _ unit: String = "") {
        self.name = name
        self.value = text
        self.unit = unit
    }
}

extension Console {
    /// Writes a report: one line of JSON, or a title and a table.
    package func show(_ report: some Report, asJSON: Bool) throws {
        guard !asJSON else { return try output.line(JSONLine.text(of: report)) }
        var table = TextTable(header: ["", "", ""])
        for figure in report.figures { table.append([figure.name, figure.value]) }
        let units = report.figures.map(\.unit)
        try output.line(output.styled(report.title, .bold))
        for (line, unit) in zip(table.lines, units) { try output.line("  \(line)\(unit.isEmpty ? "" : " \(unit)")") }
    }
}

/// JSON on one line, with the names in alphabetical order.
package enum JSONLine {
    /// The value as JSON.
    ///
    /// - Throws: What the value's `encode(to:)` throws; numbers that are not finite cannot be written.
    package static func text(of value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
