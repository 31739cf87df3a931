package import ArgumentParser
import Foundation
import SennitPipeline

/// `sennit runs prune`: removes old runs from the history.
package struct PruneRunsCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Remove old runs from the history, and the artefacts that no other run has.",
        discussion: """
            With both options a run goes only if both let it go. A run that is under way stays, and so does the \
            newest run of each pipeline that ended well. Artefacts go unless a run that stays has made or used them, \
            or a step has made them last, for no partition; while a run is under way they all stay.
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
        let pruned = try await history.withHistory { store, layout in
            guard let store else { return PrunedRuns(removed: [], artefacts: RemovedArtefacts(), isRehearsal: dryRun) }
            let removed = try await command.carryOut(in: store, isHeld: layout.isHeld) { chosen in
                // No file is needed to remove files: the history follows in the room that they leave.
                _ = SpaceReserve(layout).release()
                layout.sweep()
                _ = try RemoveArtefacts(without: Set(chosen)).carryOut(in: store, layout)
            }
            let artefacts = try RemoveArtefacts(without: Set(removed), isRehearsal: dryRun).carryOut(in: store, layout)
            return PrunedRuns(removed: removed, artefacts: artefacts, isRehearsal: dryRun)
        }
        let output = Console.current.output
        if history.json { return try output.line(JSONLine.text(of: pruned)) }
        for run in pruned.removed { try output.line(run.rawValue) }
        try output.line(pruned.text)
        if pruned.artefacts == nil {
            try Console.current.notes.line("Artefacts stay, because a run is under way: prune again when it has ended.")
        }
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

/// What went, or would go.
private struct PrunedRuns: Encodable {
    let removed: [RunID]
    /// Nil if they were left alone.
    let artefacts: RemovedArtefacts?
    let isRehearsal: Bool

    var text: String {
        var parts = [removed.count == 1 ? "1 run" : "\(removed.count) runs"]
        if let artefacts, artefacts.count > 0 {
            let files = artefacts.count == 1 ? "1 artefact" : "\(Decimals.text(artefacts.count)) artefacts"
            parts.append("\(files) (\(Decimals.bytes(artefacts.bytes)))")
        }
        return parts.joined(separator: " and ") + (isRehearsal ? " would be removed." : " removed.")
    }

    private enum CodingKeys: String, CodingKey {
        case removed, artefacts, bytes
        case isRehearsal = "dry_run"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(removed, forKey: .removed)
        try container.encode(artefacts?.count, forKey: .artefacts)
        try container.encode(artefacts?.bytes, forKey: .bytes)
        try container.encode(isRehearsal, forKey: .isRehearsal)
    }
}
