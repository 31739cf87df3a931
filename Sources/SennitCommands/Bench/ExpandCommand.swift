package import ArgumentParser
import VariableExpansion

/// `sennit bench expand`: variables in text.
package struct ExpandCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "expand",
        abstract: "Variables in text.",
        discussion: """
            A dense text holds three variables in every thirty bytes; a plain one holds no dollar sign. Both are \
            expanded --rounds times; the figures are medians.
            """)

    @Option(help: "How many bytes each text has, about.")
    package var bytes = 1_048_576

    @Option(help: "How often each text is expanded.")
    package var rounds = 51

    @OptionGroup package var report: ReportOptions

    package init() {}

    package func validate() throws {
        try OptionRange.check(bytes, "bytes", in: 1...(1 << 29))
        try OptionRange.check(rounds, "rounds", in: 1...100_000)
    }

    @concurrent
    package func run() async throws {
        try Console.current.show(try ExpandPlan(bytes: bytes, rounds: rounds).run(), asJSON: report.json)
    }
}

/// How much text is expanded, and how often.
struct ExpandPlan: Sendable {
    let bytes: Int
    let rounds: Int

    func run() throws -> ExpandReport {
        let dense = text(of: "Look: $FOO ${BAR-default} $$ ")
        let plain = text(of: "nothing to see here: move on, ")
        return ExpandReport(
            bytes: bytes, rounds: rounds,
            dense: try rate(dense, VariableExpander()),
            compose: try rate(dense, VariableExpander(dialect: .compose)),
            plain: try rate(plain, VariableExpander()))
    }

    private func text(of unit: String) -> String {
        String(repeating: unit, count: max(1, bytes / unit.utf8.count))
    }

    /// Megabytes of the text a second.
    private func rate(_ text: String, _ expander: VariableExpander) throws -> Double {
        var seconds: [Double] = []
        for _ in 0..<rounds {
            let watch = Stopwatch()
            let expanded = try expander.expand(text, variables: ["FOO": "Xyzzy"])
            seconds.append(watch.seconds)
            guard expanded.utf8.count > text.utf8.count / 2 else { throw MeasurementError("The text got lost.") }
        }
        return Double(text.utf8.count) / 1_048_576 / max(1e-9, Quantile.of(seconds, 0.5) ?? 1)
    }
}

/// How quickly text was expanded.
struct ExpandReport: Report {
    let bytes: Int
    let rounds: Int
    let dense: Double
    let compose: Double
    let plain: Double

    var title: String { "Texts of \(Decimals.text(bytes)) bytes, median of \(rounds)" }

    var figures: [Figure] {
        [
            Figure("three variables in thirty bytes", dense, places: 0, "MiB/s"),
            Figure("the same in the dialect of Compose", compose, places: 0, "MiB/s"),
            Figure("no variables", plain, places: 0, "MiB/s"),
        ]
    }

    private enum CodingKeys: String, CodingKey {
        case bytes, rounds
        case dense = "dense_mb_s"
        case compose = "compose_mb_s"
        case plain = "plain_mb_s"
    }
}
