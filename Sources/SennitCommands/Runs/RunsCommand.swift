package import ArgumentParser
import EventStore
import SennitPipeline

/// `sennit runs`: the history of runs.
package struct RunsCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "See the history of runs: list, show, watch, prune, export, import.",
        discussion: """
            A RUN is a run's name, the beginning of one if only one begins so, or 'last'. Times are UTC. With --json \
            each line of the output is one JSON object, and times are milliseconds since 1970.
            """,
        subcommands: [
            ListRunsCommand.self, ShowRunCommand.self, WatchRunCommand.self, PruneRunsCommand.self,
            ExportRunsCommand.self, ImportRunsCommand.self,
        ],
        defaultSubcommand: ListRunsCommand.self)

    package init() {}
}

/// Where the history is, and how it is shown.
package struct HistoryOptions: ParsableArguments {
    @OptionGroup package var place: StoreOptions

    @Flag(help: "Print JSON, one object on each line.")
    package var json = false

    package init() {}

    /// Opens the history, and closes it behind the body, which is given no history if there is none yet.
    func withHistory<T>(_ body: (EventStore?, StoreLayout) async throws -> T) async throws -> T {
        let directory = place.directory(try place.configuration())
        let history = try RunHistory.openExisting(inStore: directory)
        let result: T
        do {
            result = try await body(history, StoreLayout(root: directory))
        } catch {
            try? history?.close()
            throw error
        }
        try history?.close()
        return result
    }

    /// Opens a history that has to be there, and closes it.
    func withExistingHistory<T>(_ body: (EventStore, StoreLayout) async throws -> T) async throws -> T {
        try await withHistory { history, layout in
            guard let history else {
                throw CommandError(
                    "There is no history in '\(layout.root)'. Run a pipeline first, or name another --store.")
            }
            return try await body(history, layout)
        }
    }
}
