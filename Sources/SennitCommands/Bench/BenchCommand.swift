package import ArgumentParser

/// `sennit bench`: measures the executor on this machine.
package struct BenchCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure the executor on this machine.",
        discussion: """
            Each measurement prints a table, or with --json one object on one line. MiB are 2^20 bytes; times are \
            taken in the caller with a monotonic clock. Measure the release build on a quiet machine.
            """,
        subcommands: [
            WorkloadCommand.self, DispatchCommand.self, PayloadCommand.self, CrashCommand.self, StartCommand.self,
            ExpandCommand.self, HistoryCommand.self, PipelineCommand.self, PricesCommand.self,
            PostgresBenchCommand.self, OrphanParentCommand.self, EmptyPipelineCommand.self, PostgresOwnerCommand.self,
        ])

    package init() {}
}

/// What every measurement can be told.
package struct ReportOptions: ParsableArguments {
    @Flag(help: "Print one JSON object and nothing else.")
    package var json = false

    package init() {}
}

/// Checks of numbers that were given as options.
enum OptionRange {
    static let processes = 1...1024
    static let threads = 1...4096
    static let counts = 1...100_000_000

    /// - Throws: `ValidationError`, which ends the program with code 64.
    static func check(_ value: Int, _ option: String, in range: ClosedRange<Int>) throws {
        guard !range.contains(value) else { return }
        throw ValidationError(
            "--\(option) is \(value); it must be from \(Decimals.text(range.lowerBound)) to "
                + "\(Decimals.text(range.upperBound)).")
    }
}

/// A measurement found something that must not be.
package struct MeasurementError: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
