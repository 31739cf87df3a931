package import ArgumentParser
import ByteText
package import DataChecks
import Foundation
package import PostgresClient

/// What every run of checks can be told, and the run itself: what programs with checks have in common.
package struct CheckOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A variable of the files, as NAME=VALUE; can be given again.", valueName: "name=value"))
    package var variable: [String] = []

    @Option(help: "A JSON file of what earlier runs measured, for checks of change; this run is added to it.")
    package var history: String?

    @Option(help: "The most rows that are shown for a check; 0 for none.")
    package var samples = 100

    @Flag(help: "Print one JSON object and nothing else.")
    package var json = false

    /// What the statuses mean, for a command's explanation.
    package static let statuses = """
        Ends with 0 if all checks passed, 1 if one warned, 2 if one failed, 3 if one could not be run or is not \
        understood. Variables in the files, such as ${REGION}, have the values of --variable, else of the environment.
        """

    package init() {}

    package func validate() throws {
        for text in variable where text.bytes.cut(at: "=")?.before.isEmpty != false {
            throw ValidationError("--variable \(text) is not of the form NAME=VALUE.")
        }
        guard (0...1000).contains(samples) else {
            throw ValidationError("--samples is \(samples); it must be from 0 to 1000.")
        }
    }

    /// Runs the checks of files on a database, prints the report, and ends as it says.
    ///
    /// - Parameters:
    ///   - parameters: The database.
    ///   - schema: The schema in which tables are looked for; nil for the usual ones.
    ///   - output: Takes the report.
    ///   - notes: Takes what is wrong where nothing could be checked.
    ///   - files: Makes the files, given the values of variables.
    /// - Throws: `ExitCode` with the report's status unless that is 0, with 3 where the database or the history cannot
    ///   be used; what `output` throws.
    package func run(
        on parameters: PostgresParameters, schema: String?, output: (String) throws -> Void,
        notes: (String) throws -> Void, files: ([String: String]) -> [CheckFile]
    ) throws {
        let report: CheckReport
        do {
            report = try self.report(parameters, schema, files(values))
        } catch {
            try notes("check: \(error)")
            throw ExitCode(3)
        }
        try output(json ? try report.json() : report.text)
        if report.exitCode != 0 { throw ExitCode(report.exitCode) }
    }

    private func report(
        _ parameters: PostgresParameters, _ schema: String?, _ files: [CheckFile]
    ) throws -> CheckReport {
        var options = CheckRun.Options()
        options.schema = schema
        options.maximumSamples = samples
        var past = try history.map { path throws(CheckProblem) in try MetricsHistory.load(path) }
        let connection = try PostgresConnection(parameters)
        defer { connection.close() }
        let report = CheckRun(files, options: options, history: past).run(on: connection)
        past?.append(report)
        if let history { try past?.save(history) }
        return report
    }

    private var values: [String: String] {
        let given = variable.map { text in
            let (name, value) = text.bytes.cut(at: "=") ?? (text.bytes, "")
            return (name.string, value.string)
        }
        return ProcessInfo.processInfo.environment.merging(given) { $1 }
    }
}
