package import ArgumentParser

/// `sennit bench history`: what the store of events under the history of runs can do.
package struct HistoryCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Appends to, rebuilds from and subscriptions to a store of events.",
        discussion: """
            Single appends are one event and one transaction each, one after another, with the log synchronised at \
            checkpoints; the same transactions by SQLite's own functions alone; appends with a command's key each; \
            and appends by 100 writers at once with every transaction on the disk before the append returns. Then \
            --events events are read into projections: one that counts by stream and type, and one that decodes every \
            value. Delivery is the time from the start of an append until a subscription that waits has the event: of \
            the same store, and of another one on the same file, which looks for events every 5 ms. The file is in the \
            directory for temporary files, unless --folder names another.
            """,
        shouldDisplay: false)

    @Option(help: "Single appends.")
    package var appends = 200_000

    @Option(help: "Events to be read.")
    package var events = 1_000_000

    @Option(help: "An existing directory for the file.")
    package var folder: String?

    @OptionGroup package var report: ReportOptions

    package init() {}

    package func validate() throws {
        try OptionRange.check(appends, "appends", in: 100...10_000_000)
        try OptionRange.check(events, "events", in: 1000...100_000_000)
    }

    @concurrent
    package func run() async throws {
        let plan = HistoryPlan(appends: appends, events: events, folder: folder)
        try Console.current.show(try await plan.run(), asJSON: report.json)
    }
}
