package import ArgumentParser
import Foundation
import ObjectStorage
import PricePipeline
import SennitCommands

/// `pscraper delold`.
package struct DeleteOldCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "delold",
        abstract: "Delete old blob storage files, default all over 12 weeks old are deleted",
        discussion: """
            The newest dump of each provider whose checks passed is never deleted, however old it is. Files that are \
            no dumps are left alone.
            """,
        helpNames: [.short, .long])

    @OptionGroup package var storage: StorageOptions

    @Option(help: "Dumps older than this go.")
    package var weeks = 12

    @Flag(help: "Show what would be deleted, and delete nothing.")
    package var dryRun = false

    @Flag(help: "Print one JSON object.")
    package var json = false

    package init() {}

    package func validate() throws {
        guard (0...5200).contains(weeks) else { throw ValidationError("--weeks \(weeks): it is 0 to 5200.") }
    }

    @concurrent
    package func run() async throws {
        let storage = try storage.open()
        if storage is FolderStorage, !FileManager.default.fileExists(atPath: storage.place) {
            throw CommandError("There is no folder \(storage.place), so nothing was deleted.")
        }
        let folder = FileManager.default.temporaryDirectory.path
        let plan = try await DumpPublisher(storage, scratch: folder).deleteOld(
            DumpRetention(weeks: weeks), now: Int64(Date().timeIntervalSince1970), isDryRun: dryRun)
        let console = Console.current
        if !json { for key in plan.deleted { try console.notes.line("\(dryRun ? "would delete" : "deleted") \(key)") } }
        try console.show(DeletionReport(place: storage.place, plan: plan, isDryRun: dryRun), asJSON: json)
    }
}

/// What was deleted.
private struct DeletionReport: Report {
    var place: String
    var deleted: [String]
    var deletedBytes: Int64
    var kept: Int
    var spared: [String]
    var isDryRun: Bool

    init(place: String, plan: DumpRetention.Plan, isDryRun: Bool) {
        self.place = place
        deleted = plan.deleted.map(\.text)
        deletedBytes = plan.deletedBytes
        kept = plan.kept
        spared = plan.spared.map(\.text)
        self.isDryRun = isDryRun
    }

    var title: String { isDryRun ? "Would be deleted from \(place)" : "Deleted from \(place)" }

    var figures: [Figure] {
        [
            Figure("files", deleted.count), Figure("size", text: Decimals.bytes(deletedBytes)),
            Figure("dumps kept", kept), Figure("old but newest good", spared.count),
        ]
    }
}
