package import ArgumentParser
import Foundation
import SennitPipeline

/// `sennit runs prune`: removes old runs from the history.
package struct PruneRunsCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Remove old runs from the history.",
        discussion: """
            With both options a run goes only if both let it go. A run that has not ended stays, and so does the \
            newest run of each pipeline that ended well. Artefacts are not touched.
            """)

    @Option(help: "How many of each pipeline's newest runs stay.")
    package var keep: Int?

    @Option(help: ArgumentHelp("Remove runs that ended longer ago, such as 90m, 12h, 30d or 8w.", valueName: "age"))
    package var olderThan: String?

    @Flag(help: "Say only what would be removed.")
    package var dryRun = false

    @OptionGroup package var history: HistoryOptions

    package init() {}

    package func validate() throws {
        guard keep != nil || olderThan != nil else { throw ValidationError("Say --keep or --older-than, or both.") }
        if let keep { try OptionRange.check(keep, "keep", in: 0...1_000_000) }
        if let olderThan, Self.milliseconds(ofAge: olderThan) == nil {
            throw ValidationError("--older-than is '\(olderThan)'; it is a number and one of s, m, h, d and w.")
        }
    }

    @concurrent
    package func run() async throws {
        let age = olderThan.flatMap(Self.milliseconds(ofAge:))
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        let command = PruneRuns(keep: keep, endedBefore: age.map { now - $0 }, isRehearsal: dryRun)
        let removed = try await history.withHistory { store in
            guard let store else { return [RunID]() }
            return try await command.carryOut(in: store)
        }
        let output = Console.current.output
        if history.json { return try output.line(JSONLine.text(of: PrunedRuns(removed: removed, isRehearsal: dryRun))) }
        for run in removed { try output.line(run.rawValue) }
        let runs = removed.count == 1 ? "1 run" : "\(removed.count) runs"
        try output.line(dryRun ? "\(runs) would be removed." : "\(runs) removed.")
    }

    /// The milliseconds of an age such as "30d"; nil if it is none.
    package static func milliseconds(ofAge text: String) -> Int64? {
        let units: [Character: Int64] = [
            "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000,
        ]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()), count >= 0,
            count <= 1_000_000
        else { return nil }
        return count * unit
    }
}

private struct PrunedRuns: Encodable {
    let removed: [RunID]
    let isRehearsal: Bool

    enum CodingKeys: String, CodingKey {
        case removed
        case isRehearsal = "dry_run"
    }
}
